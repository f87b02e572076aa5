// Payload <-> codeword: CRC, error-correcting code, and the decoder that takes soft bits.
//
// Sign convention, here and nowhere else: code bit 0 is sent as +1, code bit 1 as -1; a soft bit is positive when the
// chip speaks for 0. A soft bit of 0 is an erasure (a dead band, a part of the packet not heard). Only ratios matter:
// soft bits may carry any common scale.
#pragma once

#include <earmark/payload.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace earmark {

inline constexpr int codeword_bits = 992;  // payload chips of one packet

using Codeword = std::array<std::int8_t, codeword_bits>;  // +1 or -1

Codeword encode(const Payload& payload);

// The payload whose codeword is most likely given the soft bits and whose CRC holds, or nothing. payload_bits is one of
// Payload::formats_bits. Never a guess: the caller must still test the codeword's statistic against its own bound.
// Not for the audio path: allocates.
std::optional<Payload> decode(std::span<const float, codeword_bits> soft_bits, int payload_bits);

}  // namespace earmark
