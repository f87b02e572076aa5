// A slot: half a second of chip residuals, the unit in which a mark may begin, end or change its phase.
#pragma once

#include "dsp/carrier/grid.hpp"
#include "dsp/detect/whitening.hpp"

#include <array>
#include <cstdint>

namespace earmark {

inline constexpr int slot_rows = 128;  // 0.512 s, a quarter of a packet
inline constexpr double slot_s = slot_rows * hop_s;

struct Slot {
    std::array<WholeRow, slot_rows> residuals{};  // dead bands are 0
    // Half the energy of the rows r = 0..7 modulo 8: what the sync chips of phases with that remainder expect.
    std::array<float, chip_hops> sync_energy{};
    bool empty = true;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(residuals, sync_energy, empty);
    }
};

// A slot held by somebody else, in rows of `width` >= the chip bands there are. padded_chip_bands may be read of every
// row: what follows the last band means nothing.
struct SlotView {
    SlotView(const Slot* slot)  // NOLINT: a slot is a view of itself
        : residuals(slot->residuals[0].data()),
          width(padded_chip_bands),
          sync_energy(&slot->sync_energy),
          empty(slot->empty) {}
    SlotView(const Slot& slot) : SlotView(&slot) {}  // NOLINT
    SlotView(const std::int8_t* rows, int row_width, const std::array<float, chip_hops>* energy, bool nothing)
        : residuals(rows), width(row_width), sync_energy(energy), empty(nothing) {}

    const std::int8_t* row(int index) const { return residuals + index * width; }
    int bands() const { return width < chip_bands ? width : chip_bands; }

    const std::int8_t* residuals;
    int width;
    const std::array<float, chip_hops>* sync_energy;
    bool empty;
};

}  // namespace earmark
