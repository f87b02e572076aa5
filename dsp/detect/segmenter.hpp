// From a track to the segments that a verdict names: cut where the mark is missing for a while, and where it begins to
// say something else. Any part of a track is a track with a prior weight of its own, so every segment keeps its proved
// bound however the cuts were chosen.
#pragma once

#include "dsp/detect/despreader.hpp"
#include "dsp/detect/statistic.hpp"

#include <earmark/detector.hpp>

#include <optional>
#include <span>
#include <vector>

namespace earmark {

struct Candidate;

// Who reads payloads: at once, or bit by bit on the audio path.
class PayloadReader {
  public:
    virtual std::optional<Reading> read(const Candidate& candidate) = 0;

  protected:
    ~PayloadReader() = default;
};

// What is searched at once for one key in one channel.
struct Stretch {
    std::span<const SlotEvidence> slots;
    long long first_slot;  // index of slots[0] from the start of the signal
    const Carrier& carrier;
    double log_weight;  // what the stretch, key and channel weigh
    double p_max;
    PayloadReader* reader = nullptr;  // without one payloads are read at once
};

// The fold of a track and the bound on its sync chips.
struct Candidate {
    Fold folded;
    double log_q, log10_p;
};

Candidate weigh(const Stretch& stretch, const Track& track);

// Appends segments in time order, not overlapping, each with p <= p_max; at least one for a track whose own p is.
// Not beyond the capacity of `segments`, so that nothing is allocated.
void cut_into_segments(const Stretch& stretch, const Track& track, std::vector<Segment>& segments);

}  // namespace earmark
