#include "dsp/detect/cells.hpp"

#include "dsp/transform/fft_length.hpp"
#include "dsp/transform/window.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr double window_s = 0.024;
constexpr int rows_per_s = 250;
constexpr float active_power = 1e-6f;  // -60 dBFS
constexpr float inaudible = 1e-10f;    // -200 dBFS: silence, lest denormal numbers slow the transform
constexpr float largest_sample = 1e6f;
constexpr std::size_t spare_samples = 512;
constexpr int whole_registers = 16;  // bands at once: no register has more

}  // namespace

CellPlan::CellPlan(int rate_hz, double top_hz)
    : sample_rate_hz(rate_hz),
      window_samples(2 * static_cast<int>(std::lround(window_s / 2 * rate_hz))),
      fft(fast_fft_length(window_samples), Ways::forward),
      window(hann(window_samples)) {
    float energy = 0;
    for (const float w : window) energy += w * w;
    for (float& w : window) w /= std::sqrt(energy);  // white noise of power P gives P in every bin

    const double bin_hz = this->bin_hz();
    const auto share = [&](int band, int bin) {
        const double low = first_band_hz + band * band_hz, high = low + band_hz;
        const double overlap = std::min(high, (bin + 0.5) * bin_hz) - std::max(low, (bin - 0.5) * bin_hz);
        return std::max(overlap / bin_hz, 0.0);
    };
    for (int band = 0; band < grid_bands; ++band) {
        const double low = first_band_hz + band * band_hz;
        if (low + band_hz > 0.99 * sample_rate_hz / 2) break;
        first_bin.push_back(static_cast<std::int32_t>(std::floor(low / bin_hz + 0.5)));
        while (share(band, first_bin.back() + taps) > 1e-6 / bin_hz) ++taps;
    }
    bands_below_nyquist = static_cast<int>(first_bin.size());
    step = first_bin[1] - first_bin[0];
    for (int band = 1; band < bands(); ++band)
        if (first_bin[band] - first_bin[band - 1] != step) step = 0;
    const int end = first_bin.back() + taps;
    while (first_bin.size() % whole_registers != 0) first_bin.push_back(first_bin.back() + step);
    for (int tap = 0; tap < taps; ++tap)
        for (int band = 0; band < std::ssize(first_bin); ++band)
            shares.push_back(band < bands() ? static_cast<float>(share(band, first_bin[band] + tap)) : 0);
    const int wanted = std::min(static_cast<int>(top_hz / bin_hz), fft.bins());
    bins = std::max(static_cast<std::size_t>(wanted),
                    std::min(static_cast<std::size_t>(fft.bins()), static_cast<std::size_t>(end)));
}

std::int64_t CellPlan::window_start(std::int64_t row) const noexcept {
    return (row * sample_rate_hz + rows_per_s / 2) / rows_per_s - window_samples / 2;
}

Cells::Cells(int sample_rate_hz, Sink sink)
    : Cells(std::make_shared<const CellPlan>(sample_rate_hz), std::move(sink)) {}

Cells::Cells(std::shared_ptr<const CellPlan> plan, Sink sink)
    : plan_(std::move(plan)), kernels_(simd::kernels()), ffts_(rows_at_once, plan_->fft), sink_(std::move(sink)) {
    // Bands read past the last bin, times 0.
    power_.assign(rows_at_once,
                  std::vector<float>(plan_->bins + static_cast<std::size_t>(std::max(plan_->step, 1) * whole_registers +
                                                                            plan_->taps + 2)));
    kernels_.log(&energy_floor, 1, &floor_log_);
    buffer_.resize(plan_->window_samples + spare_samples);
    reset();
}

void Cells::reset() noexcept {
    begin(0);
    std::fill(buffer_.begin(), buffer_.end(), 0.0f);
    held_ = plan_->window_samples / 2;
}

void Cells::begin(std::int64_t row) noexcept {
    rows_ = row;
    first_ = plan_->window_start(row);
    held_ = 0;
    samples_ = 0;
}

void Cells::push(const float* samples, std::size_t count) noexcept {
    samples_ += count;
    while (count > 0) {
        const std::size_t taken = std::min(count, buffer_.size() - held_);
        kernels_.usable(samples, static_cast<int>(taken), inaudible, largest_sample, buffer_.data() + held_);
        held_ += taken;
        samples += taken;
        count -= taken;
        emit_ready_rows();
    }
}

void Cells::finish() noexcept {
    constexpr std::array<float, 64> silence{};
    const std::int64_t end = samples_;
    for (std::size_t left = static_cast<std::size_t>(plan_->window_samples) / 2 - 1; left > 0;) {
        const std::size_t count = std::min(left, silence.size());
        push(silence.data(), count);
        left -= count;
    }
    samples_ = end;
}

void Cells::emit_ready_rows() noexcept {
    const int window = plan_->window_samples;
    std::int64_t start = plan_->window_start(rows_);
    const auto ready = [&] { return start + window <= first_ + static_cast<std::int64_t>(held_); };
    while (ready()) {
        RowPowers mean_power;
        std::size_t count = 0;
        for (; count < rows_at_once && ready(); ++count) {
            const auto time = ffts_[count].time();
            mean_power[count] =
                kernels_.multiply_energy(buffer_.data() + (start - first_), plan_->window.data(), window, time.data());
            std::fill(time.begin() + window, time.end(), 0.0f);
            ++rows_;
            start = plan_->window_start(rows_);
        }
        for (std::size_t i = 0; i < count; ++i) ffts_[i].forward();
        emit_rows(mean_power, count);
    }
    const std::size_t done = static_cast<std::size_t>(std::min<std::int64_t>(start - first_, held_));
    std::copy(buffer_.begin() + done, buffer_.begin() + held_, buffer_.begin());
    first_ += done;
    held_ -= done;
}

// Step by step for all of them: no step waits for the one before.
void Cells::emit_rows(const RowPowers& mean_power, std::size_t count) noexcept {
    constexpr std::size_t most_bands = (grid_bands + whole_registers - 1) / whole_registers * whole_registers;
    const std::size_t padded = plan_->first_bin.size();
    std::array<float, rows_at_once * most_bands> energy;
    for (std::size_t i = 0; i < count; ++i)
        kernels_.power(ffts_[i].frequency().data(), static_cast<int>(plan_->bins), 0, power_[i].data());
    for (std::size_t i = 0; i < count; ++i)
        kernels_.band_energies(power_[i].data(), plan_->first_bin.data(), plan_->step, plan_->shares.data(),
                               plan_->taps, static_cast<int>(padded), energy_floor, energy.data() + i * padded);
    kernels_.log(energy.data(), static_cast<int>(count * padded), energy.data());
    CellRow row;
    row.log_energy.fill(floor_log_);
    for (emitted_ = 0; emitted_ < count; ++emitted_) {
        row.active = mean_power[emitted_] > active_power;
        std::copy_n(energy.begin() + static_cast<std::ptrdiff_t>(emitted_ * padded), plan_->bands(),
                    row.log_energy.begin());
        sink_(row);
    }
}

}  // namespace earmark
