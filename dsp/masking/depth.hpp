// How deep a cell may go: profile, flatness and level to depth in dB.
#pragma once

#include <earmark/embedder.hpp>

namespace earmark {

// depth_db = (floor_db + noise_db * min(1, flatness / 0.5)) * ramp(frequency) * by_level(level).
//
// The ramp: below 800 Hz lie a tenth of the cells, most of the energy and the ear's best resolution. By level: the
// loudest cells hold nearly all of the energy that a change adds and few of the chips, so a shallower mark there costs
// little evidence; cells far under the loudest ones lie under its masking and may go deeper. Measured on the tuning
// speakers (benchmarks/corpus.py): cutting by level lifts SI-SNR by 3.6 dB for 3 % of z; spent on depth again that is
// 15 % more z after AMR and GSM at equal PESQ and ViSQOL.
struct DepthRule {
    float floor_db, noise_db;     // in tonal cells; added in noise-like ones
    float low_scale, high_scale;  // the ramp: low_scale to 300 Hz, 1 at 1.5 kHz, high_scale from 4 kHz
    float loud_cut;        // by_level is 1 - loud_cut at the loudest level of the last seconds, 1 from 30 dB under
    float quiet_gain;      // and rises to 1 + quiet_gain at 60 dB under
    float usual_frame;     // squared depths of an average frame of speech, for Evenness; 0: depths are left uneven
    float host_rejection;  // strength of HostRejection; 0: none

    float ramp(double frequency_hz) const noexcept;
    // below_loudest: natural logarithm of a power ratio, >= 0. The kernel `depths` does the same for a whole frame.
    float by_level(float below_loudest) const noexcept;
    // The rule in plain words; a frame at a time it is computed by simd::Kernels::depths, which the tests hold to this.
    float depth_db(float flatness, float ramp_here, float below_loudest) const noexcept;
};

DepthRule depth_rule(Profile profile) noexcept;

}  // namespace earmark
