#include "dsp/embed/cell_signs.hpp"

#include "dsp/carrier/carrier.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;

TEST_CASE("cell signs: sync deeper than payload, a slow layer above 4 kHz, together the energy of equal depths") {
    const Key key = Key::generate();
    const Carrier carrier = make_carrier(AnyKey{key});
    for (const DepthShares shares : {DepthShares{1, 0}, DepthShares{}, DepthShares{1.3f, 0.5f}}) {
        const CellSigns signs = make_cell_signs(key, Payload::from_hex("0123456789abcdef"), shares);
        const auto at = [&](int cell, int band) { return signs[std::size_t(cell * grid_bands + band)]; };
        double energy = 0;
        for (const float sign : signs) energy += static_cast<double>(sign) * sign;
        // Exact over the whole packet; of the chips above 4 kHz not always half are sync's.
        CHECK(energy == doctest::Approx(packet_cells * grid_bands).epsilon(shares.slow == 0 ? 1e-5 : 1e-3));
        for (int cell = 0; cell < packet_cells; cell += 2)
            for (int band = 0; band < grid_bands; ++band) {
                // The halves of a chip turn its pattern round and leave the slow layer as it is.
                const float fast = (at(cell, band) - at(cell + 1, band)) / 2;
                const float slow = (at(cell, band) + at(cell + 1, band)) / 2;
                const bool layered = band / 2 >= first_slow_chip;
                const int place = cell / slow_cells * slow_bands + band / 2 - first_slow_chip;
                const int slow_sign = layered ? carrier.slow_sign[std::size_t(place)] * (band % 2 == 0 ? 1 : -1) : 0;
                REQUIRE(slow == doctest::Approx(shares.slow * static_cast<float>(slow_sign)));
                const std::size_t chip = std::size_t(cell / 2 * chip_bands + band / 2);
                if (carrier.code_bit[chip] != -1) continue;
                const float share = shares.sync * (layered ? std::sqrt(1 - shares.slow * shares.slow) : 1);
                REQUIRE(fast == doctest::Approx(share * float(carrier.sign[chip] * chip_pattern(cell, band))));
            }
    }
}
