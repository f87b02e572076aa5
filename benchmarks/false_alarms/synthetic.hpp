// Audio that nobody marked, made here: what telephone lines carry besides speech, and what tempts a detector most.
#pragma once

#include "tests/support/random.hpp"

#include <string>
#include <vector>

namespace earmark::benchmark {

using test::Random;

struct Synthetic {
    std::string name;
    std::vector<float> (*make)(double seconds, int sample_rate_hz, Random& random);
};

// tones, chords, dtmf, white, pink, silence, hum, clicks, sweeps, hold music, loops of one packet's length
const std::vector<Synthetic>& synthetics();

}  // namespace earmark::benchmark
