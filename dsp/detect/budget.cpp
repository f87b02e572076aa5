#include "dsp/detect/budget.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

namespace earmark {
namespace {

constexpr double first_slot_weight = 0.6;
constexpr double even_octaves = 4;  // so many octaves of starts weigh nearly alike
constexpr double octaves_of_length = 8;
constexpr double at_first_sample = 0.9;  // of what begins in the first slot

}  // namespace

double log_start_weight(long long slot) {
    if (slot == 0) return std::log(first_slot_weight);
    const int octave = std::bit_width(static_cast<std::uint64_t>(slot)) - 1;
    return std::log((1 - first_slot_weight) * even_octaves / ((octave + even_octaves) * (octave + even_octaves + 1))) -
           octave * std::log(2.0);
}

double log_place_weight(long long slot, int place) {
    if (slot > 0) return -std::log(static_cast<double>(places_in_slot));
    return std::log(place == 0 ? at_first_sample : (1 - at_first_sample) / (places_in_slot - 1));
}

double log_length_weight(int slots) {
    const int octave = std::bit_width(static_cast<std::uint64_t>(slots)) - 1;
    return -std::log(octaves_of_length) - octave * std::log(2.0);
}

}  // namespace earmark
