#include "tests/support/allocations.hpp"

#include <earmark/cue.hpp>
#include <earmark/cue_detector.hpp>

#include <doctest/doctest.h>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <string>
#include <string_view>

using namespace earmark;
using namespace earmark::test;

namespace {

std::vector<RhythmFound> found_in(const std::vector<float>& audio, int rate) {
    const float* const channel = audio.data();
    return find_rhythm({{&channel, 1}, audio.size(), rate});
}

std::vector<float> between_silence(const std::vector<float>& cue, std::size_t silence) {
    std::vector<float> audio(silence);
    audio.insert(audio.end(), cue.begin(), cue.end());
    audio.resize(audio.size() + silence);
    return audio;
}

// '#' a unit of tone, '.' a unit of silence.
std::vector<float> keyed(std::string_view units, int rate, double unit_s, const std::vector<double>& pitches_hz) {
    const auto unit = static_cast<std::size_t>(unit_s * rate);
    std::vector<float> audio;
    for (const char c : units) {
        for (std::size_t i = 0; i < unit; ++i) {
            const double t = static_cast<double>(audio.size()) / rate;
            double x = 0;
            for (const double hz : pitches_hz) x += 0.1 * std::sin(2 * std::numbers::pi * hz * t);
            audio.push_back(c == '#' ? static_cast<float>(x) : 0.0f);
        }
    }
    return audio;
}

void add_noise(std::vector<float>& audio, double rms, int seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    std::normal_distribution<float> noise(0, static_cast<float>(rms));
    for (float& x : audio) x += noise(random);
}

// A room: the direct sound, and noise that decays 60 dB in 0.3 s with a quarter of its energy (Polack's model).
std::vector<float> in_a_room(const std::vector<float>& audio, int rate, int seed) {
    std::vector<float> tail(static_cast<std::size_t>(0.3 * rate));
    add_noise(tail, 1, seed);
    double energy = 0;
    for (std::size_t i = 0; i < tail.size(); ++i) {
        tail[i] *= static_cast<float>(std::pow(10, -3 * static_cast<double>(i) / static_cast<double>(tail.size())));
        energy += tail[i] * tail[i];
    }
    std::vector<float> wet = audio;
    for (std::size_t i = 0; i < audio.size(); ++i) {
        if (audio[i] == 0) continue;
        const float gain = audio[i] * static_cast<float>(0.5 / std::sqrt(energy));
        for (std::size_t k = 0; k < tail.size() && i + k < wet.size(); ++k) wet[i + k] += gain * tail[k];
    }
    return wet;
}

// ITU-T G.711 mu-law by its formula, 8 bits.
float through_mulaw(float x) {
    constexpr double mu = 255;
    const double y = std::copysign(std::log1p(mu * std::min(std::abs(x), 1.0f)) / std::log1p(mu), x);
    const double coded = std::round(y * 127) / 127;
    return static_cast<float>(std::copysign((std::pow(1 + mu, std::abs(coded)) - 1) / mu, coded));
}

}  // namespace

TEST_CASE("rhythm detector: any rate, pitch, speed and level; times and pitch measured") {
    for (const int rate : {8000, 16000, 22050, 48000}) {
        for (const double pitch_hz : {400.0, 800.0, 1333.0, 2500.0}) {
            for (const double unit_s : {0.06, 0.12, 0.3}) {
                for (const double level : {-45.0, -23.0, -10.0}) {
                    CAPTURE(rate);
                    CAPTURE(pitch_hz);
                    CAPTURE(unit_s);
                    CAPTURE(level);
                    const RhythmCue cue(
                        {.sample_rate_hz = rate, .pitch_hz = pitch_hz, .unit_s = unit_s, .level_lufs = level});
                    const auto found =
                        found_in(between_silence(cue.audio().channels[0], static_cast<std::size_t>(rate) / 3), rate);
                    REQUIRE(found.size() == 1);
                    CHECK(std::abs(found[0].start_s - 1.0 / 3) < 0.01);
                    CHECK(std::abs(found[0].end_s - found[0].start_s - 11 * unit_s) < 0.015);
                    CHECK(std::abs(found[0].pitch_hz / pitch_hz - 1) < 0.02);
                    CHECK(std::abs(found[0].unit_s / unit_s - 1) < 0.03);
                }
            }
        }
    }
}

TEST_CASE("rhythm detector: at the very start and the very end of a signal, and three in a row") {
    const std::vector<float> cue = RhythmCue({.sample_rate_hz = 16000}).audio().channels[0];
    CHECK(found_in(cue, 16000).size() == 1);
    std::vector<float> row;
    for (int i = 0; i < 3; ++i) {
        row.insert(row.end(), cue.begin(), cue.end());
        row.resize(row.size() + 8000);
    }
    CHECK(found_in(row, 16000).size() == 3);
}

