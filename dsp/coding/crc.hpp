// The 16-bit cyclic redundancy check of ITU-T V.41 (x^16 + x^12 + x^5 + 1), most significant bit first, no final
// inversion.
#pragma once

#include <cstdint>
#include <span>

namespace earmark {

inline constexpr int crc_bits = 16;

// `initial` separates uses: the same bytes under two initial values give different checks.
std::uint16_t crc16(std::span<const std::uint8_t> bytes, std::uint16_t initial) noexcept;

}  // namespace earmark
