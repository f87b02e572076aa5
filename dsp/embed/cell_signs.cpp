#include "dsp/embed/cell_signs.hpp"

#include "dsp/carrier/carrier.hpp"
#include "dsp/coding/codeword.hpp"

#include <cmath>

namespace earmark {

CellSigns make_cell_signs(const Key& key, const Payload& payload, float sync_depth) {
    const float payload_depth = std::sqrt(2 - sync_depth * sync_depth);
    const Carrier carrier = make_carrier(key.sync(), &key.payload());
    const Codeword codeword = encode(payload);
    CellSigns signs{};
    for (int cell = 0; cell < packet_cells; ++cell) {
        for (int band = 0; band < grid_bands; ++band) {
            const int chip = cell / 2 * chip_bands + band / 2;
            const int bit = carrier.code_bit[chip];
            const int sign = carrier.sign[chip] * (bit >= 0 ? codeword[bit] : 1) * chip_pattern(cell, band);
            signs[cell * grid_bands + band] = static_cast<float>(sign) * (bit >= 0 ? payload_depth : sync_depth);
        }
    }
    return signs;
}

}  // namespace earmark
