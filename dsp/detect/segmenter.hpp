// From a track to the segments that a verdict names: cut where the mark is missing for a while, and where it begins to
// say something else. Any part of a track is a track with a prior weight of its own, so every segment keeps its proved
// bound however the cuts were chosen.
#pragma once

#include "dsp/detect/statistic.hpp"

#include <earmark/detector.hpp>

#include <span>
#include <vector>

namespace earmark {

// What is searched at once for one key in one channel.
struct Stretch {
    std::span<const SlotEvidence> slots;
    long long first_slot;  // index of slots[0] from the start of the signal
    const Carrier& carrier;
    double log_weight;  // what the stretch, key and channel weigh
    double p_max;
};

// A track and the bound on its sync chips.
struct Candidate {
    Track track;
    Fold folded;
    double log_q, log10_p;
};

Candidate weigh(const Stretch& stretch, Track track);

// In time order, not overlapping, each with p <= p_max; at least one for a candidate whose own p is.
std::vector<Segment> cut_into_segments(const Stretch& stretch, const Candidate& candidate);

}  // namespace earmark
