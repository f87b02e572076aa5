#include "dsp/carrier/keyed_stream.hpp"

#include "dsp/carrier/derive.hpp"

#include <sodium.h>

namespace earmark {

KeyedStream::KeyedStream(const Secret& subkey, std::string_view name) : key_(derive_stream_key(subkey, name)) {}

KeyedStream::~KeyedStream() {
    sodium_memzero(block_.data(), block_.size());
    sodium_memzero(&bit_store_, sizeof bit_store_);
}

// The original ChaCha20 (Bernstein 2008): 64-bit block counter from 0, nonce 0. Each key serves one stream, so the
// nonce has nothing to tell apart.
std::uint8_t KeyedStream::byte() {
    if (read_ == block_bytes) {
        static constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
        block_.fill(0);
        crypto_stream_chacha20_xor_ic(block_.data(), block_.data(), block_.size(), nonce.data(), next_block_,
                                      key_.bytes().data());
        ++next_block_;
        read_ = 0;
    }
    return block_[read_++];
}

bool KeyedStream::bit() {
    if (bits_left_ == 0) {
        bit_store_ = byte();
        bits_left_ = 8;
    }
    const bool bit = (bit_store_ & 1) != 0;
    bit_store_ = static_cast<std::uint8_t>(bit_store_ >> 1);
    --bits_left_;
    return bit;
}

std::uint32_t KeyedStream::uint32() {
    std::uint32_t value = 0;
    for (int shift = 0; shift < 32; shift += 8) value |= static_cast<std::uint32_t>(byte()) << shift;
    return value;
}

// Rejection: of the 2^32 values the lowest 2^32 mod n are thrown away, the others hold every remainder equally often.
std::uint32_t KeyedStream::below(std::uint32_t n) {
    if (n < 2) return 0;
    const std::uint32_t rejected = (0 - n) % n;  // 2^32 mod n, in 32 bits
    std::uint32_t value;
    do {
        value = uint32();
    } while (value < rejected);
    return value % n;
}

}  // namespace earmark
