// Audio that nobody marked, made here: what telephone lines carry besides speech, and what tempts a detector most.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace earmark::benchmark {

// Deterministic on every machine: std::mt19937_64 is, its distributions are not.
class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t bits() { return engine_(); }
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }  // [0, 1)
    double between(double low, double high) { return low + (high - low) * uniform(); }
    int below(int n) { return static_cast<int>(uniform() * n); }
    double normal();

  private:
    std::mt19937_64 engine_;
};

struct Synthetic {
    std::string name;
    std::vector<float> (*make)(double seconds, int sample_rate_hz, Random& random);
};

// tones, chords, dtmf, white, pink, silence, hum, clicks, sweeps, hold music, loops of one packet's length
const std::vector<Synthetic>& synthetics();

}  // namespace earmark::benchmark
