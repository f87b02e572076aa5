#include "dsp/embed/cell_signs.hpp"

#include "dsp/carrier/carrier.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;

namespace {

// Of the chips above 4 kHz: how many more are sync's than the payload's.
int sync_surplus(const Carrier& carrier) {
    int surplus = 0;
    for (int row = 0; row < chip_rows; ++row)
        for (int band = first_slow_chip; band < chip_bands; ++band)
            surplus += carrier.code_bit[std::size_t(row * chip_bands + band)] == -1 ? 1 : -1;
    return surplus;
}

}  // namespace

TEST_CASE("cell signs: sync deeper than payload, a slow layer above 4 kHz, together the energy of equal depths") {
    const Key key = Key::generate();
    const Carrier carrier = make_carrier(AnyKey{key});
    for (const DepthShares shares : {DepthShares{1, 0}, DepthShares{}, DepthShares{1.3f, 0.5f}}) {
        const CellSigns signs = make_cell_signs(key, Payload::from_hex("0123456789abcdef"), shares);
        const auto at = [&](int cell, int band) { return signs[std::size_t(cell * grid_bands + band)]; };
        double energy = 0;
        for (const float sign : signs) energy += static_cast<double>(sign) * sign;
        // Of the chips that give to the slow layer not always half are sync's, which are worth more than it gives back.
        const double given = 4 * shares.slow * shares.slow * (shares.sync * shares.sync - 1) * sync_surplus(carrier);
        CHECK(energy == doctest::Approx(packet_cells * grid_bands - given).epsilon(1e-5));
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
