#include <earmark/key.hpp>

#include <sodium.h>

#include <algorithm>

namespace earmark {

Secret::Secret(std::span<const std::uint8_t, key_bytes> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

// A plain fill would be removed by the optimiser, as nobody reads the memory after it.
Secret::~Secret() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

bool Secret::operator==(const Secret& other) const noexcept {
    return sodium_memcmp(bytes_.data(), other.bytes_.data(), key_bytes) == 0;
}

}  // namespace earmark
