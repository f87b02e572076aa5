#include "dsp/embed/cell_signs.hpp"

#include "dsp/carrier/carrier.hpp"

#include <doctest/doctest.h>

using namespace earmark;

TEST_CASE("cell signs: sync deeper than payload, together the energy of equal depths") {
    const Key key = Key::generate();
    const Carrier carrier = make_carrier(AnyKey{key});
    for (const float sync_depth : {1.0f, usual_sync_depth, 1.3f}) {
        const CellSigns signs = make_cell_signs(key, Payload::from_hex("0123456789abcdef"), sync_depth);
        double energy = 0;
        for (int cell = 0; cell < packet_cells; ++cell)
            for (int band = 0; band < grid_bands; ++band) {
                const float sign = signs[cell * grid_bands + band];
                const int chip = cell / 2 * chip_bands + band / 2;
                energy += static_cast<double>(sign) * sign;
                if (carrier.code_bit[chip] != -1) continue;
                REQUIRE(sign == sync_depth * float(carrier.sign[chip] * chip_pattern(cell, band)));
            }
        CHECK(energy == doctest::Approx(packet_cells * grid_bands).epsilon(1e-5));
    }
}
