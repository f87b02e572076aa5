// The same payloads, erasures and noise on every platform: no std distribution.
#pragma once

#include "dsp/coding/codeword.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <utility>

namespace earmark::test {

using SoftBits = std::array<float, codeword_bits>;

class NoisyChannel {
  public:
    explicit NoisyChannel(std::uint64_t seed) : random_(seed) {}

    Payload payload(int bits) {
        std::array<std::uint8_t, 16> bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_() >> 56);
        return Payload::from_bytes({bytes.data(), static_cast<std::size_t>(bits) / 8});
    }

    // `heard_bits` of the soft bits, at random, with noise of that deviation; the others erased.
    SoftBits send(const Codeword& codeword, int heard_bits, double deviation) {
        std::array<std::size_t, codeword_bits> order{};
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
            std::swap(order[i], order[random_() % (i + 1)]);
        }
        SoftBits soft_bits{};
        for (std::size_t i = 0; i < static_cast<std::size_t>(heard_bits); ++i)
            soft_bits[order[i]] = static_cast<float>(codeword[order[i]] + deviation * normal());
        return soft_bits;
    }

    SoftBits noise() { return send({}, codeword_bits, 1); }

  private:
    double uniform() { return (static_cast<double>(random_() >> 11) + 0.5) * 0x1p-53; }
    // Box & Muller 1958.
    double normal() {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

    std::mt19937_64 random_;
};

// Eb counted over the payload bits, and spread over the code bits heard.
inline double noise_deviation(int payload_bits, int heard_bits, double eb_n0_db) {
    return std::sqrt(heard_bits / (2 * payload_bits * std::pow(10.0, eb_n0_db / 10)));
}

}  // namespace earmark::test
