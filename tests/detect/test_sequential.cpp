#include "dsp/detect/sequential.hpp"

#include "dsp/simd/kernels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

using namespace earmark;

// Kernels add up the pairs of a row in 16 bits.
TEST_CASE("sequential test: the largest bets of a row stay within 16 bits, on every target") {
    Carrier carrier;  // every chip of the even bands serves sync
    carrier.sign.fill(1);
    for (std::size_t chip = 0; chip < carrier.code_bit.size(); ++chip)
        carrier.code_bit[chip] = chip % chip_bands % 2 == 0 ? std::int16_t{-1} : std::int16_t{0};
    const Correlator correlator(carrier);
    for (const int sign : {1, -1}) {
        WholeRow row{};
        std::fill_n(row.begin(), chip_bands, static_cast<std::int8_t>(sign * largest_residual));
        const RowBets bets(row, chip_bands);
        for (std::size_t strength = 0; strength < RowBets::strengths; ++strength) {
            std::int64_t expected = 0;
            for (int pair = 0; pair < bets.pairs; ++pair) expected += bets.values(strength)[pair][0];
            for (const simd::Kernels* kernels : simd::all_kernels()) {
                CAPTURE(std::string(kernels->name));
                std::array<std::int32_t, simd::chip_rows_in_packet> sums{};
                std::int32_t* const at = sums.data();
                std::int32_t top = 0;
                kernels->accumulate(bets.values(strength), bets.pairs, correlator.picks(), 0, &at, 1, &top);
                CHECK(top == expected);
                CHECK(*std::min_element(sums.begin(), sums.end()) == expected);
            }
            CHECK((sign > 0 ? expected > 0 : expected < -5000));
        }
    }
}
