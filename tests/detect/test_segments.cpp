// Where the mark begins and ends, and what each part says.
#include "dsp/detect/segmenter.hpp"
#include "dsp/detect/verdict.hpp"
#include "tests/support/mono.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr double border_limit_s = 0.6;  // a slot and a bit
const Payload other_payload = Payload::from_hex("fedcba9876543210");

Samples joined(Samples a, const Samples& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

void check_borders(const Segment& segment, double start_s, double end_s) {
    CHECK(std::abs(segment.start_s - start_s) < border_limit_s);
    CHECK(std::abs(segment.end_s - end_s) < border_limit_s);
}

}  // namespace

TEST_CASE("segments: a mark in the middle has its borders") {
    for (const int rate : {8000, 16000}) {
        const Samples host = speech_like(20, rate, 81), marked = embed_mono(host, mono_config(rate)).samples;
        for (const double start_s : {5.0, 5.3, 7.77}) {
            const double end_s = start_s + 6;
            Samples received = host;
            std::copy(marked.begin() + long(start_s * rate), marked.begin() + long(end_s * rate),
                      received.begin() + long(start_s * rate));
            const Detection found = detect_mono(received, rate);
            CAPTURE(rate);
            CAPTURE(start_s);
            REQUIRE(found.segments.size() == 1);
            check_borders(found.segments[0], start_s, end_s);
            CHECK(found.start_s == found.segments[0].start_s);
            CHECK(found.end_s == found.segments[0].end_s);
            CHECK(found.payload == some_payload);
        }
    }
}

TEST_CASE("segments: whole, from the start, to the end") {
    const int rate = 8000;
    const Samples host = speech_like(16, rate, 82), marked = embed_mono(host, mono_config(rate)).samples;
    const std::size_t half = host.size() / 2;
    const Detection whole = detect_mono(marked, rate);
    REQUIRE(whole.segments.size() == 1);
    check_borders(whole.segments[0], 0, 16);
    CHECK(whole.end_s <= whole.duration_s);
    const Detection first = detect_mono(joined(slice(marked, 0, half), slice(host, half, host.size())), rate);
    REQUIRE(first.segments.size() == 1);
    check_borders(first.segments[0], 0, 8);
    const Detection last = detect_mono(joined(slice(host, 0, half), slice(marked, half, host.size())), rate);
    REQUIRE(last.segments.size() == 1);
    check_borders(last.segments[0], 8, 16);
}

// A steady tone says next to nothing, now a little for the mark and now a little against it.
TEST_CASE("segments: what says nothing before and after a mark is no part of it") {
    const int rate = 8000;
    const Samples marked = embed_mono(speech_like(8, rate, 85), mono_config(rate)).samples;
    for (const double frequency_hz : {200.0, 440.0, 1000.0}) {
        Samples tone(6 * rate);
        for (std::size_t i = 0; i < tone.size(); ++i)
            tone[i] = float(0.1 * std::sin(2 * std::numbers::pi * frequency_hz * double(i) / rate));
        const Detection found = detect_mono(joined(joined(tone, marked), tone), rate);
        CAPTURE(frequency_hz);
        REQUIRE(found.segments.size() == 1);
        check_borders(found.segments[0], 6, 14);
    }
}

TEST_CASE("segments: two parts of two payloads, a pause of unmarked speech between them") {
    const int rate = 8000;
    const Samples host = speech_like(28, rate, 83), one = embed_mono(host, mono_config(rate)).samples;
    const Samples two = embed_mono(host, mono_config(rate, Profile::standard, 1, other_payload)).samples;
    Samples received = host;
    std::copy(one.begin() + 2 * rate, one.begin() + 11 * rate, received.begin() + 2 * rate);
    std::copy(two.begin() + 16 * rate, two.begin() + 25 * rate, received.begin() + 16 * rate);
    const Detection found = detect_mono(received, rate);
    REQUIRE(found.segments.size() == 2);
    check_borders(found.segments[0], 2, 11);
    check_borders(found.segments[1], 16, 25);
    CHECK(found.segments[0].payload == some_payload);
    CHECK(found.segments[1].payload == other_payload);
    CHECK(found.start_s == found.segments[0].start_s);
    CHECK(found.end_s == found.segments[1].end_s);
}

