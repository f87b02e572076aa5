// The scales that a full search counts as hypotheses, and what each weighs.
//
// Scales lie on a lattice: ln time on multiples of 1/4000, ln frequency on multiples of 1/400 (a frequency scale that
// is off by half a step moves the highest band by a twentieth of its width; a time scale, the mark by 1.3 ms in ten
// seconds). Five families share the weight: nothing changed; speed (both alike); tempo (time alone); pitch (frequency
// alone, time at most a step off); any pair. Inside a family all weigh alike. A scale that stands in several families
// has all their weights. Two families more are of the slow layer alone (slow_search.hpp), on a coarser lattice.
#pragma once

#include "dsp/detect/spectrogram.hpp"

namespace earmark {

// A point of the lattice, in steps from (1, 1).
struct ScaleSteps {
    int time = 0, frequency = 0;
    bool operator==(const ScaleSteps&) const = default;
};

inline constexpr double time_step = 1.0 / 4000, frequency_step = 1.0 / 400;
inline constexpr int speed_low = -893, speed_high = 893;    // 0.8 to 1.25, in steps of time
inline constexpr int tempo_low = -1427, tempo_high = 1622;  // 0.7 to 1.5
inline constexpr int pitch_low = -70, pitch_high = 70;      // three semitones down and up, in steps of frequency
inline constexpr int bands_low = -90, bands_high = 90;      // 0.8 to 1.25: the frequencies of any pair

Scale scale_at(ScaleSteps steps);
ScaleSteps nearest_steps(Scale scale);  // clamped to the lattice
// The frequency step of the speed family at a step of time.
int speed_frequency(int time_steps);

// ln of the weight; those of the whole lattice and of the slow layer add up to at most 1
// (tests/detect/test_scale_grid.cpp adds them up).
double log_scale_weight(ScaleSteps steps);

// Of the slow layer every so many steps, tempo or pitch alone: half a step of time moves it by 16 ms at either end of
// 65 s, of its 64, half a step of frequency by a fifth of the highest band.
inline constexpr int slow_time_stride = 4, slow_frequency_stride = 3;
inline constexpr int slow_tempo_low = -356, slow_tempo_high = 405;  // 0.7 to 1.5, in such strides
inline constexpr int slow_pitch_low = -23, slow_pitch_high = 23;    // three semitones
double log_slow_weight(ScaleSteps steps);

}  // namespace earmark
