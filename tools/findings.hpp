// What a platform may conclude from a file: mark, metadata label and audible cue apart, and the words that the Chinese
// Measures (Art. 6, after secondary sources) use for the strength of the evidence.
#pragma once

#include "metadata/aigc_label.hpp"

#include <earmark/cue_detector.hpp>
#include <earmark/detector.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::tools {

struct LabelFinding {
    std::string unread;  // why nothing can be said: a pipe, bare samples, a container that holds none, damage
    std::vector<std::string> texts;
    LabelReading reading;  // of the first

    bool found() const { return !texts.empty(); }
};

LabelFinding find_label(const std::string& file, bool is_raw);  // never throws

struct Findings {
    Detection mark;
    LabelFinding label;
    std::vector<RhythmFound> cues;
};

// confirmed: the metadata says that it is generated (Label 1).
// possible:  the metadata says that it may be (Label 2: its user says so).
// suspected: the metadata says so (Label 3), or there is a mark, a cue or a label that cannot be trusted, but no such
//            statement.
// not found: none of them, which never means that a human is speaking.
enum class Evidence { not_found, suspected, possible, confirmed };

Evidence evidence(const Findings& findings);
std::string_view name(Evidence evidence);
std::string_view wording(Evidence evidence);  // in the words of the Measures; empty when nothing was found

}  // namespace earmark::tools
