#include "dsp/detect/budget.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

namespace earmark {
namespace {

constexpr double first_slot_weight = 0.6;
constexpr double octaves_of_length = 8;

}  // namespace

double log_start_weight(long long slot) {
    if (slot == 0) return std::log(first_slot_weight);
    const int octave = std::bit_width(static_cast<std::uint64_t>(slot)) - 1;
    return std::log((1 - first_slot_weight) / ((octave + 1.0) * (octave + 2.0))) - octave * std::log(2.0);
}

double log_length_weight(int slots) {
    const int octave = std::bit_width(static_cast<std::uint64_t>(slots)) - 1;
    return -std::log(octaves_of_length) - octave * std::log(2.0);
}

}  // namespace earmark
