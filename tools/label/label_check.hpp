// earmark label --check: a line for every rule of the metadata label.
#pragma once

#include "tools/metadata/aigc_label.hpp"
#include "tools/metadata/labelled_file.hpp"

#include <string>
#include <vector>

namespace earmark::tools {

// The rule of one label a file, then those of the label itself.
struct CheckedLabel {
    FoundLabels found;
    LabelReading reading;  // of the first one
    bool valid() const;
};

CheckedLabel check_label(const std::string& path);  // throws Error(input)

std::vector<std::string> check_lines(const std::string& path, const CheckedLabel& checked);
std::string check_json(const std::string& path, const CheckedLabel& checked);

}  // namespace earmark::tools
