#include "dsp/detect/despreader.hpp"

#include "dsp/coding/codeword.hpp"
#include "tests/support/mono.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

// A fold as a marked signal would give: the code bits on the payload chips, in Gaussian noise of 500 steps.
Fold noisy_fold(const Carrier& carrier, const Payload& payload, double strength, std::uint64_t seed) {
    Random random(seed);
    const Codeword codeword = encode(payload);
    Fold folded;
    for (std::size_t chip = 0; chip < packet_chips; ++chip) {
        const int bit = carrier.code_bit[chip];
        const double mark = bit < 0 ? 0 : strength * carrier.sign[chip] * codeword[std::size_t(bit)];
        folded[chip] = std::int16_t(std::lround(500 * (mark + random.normal())));
    }
    return folded;
}

const Payload payloads[]{Payload::from_hex("01234567"), Payload::from_hex("0123456789abcdef"),
                         Payload::from_hex("0123456789abcdef0123456789abcdef")};

}  // namespace

TEST_CASE("despreader: the bound counts every payload of every format, and the weight of the track") {
    const Carrier carrier = make_carrier(numbered_key(1));
    for (const Payload& payload : payloads)
        for (const double log_q : {0.0, -7.0, -30.0}) {
            const Fold folded = noisy_fold(carrier, payload, 0.9, 1);
            const auto reading = read_payload(folded, carrier, log_q, 1e-6);
            REQUIRE(reading);
            CHECK(reading->payload == payload);
            // The definition, chip by chip.
            const Codeword codeword = encode(payload);
            std::vector<float> along;
            for (std::size_t chip = 0; chip < packet_chips; ++chip) {
                const int bit = carrier.code_bit[chip];
                if (bit < 0) continue;
                along.push_back(float(carrier.sign[chip] * codeword[std::size_t(bit)] * folded[chip]));
            }
            const double hypotheses_log10 = std::log10(3.0) + payload.bits() * std::log10(2.0);
            const double expected = -sign_exponent(along) / std::log(10.0) + hypotheses_log10 - log_q / std::log(10.0);
            CAPTURE(payload.bits());
            CHECK(reading->log10_p == doctest::Approx(expected).epsilon(1e-6));
        }
}

TEST_CASE("despreader: reads down to p_max and not beyond") {
    const Carrier carrier = make_carrier(numbered_key(1));
    for (const Payload& payload : payloads) {
        const Fold folded = noisy_fold(carrier, payload, 0.7, 2);
        const auto reading = read_payload(folded, carrier, -5, 1e-3);
        REQUIRE(reading);
        const auto at = [&](double above) { return std::pow(10, reading->log10_p + above); };
        CHECK(read_payload(folded, carrier, -5, at(0.25)));  // the decoder counts in whole numbers
        CHECK_FALSE(read_payload(folded, carrier, -5, at(-1e-9)));
        CHECK_FALSE(read_payload(folded, carrier, -5, at(-1)));
    }
}

TEST_CASE("despreader: nothing to read in noise, in nothing, or with a screening key") {
    const Carrier carrier = make_carrier(numbered_key(1)), screening = make_carrier(numbered_key(1).screening());
    CHECK_FALSE(read_payload(Fold{}, carrier, 0, 0.5));
    CHECK_FALSE(read_payload(noisy_fold(carrier, some_payload, 3, 3), screening, 0, 0.5));
    CHECK_FALSE(read_payload(noisy_fold(carrier, some_payload, 3, 3), make_carrier(numbered_key(2)), 0, 0.5));
    for (std::uint64_t seed = 10; seed < 30; ++seed)
        CHECK_FALSE(read_payload(noisy_fold(carrier, some_payload, 0, seed), carrier, 0, 0.5));
}
