// Placeholder of the first study; replaced by the training program's output.
#pragma once

#include <array>

namespace earmark {

inline constexpr float trained_whitening_clip = 2.2f;
inline constexpr std::array<float, 28> trained_whitening_taps{
    -0.0985f, -0.1639f, 0.3047f,  -0.0335f, 0.089f,  0.2405f,  -0.4933f, 0.1333f,  0.2203f, 0.7992f,
    -1.2446f, 0.2798f,  -0.0418f, -0.1665f, 0.3058f, -0.1077f, -0.2611f, -0.7551f, 1.2011f, -0.256f,
    0.0011f,  -0.0629f, 0.1295f,  -0.0224f, 0.0735f, 0.1424f,  -0.2218f, 0.0089f};

}  // namespace earmark
