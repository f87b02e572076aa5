#include "dsp/coding/crc.hpp"

namespace earmark {

std::uint16_t crc16(std::span<const std::uint8_t> bytes, std::uint16_t initial) noexcept {
    constexpr std::uint32_t polynomial = 0x1021;
    std::uint32_t check = initial;
    for (const std::uint8_t byte : bytes) {
        check ^= static_cast<std::uint32_t>(byte) << 8;
        for (int bit = 0; bit < 8; ++bit) check = (check << 1) ^ ((check & 0x8000U) != 0 ? polynomial : 0U);
    }
    return static_cast<std::uint16_t>(check);
}

}  // namespace earmark