TEST_CASE("rhythm detector: after G.711, noise, an echo and a change of speed") {
    const std::vector<float> cue = RhythmCue({.sample_rate_hz = 8000}).audio().channels[0];
    for (int seed = 0; seed < 8; ++seed) {
        CAPTURE(seed);
        std::vector<float> audio = between_silence(cue, 4000);
        SUBCASE("G.711") {
            for (float& x : audio) x = through_mulaw(x);
        }
        SUBCASE("white noise at 10 dB") {
            add_noise(audio, 0.1 * 0.316 * 0.7, seed);
        }
        SUBCASE("echo of 30 ms at -8 dB") {
            for (std::size_t i = audio.size() - 1; i >= 240; --i) audio[i] += 0.4f * audio[i - 240];
        }
        SUBCASE("a room") {
            audio = in_a_room(audio, 8000, seed);
        }
        SUBCASE("upside down") {
            for (float& x : audio) x = -x;
        }
        CHECK(found_in(audio, 8000).size() == 1);
        if (seed == 0) CHECK(found_in(audio, 9600).size() == 1);  // played a fifth too fast
    }
}

TEST_CASE("rhythm detector: other rhythms, other signals") {
    constexpr int rate = 8000;
    struct Case {
        std::string name;
        std::string_view units;
        std::vector<double> pitches_hz;
    };
    const std::vector<Case> others{
        {"L: the letter gap is missing", "#.###.#.#", {800}},
        {"A alone", "#.###", {800}},
        {"I alone", "#.#", {800}},
        {"N I", "###.#...#.#", {800}},
        {"A S", "#.###...#.#.#", {800}},
        {"I A", "#.#...#.###", {800}},
        {"inside longer Morse", "#.#...#.###...#.#", {800}},
        {"and followed by more", "#.###...#.#...#", {800}},
        {"busy tone", "####....####....####....####", {425}},
        {"one long tone", "###########", {800}},
        {"four even dots", "#.#.#.#", {800}},
        {"the right rhythm of two tones at once", "#.###...#.#", {770, 1336}},
        {"the right rhythm, wide chord", "#.###...#.#", {440, 660, 880, 1100}},
    };
    for (const Case& other : others) {
        CAPTURE(other.name);
        const auto audio = between_silence(keyed(other.units, rate, 0.12, other.pitches_hz), 4000);
        CHECK(found_in(audio, rate).empty());
    }
    CHECK(found_in(between_silence(keyed("#.###...#.#", rate, 0.12, {800}), 4000), rate).size() == 1);  // the control
    CHECK(found_in(between_silence(keyed("#.###...#.#", rate, 0.02, {800}), 4000), rate).empty());
    CHECK(found_in(between_silence(keyed("#.###...#.#", rate, 0.6, {800}), 4000), rate).empty());
    std::vector<float> noise(20 * rate);
    add_noise(noise, 0.1, 1);
    CHECK(found_in(noise, rate).empty());
    CHECK(found_in(std::vector<float>(rate), rate).empty());
}

TEST_CASE("rhythm detector: blocks of any size, several channels, reset, no number") {
    const Audio cue = RhythmCue({.sample_rate_hz = 16000, .channels = 2}).audio();
    std::vector<float> left = between_silence(cue.channels[0], 4000), right = left;
    left[100] = std::nanf("");
    right[200] = INFINITY;
    RhythmDetector detector(16000, 2);
    for (const std::size_t size : {1, 160, 4801, 100000}) {
        for (const bool again : {false, true}) {
            for (std::size_t done = 0; done < left.size(); done += size) {
                const float* const in[] = {left.data() + done, right.data() + done};
                detector.push(in, std::min(size, left.size() - done));
                if (again && done > left.size() / 2) break;
            }
            if (again) {
                detector.reset();  // in the middle; the next round must not see it
                continue;
            }
            const auto found = detector.finish();
            REQUIRE(found.size() == 1);
            CHECK(std::abs(found[0].start_s - 0.25) < 0.01);
        }
    }
}

TEST_CASE("rhythm detector: push() does not allocate while nothing is found") {
    std::vector<float> audio(32000);
    add_noise(audio, 0.1, 1);
    for (std::size_t i = 8000; i < 24000; ++i) audio[i] = std::sin(0.3f * static_cast<float>(i));
    RhythmDetector detector(16000, 1);
    const float* const channel = audio.data();
    const std::size_t before = allocations();
    detector.push(&channel, audio.size());
    CHECK(allocations() == before);
}
