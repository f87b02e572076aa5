// The code of 27 characters that a provider of generated content is known by (TC260-PG-20252A, after secondary
// sources). It is checked and never made up: a code belongs to a registered organisation.
#pragma once

#include <string>
#include <string_view>

namespace earmark::tools {

// Digits and capitals only, beginning as codes do and too long for a chance: somebody meant a code.
bool looks_like_code(std::string_view text);

// What is wrong with it, naming position and value; empty when nothing is.
std::string code_fault(std::string_view code);

}  // namespace earmark::tools
