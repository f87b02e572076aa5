// The mark is found, and read, after what may happen on the way; and by nobody else.
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/resample.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr double found_log10_p = -20;  // on clean speech-like audio of some seconds the mark stands far above p_max

void check_found(const Samples& received, int rate) {
    const Detection found = detect_mono(received, rate);
    CHECK(found.marked);
    CHECK(found.log10_p < found_log10_p);
    CHECK(found.payload == some_payload);
    CHECK(found.key == "key");
    CHECK(found.hypotheses >= 512);
}

struct Marked8k {
    int rate = 8000;
    Samples host = speech_like(12, rate, 71);
    Samples samples = embed_mono(host, mono_config(rate)).samples;
};

}  // namespace

TEST_CASE("finding: the host itself holds no mark, and the marked signal no other key's") {
    const Marked8k marked;
    check_found(marked.samples, marked.rate);
    CHECK_FALSE(detect_mono(marked.host, marked.rate).marked);
    for (int key = 2; key < 12; ++key) {
        const Detection found = detect_mono(marked.samples, detect_config(marked.rate, numbered_key(key)));
        CHECK_FALSE(found.marked);
        CHECK_FALSE(found.payload);
        CHECK(found.log10_p > -3);
        CHECK(found.log10_p <= 0);
    }
}

// The packet has 512 phases of 32 samples; the crop ends between them as often as on them.
TEST_CASE("finding: from any start, to the sample") {
    const Marked8k marked;
    const int step = trials(8) == 8 ? 5 : 60;
    for (int hops = 0; hops <= 600; hops += step) {
        const std::size_t crop = std::size_t(32 * hops + (hops * 7) % 32) | 1;
        CAPTURE(crop);
        check_found(slice(marked.samples, crop, marked.samples.size()), marked.rate);
    }
}

TEST_CASE("finding: polarity, level and an offset do not matter") {
    const Marked8k marked;
    for (const double gain : {-1.0, 0.01, -0.1, 0.5, 2.0}) {
        CAPTURE(gain);
        check_found(scaled(marked.samples, gain), marked.rate);
    }
    Samples offset = marked.samples;
    for (float& x : offset) x += 0.2f;
    check_found(offset, marked.rate);
}

TEST_CASE("finding: at every usual rate, every profile") {
    for (const int rate : {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192000})
        for (const Profile profile : {Profile::transparent, Profile::standard, Profile::robust}) {
            if (rate > 48000 && profile != Profile::standard) continue;
            CAPTURE(rate);
            CAPTURE(std::string(name(profile)));
            const Samples host = speech_like(6, rate, 72);
            check_found(embed_mono(host, mono_config(rate, profile)).samples, rate);
            CHECK_FALSE(detect_mono(host, rate).marked);
        }
}

TEST_CASE("finding: at half the rate it was marked at") {
    for (const int rate : {16000, 44100, 48000}) {
        CAPTURE(rate);
        const Samples marked = embed_mono(speech_like(6, rate, 73), mono_config(rate)).samples;
        check_found(decimate_by_two(marked), rate / 2);
    }
}

TEST_CASE("finding: under noise") {
    const Marked8k marked;
    const double level = std::sqrt(energy(marked.samples) / double(marked.samples.size()));
    check_found(sum(marked.samples, white_noise(12, marked.rate, level * std::pow(10, -20 / 20.0), 5)), marked.rate);
}

TEST_CASE("finding: a clock that drifts by 300 ppm") {
    const int rate = 8000;
    const Samples marked = embed_mono(speech_like(20, rate, 74), mono_config(rate)).samples;
    for (const double ppm : {-300.0, 300.0}) {
        CAPTURE(ppm);
        const Detection found = detect_mono(drift(marked, 1 + ppm * 1e-6), rate);
        CHECK(found.marked);
        CHECK(found.log10_p < found_log10_p);
        CHECK(found.payload == some_payload);
        CHECK(found.end_s - found.start_s > 18);
    }
}

