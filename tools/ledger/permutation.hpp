// A keyed permutation of all 64-bit numbers: payloads are its values at 1, 2, 3, ..., so no payload comes twice, and
// who sees some of them, without the key, learns neither their order nor how many there are.
//
// A balanced Feistel network of ten rounds, the number of NIST SP 800-38G (FF1); its round function is keyed BLAKE2b of
// the round's number and one half. A Feistel network permutes whatever its round function is; with random round
// functions six rounds already withstand all attacks with far fewer than 2^32 known pairs (Patarin, CRYPTO 2004).
#pragma once

#include "digest.hpp"

#include <cstdint>

namespace earmark::ledger {

class Permutation {
  public:
    explicit Permutation(const Hash& key) : key_(key) {}
    std::uint64_t forward(std::uint64_t number) const;
    std::uint64_t back(std::uint64_t number) const;

  private:
    std::uint32_t round(std::uint8_t which, std::uint32_t half) const;
    Hash key_;
};

}  // namespace earmark::ledger
