// How deep a cell may go: profile and flatness to depth in dB.
#pragma once

#include <earmark/embedder.hpp>

namespace earmark {

// depth_db = floor_db + noise_db * min(1, flatness / 0.5), times a ramp over frequency: below 800 Hz lie a tenth of
// the cells, most of the energy and the ear's best resolution.
struct DepthRule {
    float floor_db, noise_db;     // in tonal cells; added in noise-like ones
    float low_scale, high_scale;  // the ramp: low_scale to 300 Hz, 1 at 1.5 kHz, high_scale from 4 kHz

    float ramp(double frequency_hz) const noexcept;
    float depth_db(float flatness, float ramp_here) const noexcept;
};

DepthRule depth_rule(Profile profile) noexcept;

}  // namespace earmark
