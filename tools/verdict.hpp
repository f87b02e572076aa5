// A verdict in words, and as the JSON line that other people's scripts read.
#pragma once

#include "findings.hpp"

#include <earmark/detector.hpp>

#include <string>

namespace earmark::tools {

std::string verdict_line(const std::string& file, const Detection& verdict);
// Metadata label, cue and the strength of the evidence; nothing when there is neither label nor cue.
std::string findings_line(const std::string& file, const Findings& findings);
std::string json_line(const std::string& file, const Findings& findings, bool with_scores);
std::string json_line(const std::string& file, const Detection& verdict);  // of sound from a device

// What became of a signal while it came: "began", "payload", "ended", and the verdict at that time.
std::string event_line(const std::string& file, const std::string& event, const Detection& verdict);
std::string json_event(const std::string& file, const std::string& event, const Detection& verdict);

}  // namespace earmark::tools
