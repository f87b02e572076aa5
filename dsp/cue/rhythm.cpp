#include <earmark/cue.hpp>
#include <earmark/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

namespace earmark {
namespace {

constexpr double ramp_s = 0.005;    // raised cosine: no click, and short against the shortest unit
constexpr double max_peak = 0.891;  // -1 dBFS, room for what codecs add

struct Tone {
    int start_units, units;
};
constexpr std::array rhythm{Tone{0, 1}, Tone{2, 3}, Tone{8, 1}, Tone{10, 1}};  // .-   ..
static_assert(rhythm.back().start_units + rhythm.back().units == rhythm_units);

void require(const char* field, double value, double low, double high) {
    if (value >= low && value <= high) return;
    throw Error(Fault::usage, std::string(field) + ": " + std::to_string(value) + " is outside " + std::to_string(low) +
                                  " to " + std::to_string(high));
}

}  // namespace

RhythmCue::RhythmCue(const RhythmConfig& config) : config_(config) {
    require_format(config.sample_rate_hz, config.channels);
    require("pitch_hz", config.pitch_hz, min_rhythm_pitch_hz, max_rhythm_pitch_hz);
    require("unit_s", config.unit_s, min_rhythm_unit_s, max_rhythm_unit_s);
    require("level_lufs", config.level_lufs, min_cue_lufs, max_cue_lufs);
    unit_samples_ = static_cast<std::size_t>(std::lround(config.unit_s * config.sample_rate_hz));
    samples_ = rhythm_units * unit_samples_;
    ramp_samples_ = static_cast<std::size_t>(std::lround(ramp_s * config.sample_rate_hz));
    const Audio full_scale = audio();
    std::vector<const float*> channels;
    for (const auto& channel : full_scale.channels) channels.push_back(channel.data());
    const double louder_db = config.level_lufs - loudness_lufs({channels, samples_, config.sample_rate_hz});
    amplitude_ = std::min(std::pow(10, louder_db / 20), max_peak);
}

double RhythmCue::sample(std::size_t index) const noexcept {
    for (const Tone& tone : rhythm) {
        const std::size_t start = tone.start_units * unit_samples_, length = tone.units * unit_samples_;
        if (index < start || index >= start + length) continue;
        const double edge = static_cast<double>(std::min(index - start, start + length - 1 - index)) + 0.5;
        const double rise = std::min(edge / static_cast<double>(ramp_samples_), 1.0);
        const double t = static_cast<double>(index - start) / config_.sample_rate_hz;
        return amplitude_ * 0.5 * (1 - std::cos(std::numbers::pi * rise)) *
               std::sin(2 * std::numbers::pi * config_.pitch_hz * t);
    }
    return 0;
}

void RhythmCue::render(std::size_t from, float* out, std::size_t count) const noexcept {
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(sample(from + i));
}

Audio RhythmCue::audio() const {
    std::vector<float> mono(samples_);
    render(0, mono.data(), samples_);
    return {std::vector(static_cast<std::size_t>(config_.channels), mono), config_.sample_rate_hz};
}

}  // namespace earmark
