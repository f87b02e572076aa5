// What the headers allow several threads to share: keys, plans, a cue, the first use of everything; and what is handed
// from one thread to the next. The thread sanitizer looks at all of it.
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/verdicts.hpp"

#include <doctest/doctest.h>
#include <earmark/earmark.h>
#include <earmark/cue.hpp>

#include <atomic>
#include <barrier>
#include <functional>
#include <thread>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 8000, thread_count = 4;

// All at the same time, as far as a machine can.
void at_once(const std::function<void(int)>& work) {
    std::barrier start(thread_count);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < thread_count; ++thread)
        threads.emplace_back([&, thread] {
            start.arrive_and_wait();
            work(thread);
        });
    for (std::thread& thread : threads) thread.join();
}

Detection push_in_blocks(Detector& detector, const Samples& received) {
    for (std::size_t done = 0; done < received.size(); done += 160) {
        const float* in = received.data() + done;
        detector.push(&in, std::min<std::size_t>(160, received.size() - done));
        detector.poll();
    }
    return detector.finish();
}

}  // namespace

// Tables, kernels and the plans of transforms are made when they are first asked for, some of them for one rate.
TEST_CASE("threads: whatever is made first is made by several threads at once") {
    const Samples host = speech_like(3, 11025, 701);
    std::array<Samples, thread_count> marked;
    std::array<Detection, thread_count> found;
    at_once([&](int thread) {
        const auto place = std::size_t(thread);
        Embedder embedder(mono_config(11025, thread % 2 == 0 ? Profile::standard : Profile::robust));
        marked[place] = stream_mono(embedder, host, [] { return std::size_t{441}; });
        DetectConfig config = detect_config(11025);
        Detector detector(config);
        found[place] = push_in_blocks(detector, marked[place]);
    });
    for (std::size_t thread = 0; thread < thread_count; ++thread) {
        CHECK(found[thread].marked);
        CHECK(found[thread].payload == some_payload);
        CHECK(marked[thread] == marked[thread % 2]);
        CHECK(same(found[thread], found[thread % 2]));
    }
}

TEST_CASE("threads: streams of one plan, whose handles come and go, hear what one alone hears") {
    const Samples received = embed_mono(speech_like(4, rate, 702), mono_config(rate)).samples;
    auto plan = std::make_unique<DetectPlan>(detect_config(rate));
    Detector alone(*plan);
    const Detection expected = push_in_blocks(alone, received);
    REQUIRE(expected.payload == some_payload);
    std::vector<DetectPlan> plans(thread_count, *plan);
    plan.reset();
    std::atomic<int> differing = 0;
    at_once([&](int thread) {
        for (int stream = 0; stream < 3; ++stream) {
            const DetectPlan own = plans[std::size_t((thread + stream) % thread_count)];  // read by several
            Detector detector(own);
            if (!same(push_in_blocks(detector, received), expected)) ++differing;
        }
    });
    CHECK(differing == 0);
}

TEST_CASE("threads: one key, read by all") {
    const Key key = numbered_key(7);
    const std::string fingerprint = key.fingerprint();
    const Samples host = speech_like(1, rate, 703);
    std::atomic<int> differing = 0;
    at_once([&](int) {
        const Key copy = key;
        const ScreeningKey screening = key.screening();
        if (key.fingerprint() != fingerprint || screening.fingerprint() != fingerprint || !(copy == key)) ++differing;
        EmbedConfig config = mono_config(rate);
        config.key = key;
        if (embed_mono(host, config).samples.size() != host.size()) ++differing;
    });
    CHECK(differing == 0);
}

TEST_CASE("threads: a call that goes from thread to thread, and to another detector of the plan") {
    const Samples received = embed_mono(speech_like(6, rate, 704), mono_config(rate)).samples;
    const DetectPlan plan(detect_config(rate));
    Detector alone(plan);
    const Detection expected = push_in_blocks(alone, received);
    Detector detector(plan);
    const std::size_t part = received.size() / thread_count;
    for (std::size_t turn = 0; turn < thread_count; ++turn)
        std::thread([&] {
            const float* in = received.data() + turn * part;
            detector.push(&in, turn + 1 < thread_count ? part : received.size() - turn * part);
            detector.poll();
            Detector next(plan);
            next.restore(detector.save());
            detector = std::move(next);
        }).join();
    CHECK(same(detector.finish(), expected));
}

TEST_CASE("threads: one rhythm, rendered by all") {
    const RhythmCue cue({.sample_rate_hz = rate});
    Samples expected(cue.samples());
    cue.render(0, expected.data(), expected.size());
    std::atomic<int> differing = 0;
    at_once([&](int) {
        Samples own(cue.samples());
        cue.render(0, own.data(), own.size());
        if (own != expected || cue.audio().channels.front() != expected) ++differing;
    });
    CHECK(differing == 0);
}

TEST_CASE("threads: C: a key for all, and words on what failed for each") {
    earmark_key* key = nullptr;
    REQUIRE(earmark_key_generate(&key) == EARMARK_OK);
    std::atomic<int> wrong = 0;
    at_once([&](int thread) {
        for (int turn = 0; turn < 20; ++turn) {
            earmark_embed_config config = EARMARK_EMBED_CONFIG;
            config.key = key;
            config.payload = "0123456789abcdef";
            config.sample_rate_hz = 1000 + thread;
            earmark_embedder* embedder = nullptr;
            const std::string own_rate = std::to_string(1000 + thread);
            if (earmark_embedder_new(&config, &embedder) == EARMARK_OK ||
                std::string(earmark_message()).find(own_rate) == std::string::npos)
                ++wrong;
            config.sample_rate_hz = rate;
            if (earmark_embedder_new(&config, &embedder) != EARMARK_OK) ++wrong;
            earmark_embedder_free(embedder);
        }
    });
    CHECK(wrong == 0);
    earmark_key_free(key);
}
