// Payload <-> codeword: CRC, error-correcting code, and the decoder that takes soft bits.
//
// Sign convention, here and nowhere else: code bit 0 is sent as +1, code bit 1 as -1; a soft bit is positive when the
// chip speaks for 0. A soft bit of 0 is an erasure (a dead band, a part of the packet not heard). Only ratios matter:
// soft bits may carry any common scale.
#pragma once

#include <earmark/payload.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace earmark {

class ListViterbi;

inline constexpr int codeword_bits = 992;  // payload chips of one packet

using Codeword = std::array<std::int8_t, codeword_bits>;  // +1 or -1

Codeword encode(const Payload& payload);

// How many codewords decode() may hold against the CRC before it gives up. Each may fit by chance, so where the best
// codewords are wrong a payload still comes back in at most most_candidates / 2^16 = 1/16,384 of the attempts, whatever
// the caller's bound says: on marked audio near the threshold wrong codewords resemble the true one and reach it. With
// a caller's bound of 1e-6 it happens in 1e-5 of the attempts on a payload of 64 bits, at the worst of all
// strengths (benchmarks/coding.cpp, "chance"). A list of 32 reads 1 to 2 % more there and errs twice as often; a wrong
// name is worse than none.
inline constexpr int most_candidates = 4;

// The payload whose codeword is most likely given the soft bits and whose CRC holds, or nothing: also where no soft bit
// is other than zero or one is not finite. payload_bits is one of Payload::formats_bits. Never a guess: the caller must
// still test the codeword's statistic z = sum(w_j s_j) / sqrt(sum s_j^2) against its own bound. Given that bound as
// least_statistic, decode() does not look below it, which costs nothing that the caller would have kept and makes an
// attempt on noise as quick as one that succeeds.
// Not for the audio path: allocates.
std::optional<Payload> decode(std::span<const float, codeword_bits> soft_bits, int payload_bits,
                              double least_statistic = 0);

// The same in steps of 2 us, for the audio path.
// Real time: start() and step() allocate nothing.
class CodewordDecoder {
  public:
    CodewordDecoder();
    ~CodewordDecoder();

    void start(std::span<const float, codeword_bits> soft_bits, int payload_bits, double least_statistic) noexcept;
    // True while there is more to do.
    bool step() noexcept;
    const std::optional<Payload>& payload() const noexcept { return payload_; }
    int refused() const noexcept { return refused_; }  // codewords whose CRC did not hold

  private:
    std::unique_ptr<ListViterbi> list_;
    std::array<std::int16_t, codeword_bits> whole_soft_bits_{};
    int payload_bits_ = 0, refused_ = 0;
    bool busy_ = false;
    std::optional<Payload> payload_;
};

}  // namespace earmark
