#include "dsp/masking/flatness.hpp"

#include "dsp/transform/window.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr double half_width_hz = 265;
constexpr float power_floor = 1e-10f;  // far under one 16-bit step: keeps the logarithm finite in silence

}  // namespace

Flatness::Flatness(int window_samples, int points, int sample_rate_hz, double highest_hz)
    : fft_(points, Ways::forward), kernels_(simd::kernels()), window_(hann(window_samples)) {
    const double bin_hz = static_cast<double>(sample_rate_hz) / points;
    half_width_bins_ = static_cast<int>(std::lround(half_width_hz / bin_hz));
    // Coarse bins wanted: every second one of ours, as far as highest_hz and the Nyquist bin go.
    bins_ = std::min(fft_.bins() / 2 + 1, static_cast<int>(highest_hz / (2 * bin_hz)) + 1);
    const int needed = 2 * bins_ + 2 * half_width_bins_;
    power_.resize(needed);
    log_power_.resize(needed);
    scratch_.resize(2 * needed);
    flatness_.resize(bins_);
    log_level_.resize(bins_);
}

void Flatness::analyse(std::span<const float> samples) noexcept {
    kernels_.multiply(samples.data(), window_.data(), static_cast<int>(window_.size()), fft_.time().data());
    std::fill(fft_.time().begin() + static_cast<std::ptrdiff_t>(window_.size()), fft_.time().end(), 0.0f);
    fft_.forward();
    const int edge = half_width_bins_, needed = static_cast<int>(power_.size());
    const int inside = std::min(fft_.bins(), needed - edge);
    kernels_.power(fft_.frequency().data(), inside, power_floor, power_.data() + edge);
    std::fill_n(power_.begin(), edge, power_[edge]);  // the edges repeat
    std::fill(power_.begin() + edge + inside, power_.end(), power_[edge + inside - 1]);
    kernels_.log(power_.data(), needed, log_power_.data());
    kernels_.flatness(power_.data(), log_power_.data(), bins_, edge, scratch_.data(), flatness_.data(),
                      log_level_.data());
}

}  // namespace earmark
