#include "dsp/coding/crc.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string_view>
#include <vector>

namespace {

std::uint16_t crc_of(std::string_view text, std::uint16_t initial) {
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    return earmark::crc16(bytes, initial);
}

}  // namespace

// The check values of CRC-16/IBM-3740, SPI-FUJITSU and XMODEM in the catalogue of parametrised CRC algorithms.
TEST_CASE("crc16 gives the published check values") {
    CHECK(crc_of("123456789", 0xFFFF) == 0x29B1);
    CHECK(crc_of("123456789", 0x1D0F) == 0xE5CC);
    CHECK(crc_of("123456789", 0x0000) == 0x31C3);
    CHECK(crc_of("", 0x1D0F) == 0x1D0F);
}

TEST_CASE("crc16 notices every error of one or two bits in the longest payload") {
    constexpr std::size_t bits = 128;
    std::array<std::uint8_t, bits / 8> bytes{};
    const auto flip = [&](std::size_t bit) { bytes[bit / 8] ^= static_cast<std::uint8_t>(0x80U >> (bit % 8)); };
    const std::uint16_t intact = earmark::crc16(bytes, 0xFFFF);
    int missed = 0;
    for (std::size_t first = 0; first < bits; ++first) {
        flip(first);
        missed += earmark::crc16(bytes, 0xFFFF) == intact;
        for (std::size_t second = first + 1; second < bits; ++second) {
            flip(second);
            missed += earmark::crc16(bytes, 0xFFFF) == intact;
            flip(second);
        }
        flip(first);
    }
    CHECK(missed == 0);
}
