// Made by benchmarks/search_polynomials.cpp; do not edit.
#pragma once

#include <array>
#include <cstdint>

namespace earmark {

// Tap i speaks for the message bit i steps ago. Each has its end taps, 0 and 12.
inline constexpr std::array<std::uint32_t, 21> code_polynomials{0x10af, 0x1a6d, 0x1eb9, 0x14e3, 0x197b, 0x167d, 0x1de5,
                                                                0x123f, 0x1751, 0x1b37, 0x13eb, 0x1cc9, 0x18b5, 0x11e7,
                                                                0x1553, 0x1f71, 0x135f, 0x19dd, 0x16e1, 0x1e33, 0x1bd5};

}  // namespace earmark
