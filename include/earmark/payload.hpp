// What a mark says: 32, 64 (the usual) or 128 bits (a UUID). The meaning of the bits is the user's.
//
//     auto payload = earmark::Payload::from_hex("0123456789abcdef");
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace earmark {

class Payload {
  public:
    static constexpr std::array<int, 3> formats_bits{32, 64, 128};

    // 8, 16 or 32 hexadecimal digits of either case; dashes as in a UUID are skipped. Throws Error(usage).
    static Payload from_hex(std::string_view hex);
    // 64 bits, most significant first: from_uint64(0x0123456789abcdef) equals from_hex("0123456789abcdef").
    static Payload from_uint64(std::uint64_t value);
    // 4, 8 or 16 bytes. Throws Error(usage).
    static Payload from_bytes(std::span<const std::uint8_t> bytes);

    int bits() const noexcept { return 8 * size_; }
    std::span<const std::uint8_t> bytes() const noexcept { return {bytes_.data(), static_cast<std::size_t>(size_)}; }
    std::string hex() const;  // lower case, no dashes

    bool operator==(const Payload&) const = default;

  private:
    std::array<std::uint8_t, 16> bytes_{};
    int size_ = 8;
};

}  // namespace earmark
