#include "dsp/embed/spreader.hpp"

#include "dsp/transform/window.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr double grid_top_hz = first_band_hz + grid_bands * band_hz;
constexpr float silent_log_level = -23;             // the floor of Flatness
constexpr float forget_per_hop = 1.0f / (8 * 250);  // one neper of power in 8 s
constexpr float db_to_log = 0.115129255f;           // ln(10) / 20

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

// Cell of a frame centred on sample `centre`, in integers so that every platform agrees: 16 ms = 2/125 s.
int cell_at(std::int64_t centre, int sample_rate_hz) {
    const std::int64_t cell = floor_div(centre * 125, 2 * static_cast<std::int64_t>(sample_rate_hz));
    return static_cast<int>(cell - floor_div(cell, packet_cells) * packet_cells);
}

}  // namespace

FrameSizes::FrameSizes(int sample_rate_hz)
    : hop(2 * static_cast<int>(std::lround(hop_s / 2 * sample_rate_hz))), frame(4 * hop), mask_window(2 * frame) {}

Spreader::Spreader(int sample_rate_hz, Profile profile)
    : sizes_(sample_rate_hz),
      sample_rate_hz_(sample_rate_hz),
      rule_(depth_rule(profile)),
      fft_(sizes_.frame),
      flatness_(sizes_.mask_window, sample_rate_hz, grid_top_hz),
      window_(root_hann_quarter(sizes_.frame)) {
    for (int bin = 0; bin < fft_.bins(); ++bin) {
        const double frequency_hz = static_cast<double>(bin) * sample_rate_hz / sizes_.frame;
        const int band = static_cast<int>(std::floor((frequency_hz - first_band_hz) / band_hz));
        band_.push_back(band >= 0 && band < grid_bands ? band : -1);
        ramp_.push_back(rule_.ramp(frequency_hz));
    }
    history_.resize(sizes_.history());
    overlap_.resize(sizes_.frame);
    change_.resize(sizes_.hop);
    reset();
}

void Spreader::reset() noexcept {
    std::fill(history_.begin(), history_.end(), 0.0f);
    std::fill(overlap_.begin(), overlap_.end(), 0.0f);
    std::fill(change_.begin(), change_.end(), 0.0f);
    loudest_ = silent_log_level;
    position_ = 0;
}

std::span<const float> Spreader::add_hop(std::span<const float> host, const CellSigns& signs) noexcept {
    const int hop = sizes_.hop;
    std::copy(history_.begin() + hop, history_.end(), history_.begin());
    std::copy(host.begin(), host.end(), history_.end() - hop);
    position_ += hop;
    if (std::any_of(history_.begin(), history_.end(), [](float x) { return x != 0; }))
        spread(signs, cell_at(position_ - sizes_.frame - hop / 2, sample_rate_hz_));
    std::copy_n(overlap_.begin(), hop, change_.begin());
    std::copy(overlap_.begin() + hop, overlap_.end(), overlap_.begin());
    std::fill(overlap_.end() - hop, overlap_.end(), 0.0f);
    return change_;
}

std::span<const float> Spreader::delayed_host() const noexcept {
    return {history_.data() + history_.size() - sizes_.delay(), static_cast<std::size_t>(sizes_.hop)};
}

// The frame lies in the middle of the mask window, which is the history without its first and last half hop.
void Spreader::spread(const CellSigns& signs, int cell) noexcept {
    const std::span<const float> mask_samples(history_.data() + sizes_.hop / 2, sizes_.mask_window);
    flatness_.analyse(mask_samples);
    const auto flatness = flatness_.flatness(), level = flatness_.log_level();
    loudest_ = std::max(loudest_ - forget_per_hop, *std::max_element(level.begin(), level.end()));
    const auto frame = mask_samples.subspan(sizes_.frame / 2, sizes_.frame);
    const auto time = fft_.time();
    for (int i = 0; i < sizes_.frame; ++i) time[i] = frame[i] * window_[i];
    fft_.forward();

    const float* cell_signs = signs.data() + cell * grid_bands;
    const auto spectrum = fft_.frequency();
    for (int bin = 0; bin < fft_.bins(); ++bin) {
        float change = 0;
        if (band_[bin] >= 0) {
            const float depth_db = rule_.depth_db(flatness[bin], ramp_[bin], loudest_ - level[bin]);
            change = (std::exp(depth_db * cell_signs[band_[bin]] * db_to_log) - 1) / static_cast<float>(sizes_.frame);
        }
        spectrum[bin] *= change;
    }
    fft_.inverse();
    for (int i = 0; i < sizes_.frame; ++i) overlap_[i] += time[i] * window_[i];
}

}  // namespace earmark
