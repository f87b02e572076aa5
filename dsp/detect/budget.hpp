// The alpha budget of one key in one channel: what every hypothesis weighs, whether it is looked at while the call runs
// or when it ends. Proof that all weights add up to at most 1: the four shares do, and inside its share each family's
// weights do (first_stretch + later_stretches: 1/(k (k - 1)) over k >= 2 is 1, log_prior inside a stretch; sequential
// and live: log_start_weight times the places and strengths or the lengths, times 1/512 for the phase, times
// log_moves). So P(any of them ever has bound / weight <= p) <= p, for a call of any length (statistic.hpp,
// sequential.hpp).
#pragma once

namespace earmark {

inline constexpr double sequential_share = 0.48;  // the sequential test over the first packet from any slot on
inline constexpr double live_share = 0.04;        // tracks from any slot to any slot, looked at as each slot ends
inline constexpr double first_stretch_share = 0.45;
inline constexpr double later_stretches_share = 0.03;

// ln of what a track that begins in the slot weighs: 0.6 for the first slot of the signal, then 0.4 * 4 / ((o + 4) (o +
// 5)) for the slots 2^o to 2^(o+1) - 1 together: 0.4 over all octaves, the sum being a telescope. A mark late in a long
// call pays a little more than one over its time.
double log_start_weight(long long slot);

// Where in its slot a mark may begin, for the sequential test: every 64 ms.
inline constexpr int places_in_slot = 8;

// ln of what a place weighs among those of its slot: an eighth, but in the first slot 0.9 for the first sample.
double log_place_weight(long long slot, int place);

// ln of what a length in slots weighs, 1 to 128: an eighth for each octave, even within it.
double log_length_weight(int slots);

}  // namespace earmark
