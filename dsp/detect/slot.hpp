// A slot: half a second of chip residuals, the unit in which a mark may begin, end or change its phase.
#pragma once

#include "dsp/carrier/grid.hpp"
#include "dsp/detect/whitening.hpp"

#include <array>

namespace earmark {

inline constexpr int slot_rows = 128;  // 0.512 s, a quarter of a packet
inline constexpr double slot_s = slot_rows * hop_s;

struct Slot {
    std::array<ResidualRow, slot_rows> residuals{};  // dead bands are 0
    // Half the energy of the rows r = 0..7 modulo 8: what the sync chips of phases with that remainder expect.
    std::array<float, chip_hops> sync_energy{};
    bool empty = true;
};

}  // namespace earmark
