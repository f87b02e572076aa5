#pragma once

namespace earmark {

inline constexpr const char* version = "0.1.0";
const char* simd_target();  // the instruction set in use, chosen at run time

}  // namespace earmark
