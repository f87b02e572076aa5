// Made by benchmarks/whitening/train.sh from 36 files; do not edit.
#pragma once

#include <array>

namespace earmark {

// [row][band], rows -4 to +4 and bands as in whitening.hpp.
inline constexpr std::array<float, 20> trained_prompt_taps{-0.0216f, -0.2097f, 0.2163f,  0.0021f,  //
                                                           -0.0495f, 0.2226f,  -0.1997f, 0.0304f,  //
                                                           -0.0721f, 0.9777f,  -0.9799f, 0.0736f,  //
                                                           0.0355f,  0.0120f,  -0.0261f, 0.0029f,  //
                                                           0.0953f,  -1.0414f, 1.0010f,  -0.0693f};

}  // namespace earmark
