// Changes of rate, plain and slow: windowed sinc.
#pragma once

#include "tests/support/signals.hpp"

namespace earmark::test {

Samples decimate_by_two(const Samples& samples);

// Played faster by `ratio` near 1: sample i of the result is the signal at i * ratio.
Samples drift(const Samples& samples, double ratio);

}  // namespace earmark::test
