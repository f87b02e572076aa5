#include "tests/support/allocations.hpp"

#include <earmark/cue.hpp>
#include <earmark/error.hpp>

#include <doctest/doctest.h>
#include <cmath>
#include <numbers>
#include <string>

using namespace earmark;

namespace {

// One character a unit, '#' for tone and '.' for silence, read off the samples' own energy.
std::string units_of(const std::vector<float>& cue, std::size_t unit) {
    std::string text;
    for (std::size_t start = 0; start < cue.size(); start += unit) {
        double energy = 0;
        for (std::size_t i = start; i < start + unit; ++i) energy += cue[i] * cue[i];
        text += energy > 0 ? '#' : '.';
    }
    return text;
}

double loudness_of(const Audio& audio) {
    std::vector<const float*> channels;
    for (const auto& channel : audio.channels) channels.push_back(channel.data());
    return loudness_lufs({channels, audio.samples(), audio.sample_rate_hz});
}

}  // namespace

TEST_CASE("rhythm: A and I with the letter gap kept, at any rate and speed") {
    for (const int rate : {8000, 11025, 24000, 48000, 192000}) {
        for (const double unit_s : {0.06, 0.12, 0.3}) {
            const RhythmCue cue({.sample_rate_hz = rate, .unit_s = unit_s});
            const auto unit = static_cast<std::size_t>(std::lround(unit_s * rate));
            REQUIRE(cue.samples() == 11 * unit);
            CHECK(units_of(cue.audio().channels[0], unit) == "#.###...#.#");
        }
    }
}

TEST_CASE("rhythm: any part can be rendered alone, zeros behind the end") {
    const RhythmCue cue({.sample_rate_hz = 16000});
    const std::vector<float> whole = cue.audio().channels[0];
    int wrong = 0;
    std::vector<float> part(777);
    const std::size_t before = test::allocations();
    for (std::size_t from = 0; from < whole.size() + 1000; from += 500) {
        cue.render(from, part.data(), part.size());
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (part[i] != (from + i < whole.size() ? whole[from + i] : 0.0f)) ++wrong;
        }
    }
    CHECK(test::allocations() == before);
    CHECK(wrong == 0);
}

TEST_CASE("rhythm: as loud as asked, whatever pitch, speed and channels") {
    for (const int rate : {8000, 44100}) {
        for (const int channels : {1, 2, 7}) {
            for (const double pitch_hz : {400.0, 800.0, 2500.0}) {
                for (const double unit_s : {0.06, 0.12, 0.3}) {
                    for (const double level : {-40.0, -23.0, -10.0}) {
                        const RhythmCue cue({.sample_rate_hz = rate,
                                             .channels = channels,
                                             .pitch_hz = pitch_hz,
                                             .unit_s = unit_s,
                                             .level_lufs = level});
                        CAPTURE(rate);
                        CAPTURE(channels);
                        CAPTURE(pitch_hz);
                        CAPTURE(unit_s);
                        CAPTURE(level);
                        CHECK(std::abs(loudness_of(cue.audio()) - level) <= 0.1);
                    }
                }
            }
        }
    }
}

TEST_CASE("loudness: the reference tones of EBU Tech 3341, cases 1 and 2") {
    for (const double level : {-23.0, -33.0}) {
        std::vector<float> tone(20 * 48000);
        for (std::size_t i = 0; i < tone.size(); ++i) {
            tone[i] = static_cast<float>(std::pow(10, level / 20) *
                                         std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(i) / 48000));
        }
        CHECK(std::abs(loudness_of({{tone, tone}, 48000}) - level) <= 0.1);
    }
}

TEST_CASE("loudness: silence, and what is too short to have one") {
    CHECK(std::isinf(loudness_of({{std::vector<float>(48000)}, 48000})));
    CHECK(std::isinf(loudness_of({{std::vector<float>(4000, 0.1f)}, 48000})));
}

TEST_CASE("rhythm: what cannot be is refused by name and range") {
    const auto refusal = [](const RhythmConfig& config) -> std::string {
        try {
            const RhythmCue cue(config);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    };
    CHECK(refusal({.sample_rate_hz = 16000}).empty());
    CHECK(refusal({.sample_rate_hz = 7999}).find("8000 to 192000") != std::string::npos);
    CHECK(refusal({.sample_rate_hz = 16000, .channels = 65}).find("1 to 64") != std::string::npos);
    CHECK(refusal({.sample_rate_hz = 16000, .pitch_hz = 399}).find("pitch_hz") == 0);
    CHECK(refusal({.sample_rate_hz = 16000, .pitch_hz = NAN}).find("pitch_hz") == 0);
    CHECK(refusal({.sample_rate_hz = 16000, .unit_s = 0.05}).find("unit_s") == 0);
    CHECK(refusal({.sample_rate_hz = 16000, .level_lufs = -9}).find("level_lufs") == 0);
}
