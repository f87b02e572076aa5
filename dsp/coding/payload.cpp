#include <earmark/payload.hpp>

#include <earmark/error.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace earmark {
namespace {

constexpr std::string_view allowed_hex = "allowed are 8, 16 or 32 hexadecimal digits";

std::optional<std::uint8_t> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
    return std::nullopt;
}

bool is_format(std::size_t bits) {
    const auto& formats = Payload::formats_bits;
    return std::any_of(formats.begin(), formats.end(),
                       [bits](int format) { return static_cast<std::size_t>(format) == bits; });
}

// The value as an error may show it: one line of bounded length, whatever came in.
std::string shown(std::string_view value) {
    constexpr std::size_t max_shown = 48;
    std::string text(value.substr(0, max_shown));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    return "'" + text + (value.size() > max_shown ? "...'" : "'");
}

[[noreturn]] void fail_hex(std::string_view value, const std::string& what) {
    throw Error(Fault::usage, "payload " + shown(value) + " " + what + "; " + std::string(allowed_hex));
}

}  // namespace

Payload Payload::from_hex(std::string_view hex) {
    std::array<std::uint8_t, 16> bytes{};
    std::size_t digits = 0;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        const char c = hex[i];
        // A dash stands between two digits; anywhere else it is a slip, such as a minus sign or an option.
        const bool dash_between = c == '-' && i > 0 && i + 1 < hex.size() && hex[i - 1] != '-';
        if (dash_between) continue;
        const auto digit = hex_digit(c);
        if (!digit) fail_hex(hex, "has " + shown({&c, 1}) + " at position " + std::to_string(i + 1));
        if (digits < 2 * bytes.size()) bytes[digits / 2] = static_cast<std::uint8_t>(bytes[digits / 2] << 4 | *digit);
        ++digits;
    }
    if (!is_format(4 * digits)) fail_hex(hex, "has " + std::to_string(digits) + " digits");
    return from_bytes({bytes.data(), digits / 2});
}

Payload Payload::from_uint64(std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
    return from_bytes(bytes);
}

Payload Payload::from_bytes(std::span<const std::uint8_t> bytes) {
    // Compared in bytes, as eight times a huge size may wrap round to an allowed one.
    if (bytes.size() > 16 || !is_format(8 * bytes.size()))
        throw Error(Fault::usage,
                    "payload of " + std::to_string(bytes.size()) + " bytes; allowed are 4, 8 or 16 bytes");
    Payload payload;
    payload.size_ = static_cast<int>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), payload.bytes_.begin());
    return payload;
}

std::string Payload::hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes()) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace earmark
