// Which AIGC label the output gets: a first one, the input's own with the distributor changed, or the input's as it is.
#pragma once

#include "tools/label/request.hpp"
#include "tools/metadata/aigc_label.hpp"
#include "tools/metadata/labelled_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace earmark::tools {

// Nothing when the input has none and none is asked for. What a producer has written is never changed.
// `input` names the file in messages. Throws Error(usage | input).
std::optional<AigcLabel> plan_label(const LabelRequest& request, const std::string& input,
                                    const std::vector<std::string>& there);

// The labels of a file that may be of a kind that holds none.
std::vector<std::string> labels_in(const std::string& path);

// Throws Error(input) unless exactly this one label is in the file.
void read_back(const std::string& path, const AigcLabel& wanted);

// A label of the input goes into the new file too: whoever re-encodes must not lose it. Warns where the output's
// container holds none.
void carry_label(const std::string& from, const std::string& to, const std::string& to_name);

}  // namespace earmark::tools
