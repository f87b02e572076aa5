// The detector as a machine: blocks, reuse, refusals, bounded memory.
#include "tests/support/allocations.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/verdicts.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

using namespace earmark;
using namespace earmark::test;

namespace {

Detection streamed(Detector& detector, const Samples& received, const std::function<std::size_t()>& next_block) {
    for (std::size_t done = 0; done < received.size();) {
        const std::size_t count = std::min(next_block(), received.size() - done);
        const float* in = received.data() + done;
        detector.push(&in, count);
        done += count;
    }
    return detector.finish();
}

Samples marked_speech(double seconds, int rate, std::uint64_t seed) {
    return embed_mono(speech_like(seconds, rate, seed), mono_config(rate)).samples;
}

}  // namespace

TEST_CASE("detector: blocks of any size give the verdict of detect()") {
    for (const int rate : {8000, 11025, 48000}) {
        const Samples received = marked_speech(4, rate, 61);
        DetectConfig config = detect_config(rate);
        config.scores = true;
        const Detection expected = detect_mono(received, config);
        REQUIRE(expected.marked);
        CHECK(expected.scores.size() == 8);
        Detector detector(config);
        for (const std::size_t size : {1, 2, 3, 7, 160, 1000, 100000}) {
            CAPTURE(rate);
            CAPTURE(size);
            CHECK(same(streamed(detector, received, [&] { return size; }), expected));
        }
        Random random(1);
        CHECK(same(streamed(detector, received, [&] { return std::size_t(random.below(9000)); }), expected));
    }
}

TEST_CASE("detector: the same for signals longer than one search") {
    const int rate = 8000;
    const Samples received = marked_speech(150, rate, 62);
    const Detection expected = detect_mono(received, rate);
    CHECK(expected.marked);
    CHECK(expected.segments.size() == 1);
    CHECK(expected.end_s > 149);
    Detector detector(detect_config(rate));
    CHECK(same(streamed(detector, received, [] { return std::size_t{4801}; }), expected));
}

TEST_CASE("detector: after finish(), and after reset() in the middle, it is as new") {
    const int rate = 8000;
    const Samples first = marked_speech(5, rate, 63), second = speech_like(4, rate, 64);
    const Detection expected = detect_mono(second, rate);
    Detector detector(detect_config(rate));
    CHECK(streamed(detector, first, [] { return std::size_t{777}; }).marked);
    CHECK(same(streamed(detector, second, [] { return std::size_t{777}; }), expected));
    const float* in = first.data();
    detector.push(&in, first.size());
    detector.reset();
    Detector moved(std::move(detector));
    CHECK(same(streamed(moved, second, [] { return std::size_t{777}; }), expected));
}

TEST_CASE("scores: one a slot, high where the mark is, like noise where none is") {
    const int rate = 8000;
    const Samples host = speech_like(80, rate, 68), marked = embed_mono(host, mono_config(rate)).samples;
    Samples received = host;
    std::copy(marked.begin() + 10 * rate, marked.begin() + 30 * rate, received.begin() + 10 * rate);
    DetectConfig config = detect_config(rate);
    config.scores = true;
    const Detection found = detect_mono(received, config);
    REQUIRE(found.scores.size() == 157);  // 80 s in slots of 0.512 s
    for (std::size_t s = 0; s < found.scores.size(); ++s) {
        const Score& score = found.scores[s];
        CHECK(score.start_s == doctest::Approx(0.512 * double(s)));
        if (score.start_s > 10.6 && score.start_s < 29) CHECK(score.z > 2);
        if (score.start_s > 31) CHECK(std::abs(score.z) < 5);
    }
    CHECK(detect_mono(received, rate).scores.empty());
}

TEST_CASE("detector: NaN and infinity count as silence and poison nothing") {
    const int rate = 8000;
    Samples poisoned = marked_speech(6, rate, 65), silenced = poisoned;
    Random random(2);
    for (int i = 0; i < 40; ++i) {
        const auto place = std::size_t(random.below(int(poisoned.size())));
        poisoned[place] = i % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
        silenced[place] = 0;
    }
    Detector detector(detect_config(rate));
    const Detection found = streamed(detector, poisoned, [] { return std::size_t{500}; });
    CHECK(found.marked);
    CHECK(std::isfinite(found.log10_p));
    CHECK(same(found, detect_mono(silenced, rate)));
    const Detection nothing =
        streamed(detector, Samples(40000, std::numeric_limits<float>::quiet_NaN()), [] { return std::size_t{500}; });
    CHECK_FALSE(nothing.marked);
    CHECK(nothing.active_s == 0);
}

