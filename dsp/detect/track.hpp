// Where in a stretch of slots the mark stands and how its phase runs: a Viterbi search over "no mark" and 512 phases.
#pragma once

#include "dsp/detect/correlator.hpp"

#include <span>
#include <vector>

namespace earmark {

// One hypothesis: the mark stands in slots first .. first + phases.size() - 1 of the stretch, with these phases.
struct Track {
    int first = 0;
    std::vector<int> phases;
    int end() const { return first + static_cast<int>(phases.size()); }
};

// What the tracker sees of one slot.
struct SlotEvidence {
    const PhaseCorrelations* correlations;
    const Slot* slot;
};

// ln of the prior weight of a track among all tracks in a stretch of `slots` slots. The weights of all tracks add up to
// at most 1, whatever `slots` is (tests/detect/test_track.cpp adds them up): half for the whole stretch, half for the
// parts, 1/512 for each first phase, then for each slot 0.98 to keep the phase, 0.005 each for one hop forth and back
// (clock drift), 0.01/512 for any phase (lost or inserted audio).
double log_prior(const Track& track, int slots);

// Candidate tracks, best first for each assumed mark strength; the caller weighs them exactly.
std::vector<Track> find_tracks(std::span<const SlotEvidence> slots);

}  // namespace earmark
