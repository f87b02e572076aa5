// Prints dsp/coding/code_polynomials.hpp: the generator polynomials of the convolutional code.
//
// One after the other, each is the one of all with both end taps that, together with those before it, gives the
// smallest union bound on the error events: the sum over all paths that leave state 0 and come back of D^weight, D =
// exp(-Es/N0) (Viterbi 1971). The first n polynomials serve the message lengths that get n code bits a section, so each
// n is judged at the Es/N0 of its own length, at an Eb/N0 above the working point so that the low weights decide.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

namespace {

constexpr int memory = 12;
constexpr int crc_bits = 16;
constexpr int codeword_bits = 992;
constexpr int polynomials_needed = 21;  // what a full section of the shortest message sends: Sections::outputs
constexpr double eb_n0_db = 3;
constexpr std::uint32_t end_taps = (1U << memory) | 1U;
constexpr std::size_t states = std::size_t{1} << memory;

double decay_per_bit(int outputs) {
    const double payload_bits = static_cast<double>(codeword_bits) / outputs - crc_bits - memory;
    return std::exp(-std::pow(10.0, eb_n0_db / 10) * payload_bits / codeword_bits);
}

// Stops early where the sum passes `enough`.
double event_sum(const std::vector<std::uint32_t>& polynomials, double decay, double enough) {
    std::vector<float> gain(2 * states);
    for (std::uint32_t window = 0; window < gain.size(); ++window) {
        int weight = 0;
        for (const std::uint32_t polynomial : polynomials) weight += std::popcount(window & polynomial) & 1;
        gain[window] = static_cast<float>(std::pow(decay, weight));
    }
    std::vector<float> before(states, 0.0F), after(states, 0.0F);
    before[1] = gain[1];
    double sum = 0;
    for (int step = 0; step < memory + 16 && sum < enough; ++step) {
        for (std::size_t j = 0; j < states / 2; ++j) {
            const float lower = before[j], upper = before[j + states / 2];
            after[2 * j] = lower * gain[2 * j] + upper * gain[2 * j + states];
            after[2 * j + 1] = lower * gain[2 * j + 1] + upper * gain[2 * j + 1 + states];
        }
        sum += static_cast<double>(std::exchange(after[0], 0.0F));
        std::swap(before, after);
    }
    return sum;
}

std::uint32_t best_next(std::vector<std::uint32_t> polynomials) {
    const double decay = decay_per_bit(static_cast<int>(polynomials.size()) + 1);
    double least = HUGE_VAL;
    std::uint32_t best = 0;
    polynomials.push_back(0);
    for (std::uint32_t taps = 0; taps < states; taps += 2) {
        polynomials.back() = end_taps | taps;
        const double sum = event_sum(polynomials, decay, least);
        if (sum < least) {
            least = sum;
            best = polynomials.back();
        }
    }
    return best;
}

}  // namespace

int main() {
    std::vector<std::uint32_t> polynomials{0x10af};
    while (polynomials.size() < polynomials_needed) polynomials.push_back(best_next(polynomials));
    std::printf("// Made by benchmarks/search_polynomials.cpp; do not edit.\n#pragma once\n\n#include <array>\n");
    std::printf("#include <cstdint>\n\nnamespace earmark {\n\n");
    std::printf("// Tap i speaks for the message bit i steps ago. Each has its end taps, 0 and %d.\n", memory);
    const int margin =
        std::printf("inline constexpr std::array<std::uint32_t, %zu> code_polynomials{", polynomials.size());
    for (std::size_t i = 0; i < polynomials.size(); ++i) {
        if (i > 0) std::printf(i % 7 == 0 ? ",\n%*s" : ", %*s", i % 7 == 0 ? margin : 0, "");
        std::printf("0x%04x", static_cast<unsigned>(polynomials[i]));
    }
    std::printf("};\n");
    std::printf("\n}  // namespace earmark\n");
}
