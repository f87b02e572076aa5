// One file labelled: cue, mark, encoding, metadata, reading back, in this order, and only then a name.
#pragma once

#include "tools/label/receipt.hpp"
#include "tools/label/request.hpp"

#include <functional>
#include <optional>
#include <string>

namespace earmark::tools {

struct Labelled {
    std::string unmet;  // the duty that failed; then nothing was written anywhere
    std::string summary;
};

// Throws Error, PipeClosed. On any failure the output, receipt and hand-over that stood there stay as they were.
// `complete` is called when the file aside is whole and checked, with its path and the open input, just before it is
// put in place: what it throws keeps everything as it was.
using Complete = std::function<void(const std::string& aside, int input_fd)>;
Labelled label_file(const LabelRequest& request, const Complete& complete = {});

}  // namespace earmark::tools
