// A named stream of keyed random numbers: subkey and name give a ChaCha20 key, ChaCha20 gives bytes. Streams of
// different names are independent, so that each use of a key has its own and a new use never shifts an old one.
//
//     KeyedStream stream(key.sync(), "sync signs");
//     bool bit = stream.bit();
//     stream.shuffle(std::span(order));
//
// Integers only, bytes little-endian, no std distribution: bit-exact on every platform.
#pragma once

#include <earmark/key.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace earmark {

class KeyedStream {
  public:
    KeyedStream(const Secret& subkey, std::string_view name);
    KeyedStream(const KeyedStream&) = delete;
    KeyedStream& operator=(const KeyedStream&) = delete;
    ~KeyedStream();

    std::uint8_t byte();
    // Least significant bit of a byte first. What is left of a byte waits for the next bit(): other numbers begin at
    // the next whole byte.
    bool bit();
    std::uint32_t uint32();                // four bytes, least significant first
    std::uint32_t below(std::uint32_t n);  // 0 .. n-1, all equally likely; for n < 2: 0, and nothing is read

    // Fisher-Yates from the end (Knuth, TAOCP volume 2, algorithm 3.4.2 P): all orders equally likely.
    template <class T, std::size_t count>
    void shuffle(std::span<T, count> items) {
        for (std::size_t left = items.size(); left > 1; --left)
            std::swap(items[left - 1], items[below(static_cast<std::uint32_t>(left))]);
    }

  private:
    static constexpr std::size_t block_bytes = 64;
    Secret key_;
    std::uint64_t next_block_ = 0;
    std::array<std::uint8_t, block_bytes> block_{};
    std::size_t read_ = block_bytes;  // bytes of block_ already given
    std::uint8_t bit_store_ = 0;
    int bits_left_ = 0;
};

}  // namespace earmark
