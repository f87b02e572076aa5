#include "dsp/detect/correlator.hpp"

#include <algorithm>

namespace earmark {

Correlator::Correlator(const Carrier& carrier) {
    for (int row = 0; row < chip_rows; ++row)
        for (int band = 0; band < chip_bands; ++band) {
            const int chip = row * chip_bands + band;
            if (carrier.code_bit[chip] == -1) signs_[row][band] = carrier.sign[chip];
        }
}

void Correlator::correlate(const Slot& slot, long long slot_index, PhaseCorrelations& out) const noexcept {
    std::fill(out.begin(), out.end(), 0.0f);
    if (slot.empty) return;
    const int start = static_cast<int>(slot_index % (packet_hops / slot_rows)) * slot_rows;
    for (int i = 0; i < slot_rows; ++i) {
        const ResidualRow& residual = slot.residuals[i];
        for (int row = 0; row < chip_rows; ++row) {
            float sum = 0;
            for (int band = 0; band < padded_chip_bands; ++band) sum += signs_[row][band] * residual[band];
            out[(start + i - row * chip_hops + packet_hops) % packet_hops] += sum;
        }
    }
}

}  // namespace earmark
