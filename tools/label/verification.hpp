// What is found in the file that was written, before anybody else can see it.
#pragma once

#include "tools/label/cue_plan.hpp"

#include <earmark/cue_detector.hpp>
#include <earmark/detector.hpp>

#include <optional>
#include <string>
#include <vector>

namespace earmark::tools {

struct Verification {
    std::optional<Detection> mark;
    std::vector<RhythmFound> rhythms;
    std::vector<double> likeness;  // of each span of a spoken cue to what was put there, 0 to 1
};

// Hears the file and looks for what the request asked for. Throws Error(input) when it cannot be read.
Verification verify(const std::string& path, const LabelRequest& request, const std::optional<CuePlan>& cue);

// The first duty that is not met, in words; empty when all are.
std::string unmet(const Verification& found, const LabelRequest& request, const std::optional<CuePlan>& cue,
                  int sample_rate_hz);

}  // namespace earmark::tools
