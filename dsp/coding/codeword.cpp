#include "dsp/coding/codeword.hpp"

#include "dsp/coding/convolutional.hpp"
#include "dsp/coding/crc.hpp"
#include "dsp/coding/list_viterbi.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {

namespace {

constexpr std::uint16_t crc_initial(int payload_bits) {
    return payload_bits == 32 ? 0x1D0F : payload_bits == 64 ? 0xFFFF : 0xC6C6;
}

// A fixed sign per code bit and format: without it the zero payload would be a run of hundreds of equal code bits, and
// the formats would share codewords. Steele, Lea & Flood 2014 (SplitMix64), top bit.
Codeword scramble(int payload_bits) {
    Codeword signs{};
    auto state = static_cast<std::uint64_t>(payload_bits);
    for (auto& sign : signs) {
        std::uint64_t word = state += 0x9E3779B97F4A7C15U;
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9U;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EBU;
        sign = (word >> 63) != 0 ? -1 : 1;
    }
    return signs;
}

using Message = std::array<std::uint8_t, longest_message_bits>;

Message message_of(const Payload& payload) {
    Message message{};
    std::size_t position = 0;
    for (const std::uint8_t byte : payload.bytes())
        for (int bit = 7; bit >= 0; --bit) message[position++] = (byte >> bit) & 1U;
    const std::uint16_t check = crc16(payload.bytes(), crc_initial(payload.bits()));
    for (int bit = crc_bits - 1; bit >= 0; --bit) message[position++] = (check >> bit) & 1U;
    return message;
}

struct Scaled {
    std::array<std::int16_t, codeword_bits> soft_bits{};
    std::int64_t energy = 0;  // sum of squares
};

// Whole numbers from here on, so that a decision does not hang on the order of floating-point sums. The scale is set by
// the sum of absolute values, which bounds every correlation, and not by a clipping level: the soft bits may be as
// unequal as they like.
std::optional<Scaled> scale(std::span<const float, codeword_bits> soft_bits, const Codeword& signs) {
    double sum = 0;
    for (const float soft : soft_bits) sum += std::fabs(static_cast<double>(soft));
    if (!(sum > 0) || !std::isfinite(sum)) return std::nullopt;
    const double factor = (ListViterbi::most_correlation - codeword_bits / 2 - 1) / sum;
    Scaled scaled;
    for (std::size_t i = 0; i < codeword_bits; ++i) {
        const auto whole = std::lround(static_cast<double>(soft_bits[i]) * factor);
        scaled.soft_bits[i] = static_cast<std::int16_t>(whole * signs[i]);
        scaled.energy += static_cast<std::int64_t>(whole) * whole;
    }
    return scaled;
}

std::optional<Payload> checked_payload(const ListViterbi& list, int payload_bits) {
    std::array<std::uint8_t, longest_message_bits / 8> bytes{};
    const int message_bits = payload_bits + crc_bits;
    for (int i = 0; i < message_bits; ++i)
        bytes[static_cast<std::size_t>(i) / 8] |= static_cast<std::uint8_t>(list.message_bit(i) << (7 - i % 8));
    const std::span<const std::uint8_t> payload(bytes.data(), static_cast<std::size_t>(payload_bits) / 8);
    const int check = bytes[payload.size()] << 8 | bytes[payload.size() + 1];
    if (crc16(payload, crc_initial(payload_bits)) != check) return std::nullopt;
    return Payload::from_bytes(payload);
}

}  // namespace

Codeword encode(const Payload& payload) {
    const Message message = message_of(payload);
    Codeword codeword = convolve({message.data(), static_cast<std::size_t>(payload.bits() + crc_bits)});
    const Codeword signs = scramble(payload.bits());
    for (std::size_t i = 0; i < codeword_bits; ++i) codeword[i] = static_cast<std::int8_t>(codeword[i] * signs[i]);
    return codeword;
}

CodewordDecoder::CodewordDecoder() : list_(std::make_unique<ListViterbi>(most_candidates)) {}
CodewordDecoder::~CodewordDecoder() = default;

void CodewordDecoder::start(std::span<const float, codeword_bits> soft_bits, int payload_bits,
                            double least_statistic) noexcept {
    payload_.reset();
    refused_ = 0;
    busy_ = false;
    payload_bits_ = payload_bits;
    const auto scaled = scale(soft_bits, scramble(payload_bits));
    if (!scaled) return;
    const double least = std::ceil(least_statistic * std::sqrt(static_cast<double>(scaled->energy)));
    if (least > ListViterbi::most_correlation) return;
    whole_soft_bits_ = scaled->soft_bits;
    list_->start(whole_soft_bits_, payload_bits + crc_bits, std::max(1, static_cast<int>(least)));
    busy_ = true;
}

bool CodewordDecoder::step() noexcept {
    if (!busy_) return false;
    const auto progress = list_->step();
    if (progress == ListViterbi::Progress::working) return true;
    const bool listed = progress == ListViterbi::Progress::listed;
    if (listed) payload_ = checked_payload(*list_, payload_bits_);
    refused_ += listed && !payload_;
    busy_ = listed && !payload_ && refused_ < most_candidates;
    return busy_;
}

std::optional<Payload> decode(std::span<const float, codeword_bits> soft_bits, int payload_bits,
                              double least_statistic) {
    CodewordDecoder decoder;
    decoder.start(soft_bits, payload_bits, least_statistic);
    while (decoder.step()) continue;
    return decoder.payload();
}

}  // namespace earmark
