#include "dsp/masking/flatness.hpp"

#include "dsp/transform/window.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr double half_width_hz = 265;
constexpr float power_floor = 1e-10f;  // far under one 16-bit step: keeps the logarithm finite in silence

}  // namespace

Flatness::Flatness(int window_samples, int sample_rate_hz, double highest_hz)
    : fft_(window_samples), window_(hann(window_samples)) {
    const double bin_hz = static_cast<double>(sample_rate_hz) / window_samples;
    half_width_bins_ = static_cast<int>(std::lround(half_width_hz / bin_hz));
    // Coarse bins wanted: every second one of ours, as far as highest_hz and the Nyquist bin go.
    bins_ = std::min(fft_.bins() / 2 + 1, static_cast<int>(highest_hz / (2 * bin_hz)) + 1);
    const int needed = 2 * bins_ + 2 * half_width_bins_;
    power_.resize(needed);
    log_power_.resize(needed);
    flatness_.resize(bins_);
    log_level_.resize(bins_);
}

void Flatness::analyse(std::span<const float> samples) noexcept {
    const auto time = fft_.time();
    for (std::size_t i = 0; i < time.size(); ++i) time[i] = samples[i] * window_[i];
    fft_.forward();
    const auto spectrum = fft_.frequency();
    const int edge = half_width_bins_, last = static_cast<int>(spectrum.size()) - 1;
    for (int i = 0; i < static_cast<int>(power_.size()); ++i) {
        const auto bin = spectrum[std::clamp(i - edge, 0, last)];  // the edges repeat
        power_[i] = bin.real() * bin.real() + bin.imag() * bin.imag() + power_floor;
        log_power_[i] = std::log(power_[i]);
    }
    const int width = 2 * edge + 1;
    for (int k = 0; k < bins_; ++k) {
        float arithmetic = 0, geometric = 0;
        for (int i = 2 * k; i < 2 * k + width; ++i) {
            arithmetic += power_[i];
            geometric += log_power_[i];
        }
        log_level_[k] = std::log(arithmetic / static_cast<float>(width));
        flatness_[k] = std::min(1.0f, std::exp(geometric / static_cast<float>(width) - log_level_[k]));
    }
}

}  // namespace earmark
