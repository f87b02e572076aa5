// Hosts that no microphone gives: silence, full scale and beyond, NaN.
#include "tests/support/mono.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN(),
                infinity = std::numeric_limits<float>::infinity();

Samples clipped(Samples samples, float gain) {
    for (float& x : samples) x = std::clamp(x * gain, -1.0f, 1.0f);
    return samples;
}

Samples square(double seconds, int rate, double frequency_hz, float level) {
    Samples out = sine(seconds, rate, frequency_hz, 1);
    for (float& x : out) x = x < 0 ? -level : level;
    return out;
}

// By how much the marked signal passes max(1, |host|) at worst; infinity when it is not a number.
double excess(const Samples& host, const Samples& marked) {
    double worst = -1;
    for (std::size_t i = 0; i < host.size(); ++i) {
        if (!std::isfinite(marked[i])) return infinity;
        worst = std::max(worst, std::abs(double(marked[i])) - std::max(1.0, std::abs(double(host[i]))));
    }
    return worst;
}

// What process() makes of a host that embed() would refuse.
Samples streamed(const Samples& host, int rate) {
    Embedder embedder(mono_config(rate));
    return stream_mono(embedder, host, [] { return std::size_t{480}; });
}

}  // namespace

TEST_CASE("embed: silence stays exact zeros") {
    for (const int rate : {8000, 44100, 192000}) {
        const MonoMarked marked = embed_mono(silence(0.5, rate), mono_config(rate, Profile::robust));
        CHECK(energy(marked.samples) == 0);
        CHECK(marked.report.active_s == 0);
        CHECK(marked.report.limited_samples == 0);
        CHECK(marked.report.mark_db == -std::numeric_limits<double>::infinity());
    }
}

TEST_CASE("embed: silence after sound is exact silence once the frames have passed") {
    const int rate = 16000;
    Samples host = white_noise(0.5, rate, 0.2, 1);
    host.resize(std::size_t(rate));
    const Samples marked = embed_mono(host, mono_config(rate)).samples;
    const std::size_t passed = host.size() / 2 + samples_in(0.040, rate);
    CHECK(energy(slice(marked, passed, marked.size())) == 0);
    CHECK(energy(slice(marked, 0, host.size() / 2)) > 0);
}

TEST_CASE("limits: nothing passes max(1, |host|), and the report says where it would have") {
    struct Extreme {
        const char* what;
        Samples host;
        bool must_limit;
    };
    for (const int rate : {8000, 16000, 48000}) {
        const Samples speech = speech_like(1.5, rate, 21);
        const Extreme extremes[]{{"constant +1", Samples(std::size_t(rate), 1.0f), false},
                                 {"constant -1", Samples(std::size_t(rate), -1.0f), false},
                                 {"square at full scale", square(1, rate, 437, 1), true},
                                 {"speech clipped hard", clipped(speech, 20), true},
                                 {"noise clipped", clipped(white_noise(1, rate, 1, 2), 1), true},
                                 {"sine at full scale", sine(1, rate, 997, 1), true},
                                 {"twice full scale", scaled(speech, 4), true},
                                 {"four times full scale", scaled(speech, 8), true},
                                 {"at a whisper", scaled(speech, 1e-3), false}};
        for (const Extreme& extreme : extremes)
            for (const Profile profile : {Profile::transparent, Profile::robust}) {
                CAPTURE(rate);
                CAPTURE(std::string(extreme.what));
                const MonoMarked marked = embed_mono(extreme.host, mono_config(rate, profile));
                CHECK(excess(extreme.host, marked.samples) <= 0);
                if (extreme.must_limit) CHECK(marked.report.limited_samples > 0);
                if (peak(extreme.host) < 0.1) CHECK(marked.report.limited_samples == 0);
                CHECK(marked.report.limited_samples <= marked.report.samples);
                CHECK(marked.report.active_s <= double(extreme.host.size()) / rate);
            }
    }
}

// The limiter makes the mark shallower; were it to drop it, limited speech would carry none.
TEST_CASE("limits: clipped speech is still marked") {
    const int rate = 16000;
    const MonoMarked marked = embed_mono(clipped(speech_like(12, rate, 22), 6), mono_config(rate));
    CHECK(marked.report.limited_samples > 0);
    CHECK(detect_mono(marked.samples, rate).marked);
}

TEST_CASE("process: NaN and infinity count as silence and leave no trace") {
    const int rate = 16000;
    const Samples host = speech_like(1, rate, 23);
    for (const float bad : {not_a_number, infinity, -infinity}) {
        Samples poisoned = host, silenced = host;
        for (std::size_t i = 5000; i < 5003; ++i) poisoned[i] = bad, silenced[i] = 0;
        const Samples marked = streamed(poisoned, rate);
        CHECK(marked == streamed(silenced, rate));
        CHECK(excess(silenced, marked) <= 0);
    }
    CHECK(energy(streamed(Samples(5000, not_a_number), rate)) == 0);
}

TEST_CASE("process: a sample of 1e38 leaves later output finite, and the mark no deeper than 12 dB under the host") {
    constexpr double limit_db = -12;  // cells count as far below the loudest for a while, where the rule goes deeper
    const int rate = 16000;
    Samples host = speech_like(3, rate, 24);
    host[10000] = 1e38f;
    const Samples marked = streamed(host, rate);
    CHECK(std::all_of(marked.begin(), marked.end(), [](float x) { return std::isfinite(x); }));
    const std::size_t later = 10000 + std::size_t(rate);
    const double off = energy(slice(difference(marked, host), later, host.size()));
    CHECK(10 * std::log10(off / energy(slice(host, later, host.size()))) < limit_db);
}

TEST_CASE("embed: a sample that is not a number is refused by its place") {
    for (const float bad : {not_a_number, infinity, -infinity}) {
        Samples host = speech_like(0.3, 8000, 25);
        host[1234] = bad;
        try {
            embed_mono(host, mono_config(8000));
            FAIL_CHECK("taken");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::input);
            CHECK(std::string(error.what()).find("sample 1234 ") != std::string::npos);
        }
    }
}

TEST_CASE("embed: a host on the scale of int16 is refused, since the limiter would leave it without a mark") {
    Samples host = speech_like(0.3, 8000, 26);
    for (float& sample : host) sample *= 32768;
    CHECK_THROWS_AS(embed_mono(host, mono_config(8000)), Error);
}
