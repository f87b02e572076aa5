// How the embedder cuts the host of one sample rate.
#pragma once

#include "dsp/carrier/grid.hpp"
#include "dsp/transform/fft_length.hpp"
#include "dsp/transform/half_band.hpp"

#include <cmath>

namespace earmark {

// The grid ends at 7,875 Hz, so from 44.1 kHz on the mark is made at a half, a quarter or an eighth of the rate: there
// the transforms are as many times shorter. `reduction` is the largest power of 2 that divides the rate and leaves
// 22,050 Hz, to which the half-band filter is made.
//
// Sizes are in samples of the host. A hop is a quarter of a cell, rounded to an even number of reduced samples.
struct FrameSizes {
    explicit FrameSizes(int sample_rate_hz) {
        while (sample_rate_hz % (2 * reduction) == 0 && sample_rate_hz / (2 * reduction) >= 22050) reduction *= 2;
        hop = 2 * reduction * static_cast<int>(std::lround(hop_s / (2 * reduction) * sample_rate_hz));
        frame = 4 * hop;
        mask_window = 2 * frame;
    }
    int frame_transform() const { return fast_fft_length(frame / reduction); }  // points, the frame and zeros
    int mask_transform() const { return 2 * frame_transform(); }

    int down_delay() const { return Halver::delay * (reduction - 1); }
    int up_delay() const { return Doubler::delay * (reduction - 1); }
    // From the end of a frame to the newest reduced sample: so much that frames stand in the middle of their hop.
    int ahead() const { return (hop / 2 - down_delay()) / reduction; }
    // From the newest sample to the oldest finished one.
    int delay() const { return frame + frame / 2 + reduction * ahead() + down_delay() + up_delay(); }

    int reduction = 1;
    int hop, frame, mask_window;  // 4 ms, 16 ms, 32 ms
};

}  // namespace earmark
