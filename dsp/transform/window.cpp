#include "dsp/transform/window.hpp"

#include <cmath>
#include <numbers>

namespace earmark {

std::vector<float> hann(int length) {
    std::vector<float> window(static_cast<std::size_t>(length));
    for (int i = 0; i < length; ++i)
        window[i] = static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / length));
    return window;
}

std::vector<float> root_hann_quarter(int length) {
    std::vector<float> window = hann(length);
    for (float& w : window) w = std::sqrt(w / 2);  // Hann at hop length / 4 adds up to 2
    return window;
}

}  // namespace earmark
