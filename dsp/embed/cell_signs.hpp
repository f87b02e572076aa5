// What is written: the sign of every cell of a packet.
#pragma once

#include "dsp/carrier/grid.hpp"

#include <earmark/key.hpp>
#include <earmark/payload.hpp>

#include <array>

namespace earmark {

// How deep the parts of a mark go beside each other, at the energy of equal depths.
struct DepthShares {
    // Chips of sync go deeper than those of the payload, 0 .. sqrt(2): whether speech is marked is asked first and of
    // shorter pieces than whose mark it is. Tuning speakers: at 1.08 found after Opus 6k in 82 % of 10 s, read after
    // GSM in 52 % of 5 s; at 1.05 in 84 % and 62 %; at 1.03 in 73 % and 66 % (benchmarks/robustness.py --split train).
    float sync = 1.05f;
    // The slow layer, 0 .. 1: its square is what the chips there give away. At 0.3 it is found again in 26 of 28
    // windows of 10 s behind a phase vocoder of 2,048 samples, the other two being of a voice without sound up there;
    // at 0.25 in 25. z falls by 0.4 % in noise at 10 dB, by 0.8 % in a room, and not at all where nothing stands above
    // 4 kHz (strength.py).
    float slow = 0.3f;
};

// [cell * grid_bands + band]: carrier times codeword times chip pattern, +1 or -1, times the chip's share of the depth;
// where there is a slow layer, plus its sign times its share.
using CellSigns = std::array<float, packet_cells * grid_bands>;

CellSigns make_cell_signs(const Key& key, const Payload& payload, const DepthShares& shares = {});

}  // namespace earmark
