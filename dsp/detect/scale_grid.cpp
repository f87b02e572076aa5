#include "dsp/detect/scale_grid.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace earmark {
namespace {

constexpr double unity_share = 0.8, speed_share = 0.045, tempo_share = 0.05, pitch_share = 0.04, pair_share = 0.04;
constexpr double slow_tempo_share = 0.02, slow_pitch_share = 0.005;

bool within(int value, int low, int high) {
    return low <= value && value <= high;
}

constexpr double count(int low, int high) {
    return high - low + 1;
}

}  // namespace

Scale scale_at(ScaleSteps steps) {
    return {std::exp(steps.time * time_step), std::exp(steps.frequency * frequency_step)};
}

ScaleSteps nearest_steps(Scale scale) {
    const long time = std::lround(std::log(scale.time) / time_step);
    const long frequency = std::lround(std::log(scale.frequency) / frequency_step);
    return {static_cast<int>(std::clamp<long>(time, tempo_low, tempo_high)),
            static_cast<int>(std::clamp<long>(frequency, bands_low, bands_high))};
}

int speed_frequency(int time_steps) {
    return static_cast<int>(std::lround(time_steps * time_step / frequency_step));
}

double log_scale_weight(ScaleSteps steps) {
    double weight = 0;
    if (steps == ScaleSteps{}) weight += unity_share;
    if (within(steps.time, speed_low, speed_high) && steps.frequency == speed_frequency(steps.time))
        weight += speed_share / count(speed_low, speed_high);
    if (within(steps.time, tempo_low, tempo_high) && steps.frequency == 0)
        weight += tempo_share / count(tempo_low, tempo_high);
    if (std::abs(steps.time) <= 1 && within(steps.frequency, pitch_low, pitch_high))
        weight += pitch_share / (3 * count(pitch_low, pitch_high));
    if (within(steps.time, tempo_low, tempo_high) && within(steps.frequency, bands_low, bands_high))
        weight += pair_share / (count(tempo_low, tempo_high) * count(bands_low, bands_high));
    return std::log(weight);
}

double log_slow_weight(ScaleSteps steps) {
    double weight = 0;
    if (steps.time % slow_time_stride != 0 || steps.frequency % slow_frequency_stride != 0) return std::log(weight);
    const int tempo = steps.time / slow_time_stride, pitch = steps.frequency / slow_frequency_stride;
    if (pitch == 0 && within(tempo, slow_tempo_low, slow_tempo_high))
        weight += slow_tempo_share / count(slow_tempo_low, slow_tempo_high);
    if (tempo == 0 && within(pitch, slow_pitch_low, slow_pitch_high))
        weight += slow_pitch_share / count(slow_pitch_low, slow_pitch_high);
    return std::log(weight);
}

}  // namespace earmark
