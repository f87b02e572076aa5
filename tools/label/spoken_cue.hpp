// The words of a spoken cue: a recording that is given, or one that espeak-ng makes.
#pragma once

#include "tools/label/request.hpp"

#include <string>
#include <vector>

namespace earmark::tools {

// Mono, at the wanted rate, as recorded. Throws Error(usage | input): not 0.4 s to 30 s long, silent, no espeak-ng.
std::vector<float> spoken_cue(const CueRequest& request, int sample_rate_hz);

// China wants an AI element and a generation element in the words (GB 45438-2025 5.3, after secondary sources).
// Which of them was not recognised in English or Chinese; empty when both were.
std::string missing_in(const std::string& words);

}  // namespace earmark::tools
