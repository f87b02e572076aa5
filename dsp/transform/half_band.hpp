// Half the rate and back: a linear-phase half-band filter (Crochiere and Rabiner, Multirate Digital Signal Processing,
// 1983), of which every second tap but the middle one is zero.
//
// Either way the gain is 1 +- 6e-4 up to 0.185 of the higher rate and below 6e-4 from 0.315 of it on: at 44.1 kHz up to
// 8.15 kHz and from 13.9 kHz on.
#pragma once

#include "dsp/simd/kernels.hpp"

#include <array>
#include <span>
#include <vector>

namespace earmark {

inline constexpr int half_band_pairs = 8;  // of equal taps, either side of the middle one

// Real time: take() allocates nothing.
class Halver {
  public:
    static constexpr int delay = 2 * half_band_pairs - 2;  // in samples of the higher rate

    explicit Halver(int out_samples);
    void reset() noexcept;
    // Twice out_samples in; sample i of what comes out belongs to sample 2 i - delay of what goes in.
    std::span<const float> take(std::span<const float> in) noexcept;

  private:
    const simd::Kernels& kernels_;
    std::vector<float> even_, odd_;  // past samples that the filter still reads, then those of the block
    std::vector<float> out_;
};

// Real time: take() allocates nothing.
class Doubler {
  public:
    static constexpr int delay = 2 * half_band_pairs - 1;  // in samples of the higher rate

    explicit Doubler(int in_samples);
    void reset() noexcept;
    // in_samples in, twice as many out; sample 2 i + delay of what comes out belongs to sample i of what goes in.
    std::span<const float> take(std::span<const float> in) noexcept;

  private:
    const simd::Kernels& kernels_;
    std::vector<float> in_, between_, out_;
};

}  // namespace earmark