TEST_CASE("finding: a packet of 20 ms lost, twice") {
    const Marked8k marked;
    Samples received = slice(marked.samples, 0, 30011);
    for (std::size_t i = 30011 + 160; i < 61003; ++i) received.push_back(marked.samples[i]);
    for (std::size_t i = 61003 + 160; i < marked.samples.size(); ++i) received.push_back(marked.samples[i]);
    const Detection found = detect_mono(received, marked.rate);
    CHECK(found.marked);
    CHECK(found.payload == some_payload);
    // One rigid phase holds at most a part of it: the track follows.
    const Detection part = detect_mono(slice(marked.samples, 0, 30011), marked.rate);
    CHECK(found.log10_p < part.log10_p);
    CHECK(found.start_s < 0.6);
    CHECK(found.end_s > 11);
}

TEST_CASE("finding: one channel of several, one key of several, and says which") {
    const Marked8k marked;
    const Samples noise = white_noise(12, marked.rate, 0.05, 6);
    const float* const channels[]{noise.data(), marked.host.data(), marked.samples.data()};
    DetectConfig config{.keys = {{"a", numbered_key(8)}, {"b", numbered_key(1).screening()}, {"c", numbered_key(9)}},
                        .sample_rate_hz = marked.rate,
                        .channels = 3};
    const Detection found = detect({channels, marked.host.size(), marked.rate}, config);
    CHECK(found.marked);
    CHECK(found.channel == 2);
    CHECK(found.key == "b");
}

TEST_CASE("reading: payloads of every format come back exactly, from any start") {
    const int rate = 16000;
    Random random(7);
    for (const int bits : Payload::formats_bits)
        for (int trial = 0; trial < trials(24) / 3 + 1; ++trial) {
            std::vector<std::uint8_t> bytes(std::size_t(bits) / 8);
            for (auto& byte : bytes) byte = std::uint8_t(random.bits() >> 56);
            const Payload payload = Payload::from_bytes(bytes);
            const Samples marked =
                embed_mono(speech_like(9, rate, random.bits()), mono_config(rate, Profile::standard, 1, payload))
                    .samples;
            const Detection found =
                detect_mono(slice(marked, std::size_t(random.below(3 * rate)), marked.size()), rate);
            CAPTURE(bits);
            CHECK(found.payload == payload);
            CHECK(found.payload_log10_p < -6);
        }
}

TEST_CASE("reading: a screening key finds and reads nothing") {
    const Marked8k marked;
    const Detection found = detect_mono(marked.samples, detect_config(marked.rate, numbered_key(1).screening()));
    const Detection master = detect_mono(marked.samples, marked.rate);
    CHECK(found.marked);
    CHECK(found.log10_p == master.log10_p);
    CHECK_FALSE(found.payload);
    CHECK(found.payload_log10_p == 0);
    for (const Segment& segment : found.segments) CHECK_FALSE(segment.payload);
}

// Short clips under noise, where the code begins to fail: silence is allowed, a wrong name is not.
TEST_CASE("reading: at the edge a payload is right or missing, never wrong") {
    const int rate = 8000;
    int read = 0, wrong = 0;
    const int count = trials(80);
    for (int trial = 0; trial < count; ++trial) {
        const Samples host = speech_like(2.6, rate, 200 + std::uint64_t(trial));
        const Samples marked = embed_mono(host, mono_config(rate)).samples;
        const double level = std::sqrt(energy(marked) / double(marked.size())) * std::pow(10, -(trial * 7 % 20) / 20.0);
        const Detection found =
            detect_mono(sum(marked, white_noise(2.6, rate, level, 300 + std::uint64_t(trial))), rate);
        read += found.payload.has_value();
        wrong += found.payload && *found.payload != some_payload;
    }
    CHECK(wrong == 0);
    CHECK(read > count / 20);       // the trials do reach from one side of the edge
    CHECK(read < count * 19 / 20);  // to the other
}
