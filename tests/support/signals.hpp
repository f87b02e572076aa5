// Hosts made here, the same on every machine: no files, no std distribution.
#pragma once

#include "tests/support/random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace earmark::test {

using Samples = std::vector<float>;

inline std::size_t samples_in(double seconds, int rate) {
    return static_cast<std::size_t>(seconds * rate);
}

// Syllables of a fricative burst and a vowel (pulses through four formants), now and then a pause, over a noise floor
// of -70 dBFS; peaks at 0.5.
Samples speech_like(double seconds, int rate, std::uint64_t seed);
Samples white_noise(double seconds, int rate, double deviation, std::uint64_t seed);
Samples sine(double seconds, int rate, double frequency_hz, double level);
Samples dtmf(double seconds, int rate, std::uint64_t seed);  // ITU-T Q.23, 80 ms on, 80 ms off
Samples chord(double seconds, int rate);                     // three steady notes of 12 harmonics each
Samples silence(double seconds, int rate);

double energy(const Samples& samples);
double peak(const Samples& samples);
Samples scaled(Samples samples, double gain);
Samples slice(const Samples& samples, std::size_t from, std::size_t until);
Samples sum(Samples a, const Samples& b);  // sample by sample, as long as a
Samples difference(Samples a, const Samples& b);

}  // namespace earmark::test