TEST_CASE("segments: two payloads spliced, whatever the phase of the second") {
    const int rate = 8000;
    const Samples host = speech_like(26, rate, 84), one = embed_mono(host, mono_config(rate)).samples;
    const Samples two = embed_mono(host, mono_config(rate, Profile::standard, 1, other_payload)).samples;
    const std::size_t cut = std::size_t(12 * rate);
    for (const std::size_t skipped : {0, 17, 5000, 8192, 16383}) {
        CAPTURE(skipped);
        const Detection found = detect_mono(joined(slice(one, 0, cut), slice(two, cut + skipped, two.size())), rate);
        CHECK(found.marked);
        REQUIRE(found.segments.size() == 2);
        check_borders(found.segments[0], 0, 12);
        check_borders(found.segments[1], 12, found.duration_s);
        CHECK(found.segments[0].payload == some_payload);
        CHECK(found.segments[1].payload == other_payload);
    }
}

TEST_CASE("segments: a splice in a signal longer than one search") {
    const int rate = 8000;
    const Samples host = speech_like(150, rate, 85), one = embed_mono(host, mono_config(rate)).samples;
    const Samples two = embed_mono(host, mono_config(rate, Profile::standard, 1, other_payload)).samples;
    const std::size_t cut = std::size_t(80 * rate);
    const Detection found = detect_mono(joined(slice(one, 0, cut), slice(two, cut + 5000, two.size())), rate);
    REQUIRE(found.segments.size() == 2);
    check_borders(found.segments[0], 0, 80);
    check_borders(found.segments[1], 80, found.duration_s);
    CHECK(found.segments[0].payload == some_payload);
    CHECK(found.segments[1].payload == other_payload);
}

// Three slots at the beginning say next to nothing, and without them too little is left to read.
TEST_CASE("segments: a payload is tried once more with the ends that were cut off") {
    struct Told : Answers {
        std::size_t least_slots;  // of a track that can be read
        explicit Told(std::size_t slots) : least_slots(slots) {}
        Answer ask(const Question& question) override {
            Answer answer;
            using enum Question::About;
            if (question.about == weight) answer.log10_p = -9;
            if (question.about == silent_run && question.track.first == 0) answer.until = 3;
            if (question.about == payload && question.track.phases.size() >= least_slots) {
                answer.read = true;
                answer.payload = some_payload;
                answer.log10_p = -7;
            }
            return answer;
        }
    };
    const Carrier carrier = make_carrier(numbered_key(1));
    const Slot silent{};
    const std::vector<SlotEvidence> slots(20, SlotEvidence{nullptr, &silent});
    const Stretch stretch{slots, 0, carrier, 0, 1e-6};
    for (const auto& [least_slots, read] : {std::pair(17, true), std::pair(20, true), std::pair(21, false)}) {
        Told answers(static_cast<std::size_t>(least_slots));
        std::vector<Segment> segments;
        segments.reserve(4);
        cut_into_segments(stretch, {0, std::vector<int>(20, 5)}, answers, segments);
        CAPTURE(least_slots);
        REQUIRE(segments.size() == 1);
        CHECK(segments[0].start_s == 3 * slot_s);
        CHECK(segments[0].payload.has_value() == read);
    }
}

TEST_CASE("merge_segments: what touches and agrees becomes one, what contradicts stays two") {
    const auto segment = [](double start_s, double end_s, double log10_p, std::optional<Payload> payload) {
        return Segment{start_s, end_s, log10_p, payload, payload ? log10_p / 2 : 0};
    };
    std::vector<Segment> all;
    merge_segments(all, {segment(0, 10, -10, some_payload)});
    merge_segments(all, {segment(8, 20, -20, some_payload)});
    REQUIRE(all.size() == 1);
    CHECK(all[0].start_s == 0);
    CHECK(all[0].end_s == 20);
    CHECK(all[0].log10_p == -20);
    CHECK(all[0].payload_log10_p == -10);

    merge_segments(all, {segment(19, 25, -8, {})});  // nothing read: no contradiction
    REQUIRE(all.size() == 1);
    CHECK(all[0].end_s == 25);
    CHECK(all[0].payload == some_payload);

    merge_segments(all, {segment(23, 30, -9, other_payload)});
    REQUIRE(all.size() == 2);
    CHECK(all[1].start_s == 25);
    CHECK(all[1].payload == other_payload);

    merge_segments(all, {segment(40, 50, -9, other_payload)});
    REQUIRE(all.size() == 3);

    all = {segment(0, 114, -200, some_payload), segment(131, 131.5, -7, {})};
    merge_segments(all, {segment(98, 163, -200, some_payload)});  // closes the gap between those before
    REQUIRE(all.size() == 1);
    CHECK(all[0].start_s == 0);
    CHECK(all[0].end_s == 163);

    Segment fast = segment(160, 170, -20, some_payload);
    fast.time_scale = 1.1;
    merge_segments(all, {fast});
    REQUIRE(all.size() == 2);
    CHECK(all[1].start_s == 163);
}
