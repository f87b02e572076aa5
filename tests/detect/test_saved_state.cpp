// A call that moves from one detector to another half way, and bytes that are no call.
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/verdicts.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 8000;

void push(Detector& detector, const Samples& samples, std::size_t from, std::size_t until) {
    const float* in = samples.data() + from;
    detector.push(&in, until - from);
}

Samples marked_call(double seconds) {
    return embed_mono(speech_like(seconds, rate, 501), mono_config(rate)).samples;
}

std::string refusal(Detector& detector, std::span<const std::byte> state) {
    try {
        detector.restore(state);
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::input);
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("saved state: what follows is what would have followed, wherever the call is cut") {
    const Samples received = marked_call(sanitized ? 8 : 75);
    const DetectPlan plan(detect_config(rate));
    std::vector<std::size_t> cuts{0, 1, 1000, 4177, 9999, 30011, received.size()};
    cuts.insert(cuts.end(), {4700, 5000, 8800, 9000});  // a live payload being read
    // In the middle of a stretch being judged and read: 128 slots end at 65.5 s, with 44 ms of look-ahead.
    for (std::size_t cut = 524700; cut < 536000 && !sanitized; cut += 611) cuts.push_back(cut);
    for (const std::size_t cut : cuts) {
        CAPTURE(cut);
        Detector here(plan), there(plan);
        push(there, received, 0, std::min<std::size_t>(received.size(), 12345));  // restore() leaves nothing of it
        push(here, received, 0, cut);
        there.restore(here.save());
        for (std::size_t done = cut; done < received.size(); done += 160) {
            push(here, received, done, std::min(done + 160, received.size()));
            push(there, received, done, std::min(done + 160, received.size()));
            const auto a = here.poll(), b = there.poll();
            REQUIRE(a.has_value() == b.has_value());
            if (a) REQUIRE(same(*a, *b));
        }
        CHECK(same(here.finish(), there.finish()));
    }
}

TEST_CASE("saved state: refused where anything differs, and the detector goes on as it was") {
    const Samples received = marked_call(6);
    Detector detector(detect_config(rate));
    push(detector, received, 0, 20000);
    const std::vector<std::byte> state = detector.save();
    const auto refused_by = [&](DetectConfig config) {
        Detector other(config);
        return refusal(other, state);
    };
    DetectConfig config = detect_config(rate);
    config.sample_rate_hz = 16000;
    CHECK(refused_by(config) == "state: sample_rate_hz was 8000 where it was saved, here it is 16000");
    config = detect_config(rate);
    config.p_max = 1e-3;
    CHECK(refused_by(config) == "state: p_max was 1e-06 where it was saved, here it is 0.001");
    CHECK(refused_by(detect_config(rate, numbered_key(2))) ==
          "state: it was saved with other keys, or in another order");
    CHECK(refused_by(detect_config(rate, numbered_key(1).screening())) ==
          "state: it was saved with other keys, or in another order");
    config = detect_config(rate);
    config.keys.push_back({"b", numbered_key(2)});
    CHECK(refused_by(config) == "state: the number of keys was 1 where it was saved, here it is 2");

    std::vector<std::byte> later = state;
    later[8] = std::byte{10};
    CHECK(refusal(detector, later) == "state: it has version 10, this build reads version 9");
    CHECK(refusal(detector, std::span(state).first(10)) == "state: these 10 bytes are no saved stream");
    CHECK(refusal(detector, std::span(state).first(state.size() - 1)).find("bytes after its header") !=
          std::string::npos);
    CHECK(refusal(detector, std::vector<std::byte>(1000)) == "state: these bytes are no saved stream of a detector");

    push(detector, received, 20000, received.size());
    CHECK(same(detector.finish(), detect_mono(received, rate)));
}

TEST_CASE("saved state: any bit turned and any end cut is found; noise never passes") {
    Detector detector(detect_config(rate));
    push(detector, marked_call(3), 0, 24000);
    const std::vector<std::byte> state = detector.save();
    Random random(7);
    for (int trial = 0; trial < trials(400); ++trial) {
        std::vector<std::byte> bytes = state;
        const auto place =
            trial % 2 == 0 ? std::size_t(random.below(int(bytes.size()))) : std::size_t(random.below(120));
        bytes[place] ^= std::byte(1U << random.below(8));
        CHECK(refusal(detector, bytes) != "");
        CHECK(refusal(detector, std::span(state).first(std::size_t(random.below(int(state.size()))))) != "");
        std::vector<std::byte> noise(std::size_t(random.below(2000)));
        for (auto& byte : noise) byte = std::byte(random.below(256));
        const std::size_t head = std::min<std::size_t>(noise.size(), std::size_t(random.below(80)));
        std::memcpy(noise.data(), state.data(), head);
        CHECK(refusal(detector, noise) != "");
    }
}

TEST_CASE("saved state: nothing of the audio or the key stands in it openly") {
    const Samples silence_first(std::size_t(4 * rate), 0.0f);
    Detector detector(detect_config(rate));
    push(detector, silence_first, 0, silence_first.size());
    const std::vector<std::byte> one = detector.save(), two = detector.save();
    CHECK(one.size() == two.size());
    CHECK(one.size() < 512 * 1024);
    // Sealed with a fresh nonce: what stands behind the header never repeats, not even of a state of mostly zeros.
    std::size_t equal = 0, zeros = 0;
    for (std::size_t i = 72; i < one.size(); ++i) {
        equal += one[i] == two[i];
        zeros += one[i] == std::byte{0};
    }
    CHECK(double(equal) / double(one.size()) < 0.01);
    CHECK(double(zeros) / double(one.size()) < 0.01);
}
