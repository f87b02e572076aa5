// What is written: the sign of every cell of a packet.
#pragma once

#include "dsp/carrier/grid.hpp"

#include <earmark/key.hpp>
#include <earmark/payload.hpp>

#include <array>

namespace earmark {

// [cell * grid_bands + band]: carrier times codeword times chip pattern, +1 or -1.
using CellSigns = std::array<float, packet_cells * grid_bands>;

CellSigns make_cell_signs(const Key& key, const Payload& payload);

}  // namespace earmark
