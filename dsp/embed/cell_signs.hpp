// What is written: the sign of every cell of a packet.
#pragma once

#include "dsp/carrier/grid.hpp"

#include <earmark/key.hpp>
#include <earmark/payload.hpp>

#include <array>

namespace earmark {

// Chips of sync go deeper than those of the payload, at the energy of equal depths: whether speech is marked is asked
// first and of shorter pieces than whose mark it is. z grows by 8 % of sqrt(s), most where it is least, after AMR 4.75
// and Opus 6k; a payload wants 0.8 dB more (benchmarks/strength.py).
inline constexpr float usual_sync_depth = 1.08f;

// [cell * grid_bands + band]: carrier times codeword times chip pattern, +1 or -1, times the chip's share of the depth.
using CellSigns = std::array<float, packet_cells * grid_bands>;

// sync_depth: 0 .. sqrt(2), 1 for equal depths.
CellSigns make_cell_signs(const Key& key, const Payload& payload, float sync_depth = usual_sync_depth);

}  // namespace earmark
