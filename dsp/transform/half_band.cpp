#include "dsp/transform/half_band.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earmark {
namespace {

using Taps = std::array<float, half_band_pairs>;

constexpr int past = 2 * half_band_pairs - 1;  // samples of the lower rate that the filter reads beside the newest one

// Modified Bessel function of the first kind, order 0 (std::cyl_bessel_i is not in every standard library).
double bessel_i0(double x) {
    double sum = 1, term = 1;
    for (int k = 1; term > 1e-12 * sum; ++k) sum += term *= x * x / (4.0 * k * k);
    return sum;
}

// taps[j] stands 2 j + 1 samples either side of the middle one, which is a half. Kaiser's window; all taps together
// are 1.
Taps half_band_taps(double sum_of_all) {
    constexpr double shape = 6.5;  // Kaiser's beta: the least ripple for eight pairs
    std::array<double, half_band_pairs> taps{};
    double sum = 0;
    for (int j = 0; j < half_band_pairs; ++j) {
        const double n = 2 * j + 1, place = n / (2 * half_band_pairs);
        taps[j] = (j % 2 == 0 ? 1 : -1) / (std::numbers::pi * n) * bessel_i0(shape * std::sqrt(1 - place * place));
        sum += 2 * taps[j];
    }
    Taps scaled{};
    for (int j = 0; j < half_band_pairs; ++j) scaled[j] = static_cast<float>(taps[j] * sum_of_all / sum);
    return scaled;
}

const Taps down_taps = half_band_taps(0.5), up_taps = half_band_taps(1);

}  // namespace

Halver::Halver(int out_samples)
    : kernels_(simd::kernels()), even_(past + out_samples), odd_(past + out_samples), out_(out_samples) {}

void Halver::reset() noexcept {
    std::fill(even_.begin(), even_.end(), 0.0f);
    std::fill(odd_.begin(), odd_.end(), 0.0f);
}

std::span<const float> Halver::take(std::span<const float> in) noexcept {
    const int count = static_cast<int>(out_.size());
    std::copy_n(even_.end() - past, past, even_.begin());
    std::copy_n(odd_.end() - past, past, odd_.begin());
    for (int i = 0; i < count; ++i) {
        even_[past + i] = in[2 * i];
        odd_[past + i] = in[2 * i + 1];
    }
    kernels_.symmetric_filter(odd_.data(), down_taps.data(), half_band_pairs, count, out_.data());
    for (int i = 0; i < count; ++i) out_[i] += 0.5f * even_[half_band_pairs + i];
    return out_;
}

Doubler::Doubler(int in_samples)
    : kernels_(simd::kernels()), in_(past + in_samples), between_(in_samples), out_(2 * in_samples) {}

void Doubler::reset() noexcept {
    std::fill(in_.begin(), in_.end(), 0.0f);
}

std::span<const float> Doubler::take(std::span<const float> in) noexcept {
    const int count = static_cast<int>(between_.size());
    std::copy_n(in_.end() - past, past, in_.begin());
    std::copy(in.begin(), in.end(), in_.begin() + past);
    kernels_.symmetric_filter(in_.data(), up_taps.data(), half_band_pairs, count, between_.data());
    for (int i = 0; i < count; ++i) {
        out_[2 * i] = between_[i];
        out_[2 * i + 1] = in_[half_band_pairs + i];
    }
    return out_;
}

}  // namespace earmark
