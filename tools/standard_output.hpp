// Lines on standard output that either arrive or are known not to have arrived.
#pragma once

#include <string>

namespace earmark::tools {

// Whoever read our output has gone: no error, but no reason to go on either.
struct PipeClosed {};

// Throws PipeClosed, or Error(input) when the line could not be written (a full disk).
void print(const std::string& text);
void print_line(const std::string& text);

}  // namespace earmark::tools
