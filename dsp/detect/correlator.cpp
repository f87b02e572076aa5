#include "dsp/detect/correlator.hpp"

#include <algorithm>

namespace earmark {

Correlator::Correlator(const Carrier& carrier) {
    for (int row = 0; row < chip_rows; ++row)
        for (int band = 0; band < chip_bands; ++band) {
            const int chip = row * chip_bands + band;
            if (carrier.code_bit[chip] != -1) continue;
            signs_[band][row] = carrier.sign[chip];
            sync_[band][row] = 1;
        }
}

void Correlator::correlate(SlotView slot, long long slot_index, PhaseCorrelations& out) const noexcept {
    std::fill(out.begin(), out.end(), std::int16_t{0});
    if (slot.empty) return;
    const int start = static_cast<int>(slot_index % (packet_hops / slot_rows)) * slot_rows;
    for (int i = 0; i < slot_rows; ++i) {
        const std::int8_t* const residuals = slot.row(i);
        PacketRows sums{};
        for (int band = 0; band < slot.bands(); ++band) {
            const std::int16_t residual = residuals[band];
            for (int row = 0; row < chip_rows; ++row)
                sums[row] = static_cast<std::int16_t>(sums[row] + signs_[band][row] * residual);
        }
        for (int row = 0; row < chip_rows; ++row) {
            std::int16_t& sum = out[(start + i - row * chip_hops + packet_hops) % packet_hops];
            sum = static_cast<std::int16_t>(sum + sums[row]);
        }
    }
}

}  // namespace earmark
