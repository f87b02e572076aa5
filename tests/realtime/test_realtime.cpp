// The real-time promise: after construction no allocation, no lock, no system call on the audio path. A program of its
// own, as it replaces malloc.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "tests/realtime/interposed.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/resample.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <shared_mutex>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr std::array<std::size_t, 5> odd_blocks{160, 1, 480, 33, 20000};
constexpr std::array<std::size_t, 1> plain_blocks{160};
const Payload other_payload = Payload::from_hex("fedcba9876543210");

void check_clean(const Trespasses& seen) {
    CHECK(seen.finished);
    CHECK_FALSE(seen.system_call);
    CHECK(seen.allocations == 0);
    CHECK(seen.frees == 0);
    CHECK(seen.locks == 0);
}

// What a line may carry: NaN, infinity, denormal numbers, silence, overload.
void spoil(Samples& samples, int rate) {
    const auto fill = [&](double from_s, float value) {
        std::fill_n(samples.begin() + std::ptrdiff_t(from_s * rate), rate / 4, value);
    };
    fill(1.0, std::numeric_limits<float>::quiet_NaN());
    fill(1.5, std::numeric_limits<float>::infinity());
    fill(2.0, std::numeric_limits<float>::denorm_min());
    fill(2.5, 1e-39f);
    fill(3.0, 0.0f);
    fill(3.5, 7.5f);
    fill(4.0, -std::numeric_limits<float>::max());
}

// Unmarked, marked, marked with another payload, unmarked: longer than a stretch, so that one is judged and read.
Samples eventful_call(int rate, double seconds) {
    Samples received = speech_like(seconds, rate, 601);
    const Samples one = embed_mono(received, mono_config(rate)).samples;
    const Samples two = embed_mono(received, mono_config(rate, Profile::standard, 1, other_payload)).samples;
    const auto at = [&](double share) { return std::ptrdiff_t(share * double(received.size())); };
    std::copy(one.begin() + at(0.1), one.begin() + at(0.4), received.begin() + at(0.1));
    std::copy(two.begin() + at(0.4), two.begin() + at(0.8), received.begin() + at(0.4));
    spoil(received, rate);
    return received;
}

void push_all(Detector& detector, const Samples& received, std::span<const std::size_t> blocks) {
    std::size_t turn = 0;
    for (std::size_t done = 0; done < received.size();) {
        const std::size_t count = std::min(blocks[turn++ % blocks.size()], received.size() - done);
        const float* in = received.data() + done;
        detector.push(&in, count);
        done += count;
    }
}

volatile std::size_t sink;

}  // namespace

TEST_CASE("the cell: what is forbidden is seen") {
    const auto nothing = [] { sink = sink + 1; };
    check_clean(in_a_cell([&] { return nothing; }));
    const Trespasses memory = in_a_cell([] {
        return [] {
            const std::vector<std::size_t> some(sink + 100);
            sink = some.size();
        };
    });
    CHECK(memory.allocations == 1);
    CHECK(memory.frees == 1);
    const auto mutex = std::make_shared<std::mutex>();
    const auto shared = std::make_shared<std::shared_mutex>();
    const Trespasses locks = in_a_cell([&] {
        { const std::shared_lock first(*shared); }
        return [=] {
            { const std::lock_guard lock(*mutex); }
            const std::shared_lock lock(*shared);
        };
    });
    CHECK(locks.locks == 2);
    const Trespasses system_call = in_a_cell([] { return [] { sink = std::size_t(getppid()); }; });
    CHECK(system_call.system_call);
    CHECK_FALSE(system_call.finished);
    CHECK(in_a_cell([] {
              return [] { sink = std::make_unique<std::vector<char>>(std::size_t{64} << 20)->size(); };
          }).system_call);  // mmap
}

TEST_CASE("Detector::push() and reset(): through a mark that begins, is read, changes, ends, and a stretch judged") {
    for (const int rate : {8000, 24000}) {
        CAPTURE(rate);
        const Samples received = eventful_call(rate, 140);
        check_clean(in_a_cell([&] {
            DetectConfig config = detect_config(rate);
            config.keys.push_back({"screening", numbered_key(1).screening()});
            config.keys.push_back({"another", numbered_key(2)});
            config.scores = rate == 8000;
            auto detector = std::make_shared<Detector>(config);
            return [detector, &received] {
                push_all(*detector, received, odd_blocks);
                detector->reset();
                push_all(*detector, received, plain_blocks);
            };
        }));
        // It did have all that to do.
        Detector detector(detect_config(rate));
        push_all(detector, received, plain_blocks);
        const auto verdict = detector.poll();
        REQUIRE(verdict);
        CHECK(verdict->marked);
        CHECK(std::isfinite(verdict->log10_p));
        CHECK_FALSE(verdict->ongoing);
        REQUIRE(verdict->segments.size() >= 2);
        CHECK(verdict->segments.front().payload == some_payload);
        CHECK(verdict->segments.back().payload == other_payload);
    }
}

TEST_CASE("Detector::push(): a full search, two channels and two keys, through marks at two speeds") {
    const int rate = 8000;
    const Samples call = eventful_call(rate, 70), received = drift(call, 1.1);
    Samples other = drift(embed_mono(speech_like(90, rate, 603), mono_config(rate)).samples, 0.95);
    Samples both = received;
    both.insert(both.end(), call.begin(), call.end());
    other.resize(both.size());
    DetectConfig config = detect_config(rate);
    config.search = Search::full;
    config.scores = true;
    config.channels = 2;
    config.keys.push_back({"another", numbered_key(2)});
    const auto push = [&](Detector& detector) {
        for (std::size_t done = 0; done < both.size();) {
            const std::size_t count = std::min<std::size_t>(4001, both.size() - done);
            const std::array<const float*, 2> in{both.data() + done, other.data() + done};
            detector.push(in.data(), count);
            done += count;
        }
    };
    check_clean(in_a_cell([&] {
        auto detector = std::make_shared<Detector>(config);
        return [&, detector] { push(*detector); };
    }));
    // It did have all that to find.
    Detector detector(config);
    push(detector);
    const auto verdict = detector.poll();
    REQUIRE(verdict);
    CHECK(std::any_of(verdict->segments.begin(), verdict->segments.end(),
                      [](const Segment& segment) { return segment.time_scale != 1 && segment.payload; }));
}

TEST_CASE("Embedder::process(), flush() and reset()") {
    for (const int rate : {8000, 24000, 44100}) {
        CAPTURE(rate);
        Samples host = speech_like(8, rate, 602);
        spoil(host, rate);
        Samples marked(host.size());
        check_clean(in_a_cell([&] {
            auto embedder = std::make_shared<Embedder>(mono_config(rate, Profile::robust));
            const auto tail = std::make_shared<Samples>(embedder->latency_samples());
            return [&, embedder, tail] {
                for (int pass = 0; pass < 2; ++pass) {
                    std::size_t count = 1;
                    for (std::size_t done = 0; done < host.size(); done += count) {
                        count = std::min(count * 3 % 1000 + 1, host.size() - done);
                        const float* in = host.data() + done;
                        float* out = marked.data() + done;
                        embedder->process(&in, &out, count);
                    }
                    float* last = tail->data();
                    embedder->flush(&last);
                    embedder->reset();
                }
            };
        }));
    }
}
