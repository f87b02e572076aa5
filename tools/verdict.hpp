// A verdict in words, and as the JSON line that other people's scripts read.
#pragma once

#include <earmark/detector.hpp>

#include <string>

namespace earmark::tools {

std::string verdict_line(const std::string& file, const Detection& verdict);
std::string json_line(const std::string& file, const Detection& verdict, bool with_scores);

// What became of a signal while it came: "began", "payload", "ended", and the verdict at that time.
std::string event_line(const std::string& file, const std::string& event, const Detection& verdict);
std::string json_event(const std::string& file, const std::string& event, const Detection& verdict);

}  // namespace earmark::tools
