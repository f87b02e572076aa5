#include "dsp/detect/despreader.hpp"

#include "dsp/coding/codeword.hpp"

#include <cmath>
#include <numbers>

namespace earmark {
namespace {

using SoftBits = std::array<float, codeword_bits>;

SoftBits despread(const Fold& fold, const Carrier& carrier) {
    SoftBits soft{};
    for (int chip = 0; chip < packet_chips; ++chip)
        if (carrier.code_bit[chip] >= 0) soft[carrier.code_bit[chip]] = carrier.sign[chip] * fold[chip];
    return soft;
}

double correlation(const SoftBits& soft, const Codeword& codeword) {
    double sum = 0;
    for (int bit = 0; bit < codeword_bits; ++bit) sum += codeword[bit] * soft[bit];
    return sum;
}

}  // namespace

std::optional<Reading> read_payload(const Fold& fold, const Carrier& carrier, double log_q, double p_max) {
    const SoftBits soft = despread(fold, carrier);
    const SignTail tail(soft);
    if (tail.root_energy() == 0) return {};
    std::optional<Reading> best;
    for (const int bits : Payload::formats_bits) {
        const double log_weight = log_q - std::log(double(Payload::formats_bits.size())) - bits * std::numbers::ln2;
        const double least_sum = tail.least_sum(-log_weight - std::log(p_max));
        if (std::isinf(least_sum)) continue;  // too few chips heard for so many bits
        const auto payload = decode(soft, bits, least_sum / tail.root_energy());
        if (!payload) continue;
        const double log_p = log10_p(tail.exponent(correlation(soft, encode(*payload))), log_weight);
        if (log_p <= std::log10(p_max) && (!best || log_p < best->log10_p)) best = Reading{*payload, log_p};
    }
    return best;
}

}  // namespace earmark
