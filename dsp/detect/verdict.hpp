// What the tracks of one stretch amount to for one key in one channel.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/inquiry.hpp"
#include "dsp/detect/track.hpp"

#include <earmark/detector.hpp>

#include <span>
#include <vector>

namespace earmark {

struct StretchVerdict {
    double log10_p = 0, log_q = 0;  // of the best track
    std::vector<Segment> segments;  // p <= p_max, in time order, not overlapping
    std::vector<Score> scores;      // one a slot, along the best track
};

// ln of what the k-th stretch of a signal weighs, k = 1, 2, ...: see budget.hpp.
double log_stretch_weight(long long k);

// first_slot: index of slots[0] from the start of the signal. log_weight: what the stretch, key and channel weigh.
StretchVerdict judge(std::span<const SlotEvidence> slots, long long first_slot, const Carrier& carrier,
                     double log_weight, double p_max);

// The same for tracks found before, of what is answered; while an answer is waited for, the verdict means nothing.
// Allocates nothing when `verdict` has capacity: what goes beyond is left out.
void judge(const Stretch& stretch, const TrackList& tracks, Answers& answers, StretchVerdict& verdict);

inline constexpr int most_stretch_segments = 64;
inline constexpr int most_segments = 256;  // of a verdict

// Adds later segments to earlier ones; those that overlap or touch and do not contradict each other become one. Beyond
// the capacity of `all` the oldest goes.
void merge_segments(std::vector<Segment>& all, const std::vector<Segment>& later);

}  // namespace earmark
