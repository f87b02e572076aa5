// The only file that knows soxr: a recording at another sample rate.
#pragma once

#include <vector>

namespace earmark::tools {

std::vector<float> resampled(const std::vector<float>& samples, int from_hz, int to_hz);

}  // namespace earmark::tools
