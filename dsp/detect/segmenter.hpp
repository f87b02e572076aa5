// From a track to the segments that a verdict names: cut where the mark is missing for a while, and where it begins to
// say something else. Any part of a track is a track with a prior weight of its own, so every segment keeps its proved
// bound however the cuts were chosen.
#pragma once

#include "dsp/detect/inquiry.hpp"

#include <earmark/detector.hpp>

#include <vector>

namespace earmark {

// Appends segments in time order, not overlapping, each with p <= p_max; at least one for a track whose own p is.
// Not beyond the capacity of `segments`, so that nothing is allocated.
void cut_into_segments(const Stretch& stretch, const Track& track, Answers& answers, std::vector<Segment>& segments);

}  // namespace earmark
