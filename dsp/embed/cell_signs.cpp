#include "dsp/embed/cell_signs.hpp"

#include "dsp/carrier/carrier.hpp"
#include "dsp/coding/codeword.hpp"

#include <cmath>

namespace earmark {

namespace {

void add_slow_layer(const Carrier& carrier, float share, CellSigns& signs) {
    const float rest = std::sqrt(1 - share * share);
    for (int cell = 0; cell < packet_cells; ++cell)
        for (int band = 2 * first_slow_chip; band < grid_bands; ++band) {
            const int sign = carrier.slow_sign[cell / slow_cells * slow_bands + band / 2 - first_slow_chip];
            float& all = signs[cell * grid_bands + band];
            all = rest * all + share * static_cast<float>(slow_pattern(band) * sign);
        }
}

}  // namespace

CellSigns make_cell_signs(const Key& key, const Payload& payload, const DepthShares& shares) {
    const float payload_share = std::sqrt(2 - shares.sync * shares.sync);
    const Carrier carrier = make_carrier(key.sync(), &key.payload());
    const Codeword codeword = encode(payload);
    CellSigns signs{};
    for (int cell = 0; cell < packet_cells; ++cell) {
        for (int band = 0; band < grid_bands; ++band) {
            const int chip = cell / 2 * chip_bands + band / 2;
            const int bit = carrier.code_bit[chip];
            const int sign = carrier.sign[chip] * (bit >= 0 ? codeword[bit] : 1) * chip_pattern(cell, band);
            signs[cell * grid_bands + band] = static_cast<float>(sign) * (bit >= 0 ? payload_share : shares.sync);
        }
    }
    add_slow_layer(carrier, shares.slow, signs);
    return signs;
}

}  // namespace earmark
