// Spectral flatness and level round every bin: how noise-like the host is there, hence how much change it hides.
#pragma once

#include "dsp/simd/kernels.hpp"
#include "dsp/transform/fft.hpp"

#include <span>
#include <vector>

namespace earmark {

// Geometric over arithmetic mean of the power spectrum (Johnston, IEEE JSAC 1988, eq. 3), 0 tonal .. 1 noise, over
// +-265 Hz round each bin of an FFT of half the points. Real time: analyse() allocates nothing.
class Flatness {
  public:
    // points: of the transform, a multiple of 4 and at least window_samples; highest_hz: bins above are not looked at.
    Flatness(int window_samples, int points, int sample_rate_hz, double highest_hz);

    // samples: the window_samples round the frame's centre.
    void analyse(std::span<const float> samples) noexcept;

    // Of bin k * sample_rate / (points / 2), as far as highest_hz.
    std::span<const float> flatness() const noexcept { return flatness_; }
    std::span<const float> log_level() const noexcept { return log_level_; }  // natural logarithm of the mean power

  private:
    RealFft fft_;
    const simd::Kernels& kernels_;
    std::vector<float> window_, power_, log_power_, scratch_, flatness_, log_level_;
    int half_width_bins_, bins_;
};

}  // namespace earmark
