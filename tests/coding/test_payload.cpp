#include <earmark/error.hpp>
#include <earmark/payload.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using earmark::Payload;

namespace {

std::string hex_error(const std::string& text) {
    try {
        Payload::from_hex(text);
    } catch (const earmark::Error& error) {
        CHECK(error.fault() == earmark::Fault::usage);
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("payload: 8, 16 and 32 digits of either case, dashes between digits") {
    CHECK(Payload::from_hex("89abcdef").bits() == 32);
    CHECK(Payload::from_hex("0123456789abcdef").bits() == 64);
    CHECK(Payload::from_hex("0123456789abcdef0123456789ABCDEF").bits() == 128);
    CHECK(Payload::from_hex("ABCDEF01").hex() == "abcdef01");
    CHECK(Payload::from_hex("550e8400-e29b-41d4-a716-446655440000").hex() == "550e8400e29b41d4a716446655440000");
    CHECK(Payload::from_hex("0123-4567").hex() == "01234567");
    CHECK(Payload::from_hex("00000000") != Payload::from_hex("0000000000000000"));
}

TEST_CASE("payload: numbers and bytes are most significant first") {
    CHECK(Payload::from_uint64(0x0123456789abcdef) == Payload::from_hex("0123456789abcdef"));
    CHECK(Payload::from_uint64(0).hex() == "0000000000000000");
    CHECK(Payload::from_uint64(~std::uint64_t{0}).hex() == "ffffffffffffffff");
    const std::vector<std::uint8_t> bytes{0xde, 0xad, 0xbe, 0xef};
    CHECK(Payload::from_bytes(bytes).hex() == "deadbeef");
    CHECK(Payload{} == Payload::from_uint64(0));
}

TEST_CASE("payload: hex, bytes and payload go round for every format") {
    for (const int bits : Payload::formats_bits) {
        std::vector<std::uint8_t> bytes;
        for (int i = 0; i < bits / 8; ++i) bytes.push_back(static_cast<std::uint8_t>(17 * i + 3));
        const Payload payload = Payload::from_bytes(bytes);
        CHECK(payload.bits() == bits);
        CHECK(Payload::from_hex(payload.hex()) == payload);
        CHECK(std::vector<std::uint8_t>(payload.bytes().begin(), payload.bytes().end()) == bytes);
    }
}

TEST_CASE("payload: every other length is refused, naming value and what is allowed") {
    for (std::size_t digits = 0; digits < 100; ++digits) {
        if (digits == 8 || digits == 16 || digits == 32) continue;
        const std::string error = hex_error(std::string(digits, 'a'));
        CHECK(error.find(std::string(std::min<std::size_t>(digits, 48), 'a')) != std::string::npos);
        CHECK(error.find("has " + std::to_string(digits) + " digits") != std::string::npos);
        CHECK(error.find("8, 16 or 32 hexadecimal digits") != std::string::npos);
    }
    for (std::size_t size = 0; size < 40; ++size)
        if (size != 4 && size != 8 && size != 16)
            CHECK_THROWS_AS(Payload::from_bytes(std::vector<std::uint8_t>(size)), earmark::Error);
    CHECK(hex_error(std::string(100000, 'a')).size() < 200);
}

TEST_CASE("payload: every character that is no digit is refused, in one printable line") {
    for (int c = 0; c < 256; ++c) {
        const std::string text = std::string("0123456") + static_cast<char>(c);
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (digit) {
            CHECK(Payload::from_hex(text).bits() == 32);
            continue;
        }
        const std::string error = hex_error(text);
        CHECK(error.find("at position 8") != std::string::npos);
        CHECK(error.find('\n') == std::string::npos);
        CHECK(error.find('\0') == std::string::npos);
    }
    for (const char* slip : {"-12345678", "12345678-", "1234--5678", "0x123456", " 12345678", "1234 5678", "+1234567"})
        CHECK(hex_error(slip).find("hexadecimal digits") != std::string::npos);
}
