// What kernels.cpp tells target.cpp.
#pragma once

#include "dsp/simd/kernels.hpp"

#include <cstdint>
#include <vector>

namespace earmark::simd {

// One table for every vector instruction set that compiler and machine both have, best first.
std::vector<const Kernels*> vector_kernels();

// By Highway's number.
const char* target_name(std::int64_t target);

}  // namespace earmark::simd
