// The best linear filter that tells a chip's sign: matched filter and host prediction in one, over the log energies
// round a chip. The embedder foresees with it what the host itself will say, and the scan of scales has a short form of
// it; the detector's nets (dsp/detect/whitening.hpp) look at the same neighbourhood.
#pragma once

#include "dsp/carrier/chip_filter_taps.hpp"

#include <array>

namespace earmark {

inline constexpr std::array<int, 7> whitening_hops{-4, -2, 0, 2, 4, 6, 8};  // rows looked at, relative to the chip's
inline constexpr std::array<int, 4> whitening_bands{-1, 0, 1, 2};           // bands looked at, relative to the chip's
inline constexpr int whitening_taps = 28;
static_assert(trained_whitening_taps.size() == whitening_taps);

}  // namespace earmark
