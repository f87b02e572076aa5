// Windows, periodic so that they overlap-add to a constant.
#pragma once

#include <vector>

namespace earmark {

// Hann, w[i] = (1 - cos(2 pi i / length)) / 2.
std::vector<float> hann(int length);

// Square root of Hann, scaled so that analysis times synthesis adds up to 1 at a hop of length / 4.
std::vector<float> root_hann_quarter(int length);

}  // namespace earmark
