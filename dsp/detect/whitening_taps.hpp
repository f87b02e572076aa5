// Made by benchmarks/whitening/train.sh from 36 files; do not edit.
#pragma once

#include <array>

namespace earmark {

// z is flat from 1.5 to 3: chosen by hand on the tuning speakers.
inline constexpr float trained_whitening_clip = 2.2f;

// [row][band], rows and bands as in whitening.hpp.
inline constexpr std::array<float, 28> trained_whitening_taps{-0.0831f, -0.1517f, 0.2466f,  -0.0351f,  //
                                                              0.0169f,  0.1596f,  -0.2564f, 0.0817f,   //
                                                              0.2144f,  0.7744f,  -1.2351f, 0.2814f,   //
                                                              0.0099f,  -0.0057f, -0.0000f, 0.0068f,   //
                                                              -0.2242f, -0.7684f, 1.2221f,  -0.2742f,  //
                                                              -0.0230f, -0.1604f, 0.2515f,  -0.0556f,  //
                                                              0.0588f,  0.1494f,  -0.2315f, 0.0309f};

}  // namespace earmark
