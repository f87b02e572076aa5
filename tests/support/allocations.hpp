// Counts what goes through operator new, in the whole test program.
#pragma once

#include <cstddef>

namespace earmark::test {

std::size_t allocations();   // ever made
std::size_t bytes_in_use();  // reserved by malloc and not yet freed

}  // namespace earmark::test