TEST_CASE("detector: too short or too silent, and it says so") {
    const int rate = 8000;
    struct Case {
        Samples received;
        const char* reason;
    };
    Samples mostly_silent = silence(10, rate);
    const Samples word = marked_speech(0.4, rate, 66);
    std::copy(word.begin(), word.end(), mostly_silent.begin() + rate);
    for (const Case& c :
         {Case{silence(10, rate), "0.0 s of active speech"}, Case{Samples(1, 0.5f), "0.0 s of active speech"},
          Case{white_noise(0.5, rate, 0.1, 1), "0.5 s of active speech"},
          Case{white_noise(5, rate, 1e-4, 1), "0.0 s of active speech"}, Case{speech_like(2, rate, 1), ""}}) {
        const Detection found = detect_mono(c.received, rate);
        CHECK_FALSE(found.marked);
        CHECK(found.log10_p <= 0);
        CHECK(found.log10_p > -3);
        CHECK(found.reason == c.reason);
        CHECK(found.duration_s == doctest::Approx(double(c.received.size()) / rate));
        CHECK(found.active_s <= found.duration_s);
        CHECK(found.segments.empty());
    }
    CHECK(detect_mono(mostly_silent, rate).active_s < 0.6);
}

TEST_CASE("detector: an empty stream gets a verdict too; a whole signal without samples is refused") {
    Detector detector(detect_config(8000));
    const Detection found = detector.finish();
    CHECK_FALSE(found.marked);
    CHECK(found.log10_p == 0);
    CHECK(found.duration_s == 0);
    CHECK(found.reason == "0.0 s of active speech");
    CHECK_THROWS_AS(detect_mono({}, 8000), Error);
    Samples bad = speech_like(0.5, 8000, 1);
    bad[321] = std::numeric_limits<float>::quiet_NaN();
    try {
        detect_mono(bad, 8000);
        FAIL_CHECK("taken");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::input);
        CHECK(std::string(error.what()).find("sample 321 ") != std::string::npos);
    }
}

TEST_CASE("detector: what the config may not say is refused by field, value and range") {
    struct Bad {
        std::function<void(DetectConfig&)> spoil;
        Fault fault;
        const char *field, *value;
    };
    const std::vector<Bad> all{
        {[](DetectConfig& c) { c.keys.clear(); }, Fault::usage, "keys", "0"},
        {[](DetectConfig& c) { c.p_max = 0; }, Fault::usage, "p_max", "0.0"},
        {[](DetectConfig& c) { c.p_max = 1; }, Fault::usage, "p_max", "1.0"},
        {[](DetectConfig& c) { c.p_max = std::nan(""); }, Fault::usage, "p_max", "nan"},
        {[](DetectConfig& c) { c.sample_rate_hz = 7999; }, Fault::input, "sample_rate_hz", "7999"},
        {[](DetectConfig& c) { c.channels = 65; }, Fault::input, "channels", "65"}};
    for (const Bad& bad : all) {
        DetectConfig config = detect_config(8000);
        bad.spoil(config);
        CAPTURE(std::string(bad.field));
        try {
            const Detector detector(config);
            FAIL_CHECK("taken");
        } catch (const Error& error) {
            CHECK(error.fault() == bad.fault);
            for (const char* part : {bad.field, bad.value})
                CHECK(std::string(error.what()).find(part) != std::string::npos);
        }
    }
    CHECK(search_from_name("drift") == Search::drift);
    CHECK_THROWS_AS(search_from_name("some"), Error);
}

TEST_CASE("detector: a stream at 8 kHz takes 512 KiB and never more; streams share what a key needs") {
    constexpr std::size_t most_bytes = 512 * 1024, least_bytes = 200000;
    const int rate = 8000, minutes = sanitized ? 6 : 20;
    const Samples minute = marked_speech(60, rate, 67);
    const DetectPlan plan(detect_config(rate));
    const std::size_t before = bytes_in_use();
    Detector detector(plan);
    const std::size_t built = bytes_in_use() - before;
    CHECK(built > least_bytes);  // it holds its slots
    CHECK(built <= most_bytes);
    const float* in = minute.data();
    const std::size_t made = allocations();
    for (int i = 1; i <= minutes; ++i) detector.push(&in, minute.size());
    CHECK(allocations() == made);
    CHECK(detector.finish().marked);
}
