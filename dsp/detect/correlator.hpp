// Correlation of a slot with the sync chips of one key, for every phase of the packet.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/slot.hpp"
#include "dsp/simd/kernels.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace earmark {

inline constexpr int group_bands = 4;  // correlated together

// Index: phase = (row position of the packet's first chip) modulo packet_hops. In steps of a residual: 16 rows of at
// most 16 sync chips of at most 127 fit 16 bits.
using PhaseCorrelations = std::array<std::int16_t, packet_hops>;

// The packet row (0..63) that stands at signal row `row` (from the start of the signal) when the packet has `phase`.
// Only rows with row = phase modulo chip_hops start a chip.
constexpr int packet_row_at(long long row, int phase) {
    const long long hops = ((row - phase) % packet_hops + packet_hops) % packet_hops;
    return static_cast<int>(hops / chip_hops);
}

// A slot made ready for any number of keys. 4 kB for each four bands.
class ChoicesOfSlot {
  public:
    explicit ChoicesOfSlot(int bands);
    void set(SlotView slot) noexcept;  // of as many bands

  private:
    friend class Correlator;
    bool empty_ = true;
    std::vector<simd::BandChoices> groups_;
};

// Never changes: any number of streams share one.
class Correlator {
  public:
    explicit Correlator(const Carrier& carrier);

    // Sum over the slot's chips of sign times residual. Slots start at rows that are multiples of slot_rows, counted
    // from the start of the signal: slot_index tells which. No allocation.
    void correlate(SlotView slot, long long slot_index, PhaseCorrelations& out) const noexcept;
    void correlate(const ChoicesOfSlot& slot, long long slot_index, PhaseCorrelations& out) const noexcept;

    // Of every pair of bands: which of the two serves sync in each packet row, and with which sign.
    const simd::PairPicks* picks() const noexcept { return picks_.data(); }
    const simd::Kernels& kernels() const noexcept { return kernels_; }

  private:
    const simd::Kernels& kernels_;
    std::array<simd::ChosenRows, padded_chip_bands / group_bands> chosen_;
    std::array<simd::PairPicks, padded_chip_bands / 2> picks_;
};

}  // namespace earmark
