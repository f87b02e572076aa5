// Made by benchmarks/whitening/train.sh from 36 files; do not edit.
#pragma once

#include <array>

namespace earmark {

// z is flat from 1.5 to 3: chosen by hand on the tuning speakers.
inline constexpr float trained_whitening_clip = 2.2f;

// [row][band], rows and bands as in whitening.hpp.
inline constexpr std::array<float, 28> trained_whitening_taps{-0.0139f, -0.1862f, 0.1970f,  -0.0022f,  //
                                                              -0.0344f, 0.1867f,  -0.1985f, 0.0407f,   //
                                                              -0.0885f, 1.0194f,  -0.9955f, 0.0636f,   //
                                                              0.0219f,  0.0232f,  -0.0306f, -0.0030f,  //
                                                              0.0998f,  -1.0102f, 0.9750f,  -0.0694f,  //
                                                              0.0335f,  -0.2420f, 0.2263f,  -0.0118f,  //
                                                              0.0250f,  0.1844f,  -0.1772f, -0.0331f};

}  // namespace earmark
