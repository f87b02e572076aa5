// One file labelled: cue, mark, encoding, metadata, reading back, in this order, and only then a name.
#pragma once

#include "tools/label/receipt.hpp"
#include "tools/label/request.hpp"

#include <optional>
#include <string>

namespace earmark::tools {

struct Labelled {
    std::string unmet;  // the duty that failed; then nothing was written anywhere
    std::string summary;
};

// Throws Error, PipeClosed. On any failure the output, receipt and hand-over that stood there stay as they were.
Labelled label_file(const LabelRequest& request);

}  // namespace earmark::tools
