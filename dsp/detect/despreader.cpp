#include "dsp/detect/despreader.hpp"

#include "dsp/detect/band_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earmark {
namespace {

using SoftBits = std::array<SignLevel, codeword_bits>;

SoftBits despread(const Fold& fold, const Carrier& carrier) {
    const BandWeights weights = band_weights(fold, carrier);
    std::array<float, codeword_bits> weighed{};
    for (int chip = 0; chip < packet_chips; ++chip)
        if (carrier.code_bit[chip] >= 0)
            weighed[carrier.code_bit[chip]] =
                weights[chip % chip_bands] * static_cast<float>(carrier.sign[chip] * fold[chip]);
    SoftBits soft;
    to_levels(weighed, soft.data());
    return soft;
}

std::array<float, codeword_bits> real(const SoftBits& soft) {
    std::array<float, codeword_bits> values;
    std::copy(soft.begin(), soft.end(), values.begin());
    return values;
}

int correlation(const SoftBits& soft, const Codeword& codeword) {
    int sum = 0;
    for (int bit = 0; bit < codeword_bits; ++bit) sum += codeword[bit] * soft[bit];
    return sum;
}

}  // namespace

void Despreader::start(const Fold& fold, const Carrier& carrier, double log_q, double p_max) noexcept {
    soft_ = despread(fold, carrier);
    log_q_ = log_q;
    p_max_ = p_max;
    format_ = steps_ = 0;
    best_.reset();
    decoding_ = false;
    busy_ = std::any_of(soft_.begin(), soft_.end(), [](SignLevel level) { return level != 0; });
}

void Despreader::start_format() noexcept {
    const int bits = Payload::formats_bits[static_cast<std::size_t>(format_)];
    log_weight_ = log_q_ - std::log(double(Payload::formats_bits.size())) - bits * std::numbers::ln2;
    const SignTail tail(soft_);
    const double least_sum = tail.least_sum(-log_weight_ - std::log(p_max_));
    decoding_ = !std::isinf(least_sum);  // else too few chips were heard for so many bits
    if (decoding_) decoder_.start(real(soft_), bits, least_sum / tail.root_energy());
}

bool Despreader::step() noexcept {
    if (!busy_) return false;
    ++steps_;
    took_long_ = !decoding_;
    if (!decoding_) {
        start_format();
    } else if (!decoder_.step()) {
        decoding_ = false;
        took_long_ = decoder_.payload().has_value();
        if (took_long_) take(*decoder_.payload());
    }
    if (!decoding_ && ++format_ == static_cast<int>(Payload::formats_bits.size())) busy_ = false;
    return busy_;
}

void Despreader::take(const Payload& payload) noexcept {
    const double log_p = log10_p(SignTail(soft_).exponent(correlation(soft_, encode(payload))), log_weight_);
    if (log_p <= std::log10(p_max_) && (!best_ || log_p < best_->log10_p)) best_ = Reading{payload, log_p};
}

void Despreader::repeat(int steps) noexcept {
    format_ = steps_ = 0;
    decoding_ = false;
    best_.reset();
    while (steps_ < steps) step();
}

std::optional<Reading> read_payload(const Fold& fold, const Carrier& carrier, double log_q, double p_max) {
    Despreader despreader;
    despreader.start(fold, carrier, log_q, p_max);
    while (despreader.step()) continue;
    return despreader.reading();
}

}  // namespace earmark
