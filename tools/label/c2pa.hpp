// What a C2PA signer needs to know of a marked file. earmark signs nothing: it has no certificate, and who vouches for
// a file is its provider.
#pragma once

#include "tools/label/request.hpp"

#include <string>

namespace earmark::tools {

// A manifest definition as c2patool reads it: the actions, and the soft binding that ties the mark's payload to the
// manifest. `end_s`: length of the file.
std::string c2pa_definition(const LabelRequest& request, double end_s);

}  // namespace earmark::tools
