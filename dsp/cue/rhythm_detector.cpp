#include "dsp/cue/tones.hpp"

#include <earmark/cue.hpp>
#include <earmark/cue_detector.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace earmark {
namespace {

constexpr double shortest_tone_s = 0.025;                       // shorter runs are clicks and chirps of speech
constexpr double shortest_unit_s = 0.04, longest_unit_s = 0.4;  // cue.hpp's, and some change of tempo
constexpr double largest_error_units = 0.3, timing_s = 0.008;   // of any tone or gap
constexpr double largest_level_step_db = 6;
constexpr double same_pitch = 0.03;
constexpr double echo_s = 0.5, echo_db = 8;  // softer than any tone of the same cue may be
// No tone like those of the cue so close before or after it: the gap between letters is 3, so longer Morse is no cue.
constexpr double lonely_units = 4, least_neighbour_units = 0.5, neighbour_level_db = 10;
constexpr std::size_t tones = 4;

// Start and end of each tone in units.
constexpr std::array<double, 2 * tones> edges{0, 1, 2, 5, 8, 9, 10, 11};

bool same(const ToneRun& a, const ToneRun& b) {
    return std::abs(a.pitch_hz - b.pitch_hz) < same_pitch * std::max(a.pitch_hz, b.pitch_hz);
}

bool is_like(const ToneRun& other, const ToneRun& tone, double unit_s) {
    return same(other, tone) && std::abs(other.level_db - tone.level_db) < neighbour_level_db &&
           other.end_s - other.start_s > least_neighbour_units * unit_s;
}

using Runs = std::array<ToneRun, tones>;

// The rhythm with the unit that fits best, if it fits.
std::optional<RhythmFound> match(const Runs& runs) {
    RhythmFound cue{runs.front().start_s, runs.back().end_s, 0, 0, 0};
    cue.unit_s = (cue.end_s - cue.start_s) / rhythm_units;
    if (cue.unit_s < shortest_unit_s || cue.unit_s > longest_unit_s) return {};
    double softest = runs[0].level_db, loudest = softest;
    for (std::size_t i = 0; i < tones; ++i) {
        if (!same(runs[i], runs[0])) return {};
        softest = std::min(softest, runs[i].level_db);
        loudest = std::max(loudest, runs[i].level_db);
        cue.pitch_hz += runs[i].pitch_hz / tones;
        for (const auto& [at_s, edge] : {std::pair(runs[i].start_s, edges[2 * i]), {runs[i].end_s, edges[2 * i + 1]}}) {
            const double error = std::abs(at_s - cue.start_s - edge * cue.unit_s);
            cue.timing_error = std::max(cue.timing_error, error / cue.unit_s);
        }
    }
    const bool in_time = cue.timing_error < largest_error_units + timing_s / cue.unit_s;
    if (!in_time || loudest - softest > largest_level_step_db) return {};
    return cue;
}

}  // namespace

struct RhythmDetector::State {
    int channels;
    Tones analysis;
    std::array<float, 4096> mono{};
    std::array<ToneRun, tones + 1> recent{};  // the one before, and four that may be a cue
    std::size_t known = 0;
    std::optional<RhythmFound> candidate;  // waits until nothing has followed it
    ToneRun last_tone;                     // of the candidate
    std::vector<RhythmFound> found;

    State(int sample_rate_hz, int channel_count)
        : channels(channel_count), analysis(sample_rate_hz, [this](const ToneRun& run) { take(run); }) {}

    void settle(double now_s) {
        if (!candidate || now_s < candidate->end_s + lonely_units * candidate->unit_s) return;
        found.push_back(*candidate);
        candidate.reset();
    }

    void take(const ToneRun& run) {
        if (run.end_s - run.start_s < shortest_tone_s) return;
        if (known > 0 && same(run, recent.back()) && run.start_s - recent.back().end_s < echo_s &&
            run.level_db < recent.back().level_db - echo_db) {
            return;  // what a room gives back of the tone before
        }
        settle(run.start_s);
        if (candidate && is_like(run, last_tone, candidate->unit_s)) candidate.reset();
        std::move(recent.begin() + 1, recent.end(), recent.begin());
        recent.back() = run;
        known = std::min(known + 1, recent.size());
        if (known < tones) return;
        Runs last;
        std::copy(recent.begin() + 1, recent.end(), last.begin());
        const std::optional<RhythmFound> cue = match(last);
        if (!cue) return;
        const ToneRun& before = recent.front();
        if (known > tones && is_like(before, last[0], cue->unit_s) &&
            before.end_s > cue->start_s - lonely_units * cue->unit_s) {
            return;
        }
        candidate = cue;
        last_tone = run;
    }
};

RhythmDetector::RhythmDetector(int sample_rate_hz, int channels) {
    require_format(sample_rate_hz, channels);
    state_ = std::make_unique<State>(sample_rate_hz, channels);
}

RhythmDetector::RhythmDetector(RhythmDetector&&) noexcept = default;
RhythmDetector& RhythmDetector::operator=(RhythmDetector&&) noexcept = default;
RhythmDetector::~RhythmDetector() = default;

void RhythmDetector::push(const float* const* in, std::size_t samples) noexcept {
    State& s = *state_;
    if (s.channels == 1) return s.analysis.push(in[0], samples);
    for (std::size_t done = 0; done < samples;) {
        const std::size_t count = std::min(samples - done, s.mono.size());
        for (std::size_t i = 0; i < count; ++i) {
            float sum = 0;
            for (int c = 0; c < s.channels; ++c) {
                const float x = in[c][done + i];
                sum += std::isfinite(x) ? x : 0.0f;
            }
            s.mono[i] = sum / static_cast<float>(s.channels);
        }
        s.analysis.push(s.mono.data(), count);
        done += count;
    }
}

std::vector<RhythmFound> RhythmDetector::finish() {
    State& s = *state_;
    s.analysis.finish();
    if (s.candidate) s.found.push_back(*s.candidate);
    std::vector<RhythmFound> found = std::move(s.found);
    reset();
    return found;
}

void RhythmDetector::reset() noexcept {
    state_->analysis.finish();
    state_->candidate.reset();
    state_->known = 0;
    state_->found.clear();
}

std::vector<RhythmFound> find_rhythm(const AudioView& received) {
    const int channels = static_cast<int>(received.channels.size());
    require_format(received.sample_rate_hz, channels);
    require_usable(received, received.sample_rate_hz, channels);
    RhythmDetector detector(received.sample_rate_hz, channels);
    detector.push(received.channels.data(), received.samples);
    return detector.finish();
}

}  // namespace earmark
