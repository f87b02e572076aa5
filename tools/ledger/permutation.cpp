#include "permutation.hpp"

#include <sodium.h>

#include <array>

namespace earmark::ledger {

namespace {

constexpr std::uint8_t rounds = 10;

std::uint32_t left_of(std::uint64_t number) {
    return static_cast<std::uint32_t>(number >> 32);
}

std::uint32_t right_of(std::uint64_t number) {
    return static_cast<std::uint32_t>(number);
}

std::uint64_t joined(std::uint32_t left, std::uint32_t right) {
    return std::uint64_t{left} << 32 | right;
}

}  // namespace

std::uint32_t Permutation::round(std::uint8_t which, std::uint32_t half) const {
    std::array<std::uint8_t, 5> message{which};
    for (std::size_t i = 0; i < 4; ++i) message[1 + i] = static_cast<std::uint8_t>(half >> (8 * i));
    std::array<std::uint8_t, crypto_generichash_BYTES_MIN> hash;
    crypto_generichash(hash.data(), hash.size(), message.data(), message.size(), key_.data(), key_.size());
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{hash[i]} << (8 * i);
    return value;
}

std::uint64_t Permutation::forward(std::uint64_t number) const {
    std::uint32_t left = left_of(number), right = right_of(number);
    for (std::uint8_t i = 0; i < rounds; ++i) {
        const std::uint32_t mixed = left ^ round(i, right);
        left = right;
        right = mixed;
    }
    return joined(left, right);
}

std::uint64_t Permutation::back(std::uint64_t number) const {
    std::uint32_t left = left_of(number), right = right_of(number);
    for (std::uint8_t i = rounds; i-- > 0;) {
        const std::uint32_t mixed = right ^ round(i, left);
        right = left;
        left = mixed;
    }
    return joined(left, right);
}

}  // namespace earmark::ledger
