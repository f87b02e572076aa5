// Numbers from a seed, the same on every machine: std::mt19937_64 is, its distributions are not. Benchmarks use it too.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace earmark::test {

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t bits() { return engine_(); }
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }  // [0, 1)
    double between(double low, double high) { return low + (high - low) * uniform(); }
    int below(int n) { return static_cast<int>(uniform() * n); }
    double normal() {  // Box and Muller 1958
        return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform());
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace earmark::test
