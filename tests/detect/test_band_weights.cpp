#include "dsp/detect/band_weights.hpp"

#include "dsp/coding/codeword.hpp"
#include "dsp/detect/despreader.hpp"
#include "tests/support/mono.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int first_spoilt = 16;  // band of chips

// A fold of a mark, in noise of 500 steps that is `noise` times as much from band first_spoilt on. Without a payload
// its chips hold noise alone, as do all of a strength of 0.
Fold fold_of(const Carrier& carrier, const std::optional<Payload>& payload, double strength, double noise,
             std::uint64_t seed) {
    Random random(seed);
    const Codeword codeword = payload ? encode(*payload) : Codeword{};
    Fold folded;
    for (std::size_t chip = 0; chip < packet_chips; ++chip) {
        const int bit = carrier.code_bit[chip];
        const double mark = carrier.sign[chip] * (bit < 0 ? 1 : codeword[std::size_t(bit)]);
        const double here = chip % chip_bands < first_spoilt ? 1 : noise;
        folded[chip] = std::int16_t(std::lround(500 * (strength * mark + here * random.normal())));
    }
    return folded;
}

// Exponent of a codeword, its soft bits weighed or not.
double exponent(const Fold& folded, const Carrier& carrier, const Codeword& codeword, const BandWeights& weights) {
    std::vector<float> along;
    for (std::size_t chip = 0; chip < packet_chips; ++chip) {
        if (carrier.code_bit[chip] < 0) continue;
        along.push_back(weights[chip % chip_bands] *
                        float(codeword[std::size_t(carrier.code_bit[chip])] * carrier.sign[chip] * folded[chip]));
    }
    return sign_exponent(along);
}

BandWeights all_equal() {
    BandWeights weights;
    weights.fill(1);
    return weights;
}

}  // namespace

TEST_CASE("band weights: none without a mark, nearly none where all bands are alike") {
    const Carrier carrier = make_carrier(numbered_key(1));
    for (std::uint64_t seed = 0; seed < 200; ++seed)
        CHECK(band_weights(fold_of(carrier, some_payload, 0, 3, seed), carrier) == all_equal());
    CHECK(band_weights(Fold{}, carrier) == all_equal());
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (const float weight : band_weights(fold_of(carrier, some_payload, 0.6, 1, seed), carrier)) {
            CHECK(weight > 0.6f);
            CHECK(weight < 1.5f);
        }
}

TEST_CASE("band weights: what is spoilt counts less, and a payload is worth half as much again") {
    const Carrier carrier = make_carrier(numbered_key(1));
    const Codeword codeword = encode(some_payload);
    double weighed = 0, plain = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Fold folded = fold_of(carrier, some_payload, 0.7, 3, seed);
        const BandWeights weights = band_weights(folded, carrier);
        for (int band = 1; band < chip_bands; ++band)
            for (int other = first_spoilt + 1; band < first_spoilt - 1 && other < chip_bands; ++other)
                CHECK(weights[band] > weights[other]);
        weighed += exponent(folded, carrier, codeword, weights);
        plain += exponent(folded, carrier, codeword, all_equal());
        const auto reading = read_payload(folded, carrier, -5, 1e-6);
        REQUIRE(reading);
        CHECK(reading->payload == some_payload);
    }
    CHECK(weighed > 1.5 * plain);
}

// The audio and the sync subkey stay as they are, the payload subkey is drawn: the weights must not see it.
TEST_CASE("band weights: the bound holds over random payload subkeys") {
    const Key key = numbered_key(1);
    const Codeword codeword = encode(some_payload);
    constexpr int keys = 4000;
    for (const double noise : {1.0, 3.0}) {
        const Fold folded = fold_of(make_carrier(key), std::nullopt, 0.5, noise, 7);
        const BandWeights weights = band_weights(folded, make_carrier(key));
        REQUIRE(weights != all_equal());
        int beyond_tenth = 0, beyond_hundredth = 0;
        for (int number = 0; number < keys; ++number) {
            const Carrier carrier = make_carrier(key.sync(), &numbered_key(100 + number).payload());
            REQUIRE(band_weights(folded, carrier) == weights);
            const double e = exponent(folded, carrier, codeword, weights);
            beyond_tenth += e >= std::log(10.0);
            beyond_hundredth += e >= std::log(100.0);
        }
        CHECK(beyond_tenth > 0);
        CHECK(beyond_tenth <= keys / 10);
        CHECK(beyond_hundredth <= keys / 100);
    }
}
