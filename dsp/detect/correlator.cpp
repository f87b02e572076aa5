#include "dsp/detect/correlator.hpp"

#include <algorithm>

namespace earmark {

static_assert(chip_rows == simd::chip_rows_in_packet && padded_chip_bands == simd::most_bands);

// The deal gives at most one chip of a pair of bands to sync (carrier.hpp).
Correlator::Correlator(const Carrier& carrier) : kernels_(simd::kernels()) {
    constexpr int nothing = 4;
    for (simd::PairPicks& picks : picks_) picks.fill(simd::pick(nothing));
    for (int row = 0; row < chip_rows; ++row)
        for (int band = 0; band < chip_bands; ++band) {
            const int chip = row * chip_bands + band;
            if (carrier.code_bit[chip] != -1) continue;
            const auto which = simd::pick(band % 2 + (carrier.sign[chip] > 0 ? 0 : 2));
            picks_[band / 2][row] = picks_[band / 2][row + chip_rows] = which;
        }
}

// Rows that lie a chip apart meet the same phases, one packet row further each: 64 sums for each place in a chip.
void Correlator::correlate(SlotView slot, long long slot_index, PhaseCorrelations& out) const noexcept {
    std::fill(out.begin(), out.end(), std::int16_t{0});
    if (slot.empty) return;
    constexpr int slot_chips = slot_rows / chip_hops;
    const int first_chip = static_cast<int>(slot_index % (packet_hops / slot_rows)) * slot_chips;
    for (int hop = 0; hop < chip_hops; ++hop) {
        std::array<std::int16_t, chip_rows> sums{};
        kernels_.correlate(slot.row(hop), chip_hops * slot.width, slot_chips, slot.bands(), picks_.data(), first_chip,
                           sums.data());
        // sums[m]: packet row m stood m chips after the start of the packet, so the packet starts at chip -m.
        for (int m = 0; m < chip_rows; ++m) out[(chip_rows - m) % chip_rows * chip_hops + hop] = sums[m];
    }
}

}  // namespace earmark
