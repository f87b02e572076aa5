#include "dsp/detect/cells.hpp"

#include "dsp/transform/fft_length.hpp"
#include "dsp/transform/window.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

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
      fft(fast_fft_length(window_samples)),
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
    : plan_(std::move(plan)), kernels_(simd::kernels()), ffts_(pairs_at_once, plan_->fft), sink_(std::move(sink)) {
    // Bands read past the last bin, times 0.
    power_.assign(rows_at_once,
                  std::vector<float>(plan_->bins + static_cast<std::size_t>(std::max(plan_->step, 1) * whole_registers +
                                                                            plan_->taps + 2)));
    kernels_.log(&energy_floor, 1, &floor_log_);
    // Of any two rows: from one to the next it is a sample more or less.
    buffer_.resize(
        static_cast<std::size_t>(plan_->window_start(1) - plan_->window_start(0) + 1 + plan_->window_samples) +
        spare_samples);
    reset();
}

void Cells::reset() noexcept {
    begin(0);
    std::fill(buffer_.begin(), buffer_.end(), 0.0f);
    held_ = plan_->window_samples / 2;
}

void Cells::begin(std::int64_t row) noexcept {
    assert(row % 2 == 0);
    rows_ = row;
    end_row_ = std::numeric_limits<std::int64_t>::max();
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

void Cells::push_silence(std::int64_t count) noexcept {
    constexpr std::array<float, 64> silence{};
    for (std::int64_t left = count; left > 0; left -= std::ssize(silence))
        push(silence.data(), static_cast<std::size_t>(std::min(left, std::int64_t{std::ssize(silence)})));
}

void Cells::finish() noexcept {
    const std::int64_t end = samples_;
    push_silence(plan_->window_samples / 2 - 1);
    if (is_ready(rows_)) {
        end_row_ = rows_ + 1;
        push_silence(plan_->window_start(rows_ + 1) - plan_->window_start(rows_));
        rows_ = end_row_;
    }
    samples_ = end;
}

bool Cells::is_ready(std::int64_t row) const noexcept {
    return plan_->window_start(row) + plan_->window_samples <= first_ + static_cast<std::int64_t>(held_);
}

void Cells::emit_ready_rows() noexcept {
    const auto window_at = [this](std::int64_t row) { return buffer_.data() + (plan_->window_start(row) - first_); };
    while (is_ready(rows_ + 1)) {
        RowPowers mean_power;
        std::size_t count = 0;
        for (; count < rows_at_once && is_ready(rows_ + 1); count += 2, rows_ += 2) {
            PairFft& fft = ffts_[count / 2];
            const simd::PairEnergies energies = kernels_.window_pair(
                window_at(rows_), window_at(rows_ + 1), plan_->window.data(), plan_->window_samples, fft.time());
            mean_power[count] = energies.first;
            mean_power[count + 1] = energies.second;
        }
        for (std::size_t i = 0; i < count; i += 2) ffts_[i / 2].forward();
        emit_rows(mean_power, count);
    }
    const auto done = std::min(plan_->window_start(rows_) - first_, static_cast<std::int64_t>(held_));
    std::copy(buffer_.begin() + done, buffer_.begin() + static_cast<std::ptrdiff_t>(held_), buffer_.begin());
    first_ += done;
    held_ -= static_cast<std::uint64_t>(done);
}

// Step by step for all of them: no step waits for the one before.
void Cells::emit_rows(const RowPowers& mean_power, std::size_t count) noexcept {
    constexpr std::size_t most_bands = (grid_bands + whole_registers - 1) / whole_registers * whole_registers;
    const std::size_t padded = plan_->first_bin.size();
    std::array<float, rows_at_once * most_bands> energy;
    for (std::size_t i = 0; i < count; i += 2)
        ffts_[i / 2].powers(static_cast<int>(plan_->bins), power_[i].data(), power_[i + 1].data());
    for (std::size_t i = 0; i < count; ++i)
        kernels_.band_energies(power_[i].data(), plan_->first_bin.data(), plan_->step, plan_->shares.data(),
                               plan_->taps, static_cast<int>(padded), energy_floor, energy.data() + i * padded);
    kernels_.log(energy.data(), static_cast<int>(count * padded), energy.data());
    CellRow row;
    row.log_energy.fill(floor_log_);
    const auto wanted = static_cast<std::size_t>(
        std::min(static_cast<std::int64_t>(count), end_row_ - (rows_ - static_cast<std::int64_t>(count))));
    for (emitted_ = 0; emitted_ < wanted; ++emitted_) {
        row.active = mean_power[emitted_] > active_power;
        std::copy_n(energy.begin() + static_cast<std::ptrdiff_t>(emitted_ * padded), plan_->bands(),
                    row.log_energy.begin());
        sink_(row);
    }
}

}  // namespace earmark
