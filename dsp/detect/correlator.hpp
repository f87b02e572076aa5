// Correlation of a slot with the sync chips of one key, for every phase of the packet.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/slot.hpp"

#include <array>

namespace earmark {

// Index: phase = (row position of the packet's first chip) modulo packet_hops.
using PhaseCorrelations = std::array<float, packet_hops>;

// The packet row (0..63) that stands at signal row `row` (from the start of the signal) when the packet has `phase`.
// Only rows with row = phase modulo chip_hops start a chip.
constexpr int packet_row_at(long long row, int phase) {
    const long long hops = ((row - phase) % packet_hops + packet_hops) % packet_hops;
    return static_cast<int>(hops / chip_hops);
}

class Correlator {
  public:
    explicit Correlator(const Carrier& carrier);

    // Sum over the slot's chips of sign times residual. Slots start at rows that are multiples of slot_rows, counted
    // from the start of the signal: slot_index tells which. No allocation.
    void correlate(const Slot& slot, long long slot_index, PhaseCorrelations& out) const noexcept;

  private:
    // Sync signs, payload chips 0, row by row.
    std::array<std::array<float, padded_chip_bands>, chip_rows> signs_{};
};

}  // namespace earmark
