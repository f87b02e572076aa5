// Where the marked files of a batch go.
#pragma once

#include <string>
#include <vector>

namespace earmark::tools {

struct InAndOut {
    std::string in, out;
};

// Each input's name in `folder`, which is made where it is missing. Throws Error(usage): an input that has no name,
// two of the same name, an output that is one of the inputs; Error(input): a folder that cannot be made.
std::vector<InAndOut> outputs_in(const std::string& folder, const std::vector<std::string>& inputs);

}  // namespace earmark::tools
