// The verdict while the audio comes: when it begins, what it says, when it ends; in any blocks, on any thread, with the
// call moved to another detector half way.
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/verdicts.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <thread>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 8000;
constexpr std::size_t telephone_block = 160;  // 20 ms

struct Event {
    std::size_t at;  // samples pushed
    Detection verdict;
};

std::vector<Event> listen(Detector& detector, const Samples& received, const std::function<std::size_t()>& next_block,
                          std::size_t from = 0) {
    std::vector<Event> events;
    for (std::size_t done = from; done < received.size();) {
        const std::size_t count = std::min(next_block(), received.size() - done);
        const float* in = received.data() + done;
        detector.push(&in, count);
        done += count;
        if (auto verdict = detector.poll()) events.push_back({done, std::move(*verdict)});
    }
    return events;
}

std::vector<Event> listen(const Samples& received) {
    Detector detector(detect_config(rate));
    return listen(detector, received, [] { return telephone_block; });
}

// Unmarked, marked from 8 s to 20 s, unmarked to 34 s.
Samples call_with_a_mark(std::uint64_t seed) {
    Samples received = speech_like(34, rate, seed);
    const Samples marked = embed_mono(received, mono_config(rate)).samples;
    std::copy(marked.begin() + 8 * rate, marked.begin() + 20 * rate, received.begin() + 8 * rate);
    return received;
}

bool same_events(const std::vector<Event>& a, const std::vector<Event>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Event& x, const Event& y) { return x.at == y.at && same(x.verdict, y.verdict); });
}

}  // namespace

TEST_CASE("streaming: a mark begins, says its payload, goes on and ends") {
    constexpr double begin_limit_s = 1.5, payload_limit_s = 4, end_limit_s = 6, border_limit_s = 1.1;
    for (const std::uint64_t seed : {401, 402, 403}) {
        CAPTURE(seed);
        const Samples received = call_with_a_mark(seed);
        double began_s = 0, read_s = 0, ended_s = 0;
        double last_log10_p = 0;
        for (const Event& event : listen(received)) {
            const double now_s = double(event.at) / rate;
            const Detection& verdict = event.verdict;
            if (began_s > 0) CHECK(verdict.marked);  // once marked, always marked
            CHECK(verdict.log10_p <= last_log10_p);
            last_log10_p = verdict.log10_p;
            if (!verdict.marked) continue;
            if (began_s == 0) {
                began_s = now_s;
                CHECK(verdict.ongoing);
                CHECK(verdict.decided_s > now_s - 0.1);
                CHECK(verdict.log10_p <= -6);
            }
            CHECK(verdict.key == "key");
            CHECK(std::abs(verdict.start_s - 8) < border_limit_s);
            if (verdict.payload && read_s == 0) read_s = now_s;
            if (verdict.payload) CHECK(verdict.payload == some_payload);
            if (!verdict.ongoing && ended_s == 0) {
                ended_s = now_s;
                CHECK(std::abs(verdict.end_s - 20) < border_limit_s);
            }
        }
        CHECK(began_s > 8);
        CHECK(began_s < 8 + begin_limit_s);
        CHECK(read_s > 8);
        CHECK(read_s < 8 + payload_limit_s);
        CHECK(ended_s > 20);
        CHECK(ended_s < 20 + end_limit_s);
        CHECK(last_log10_p < -20);
    }
}

TEST_CASE("streaming: a second mark of the same call is another segment") {
    Samples received = speech_like(40, rate, 404);
    const Samples marked = embed_mono(received, mono_config(rate)).samples;
    for (const int start_s : {4, 26})
        std::copy(marked.begin() + start_s * rate, marked.begin() + (start_s + 8) * rate,
                  received.begin() + start_s * rate);
    int begins = 0;
    bool ongoing = false;
    Detection last;
    for (const Event& event : listen(received)) {
        begins += event.verdict.ongoing && !ongoing;
        ongoing = event.verdict.ongoing;
        last = event.verdict;
    }
    CHECK(begins == 2);
    CHECK(last.segments.size() == 2);
}

TEST_CASE("streaming: polls are renewed every half second at least, and say nothing new in between") {
    const Samples received = speech_like(6, rate, 405);
    std::size_t last = 0;
    const auto events = listen(received);
    for (const Event& event : events) {
        CHECK(event.at - last <= rate / 2);
        CHECK(event.verdict.duration_s <= double(event.at) / rate);
        CHECK(event.verdict.duration_s > double(event.at) / rate - 0.1);
        last = event.at;
    }
    CHECK(events.size() >= 22);
    CHECK(events.size() <= 26);  // unmarked: the quarters of a second alone
    Detector detector(detect_config(rate));
    CHECK_FALSE(detector.poll());
}

// Blocks of 1 to 32 samples hold at most one row: they see every event as it comes. Longer ones see the last of a
// block.
TEST_CASE("streaming: blocks of any size give the same events") {
    Samples received = call_with_a_mark(406);
    if (sanitized) received.resize(14 * rate);
    Detector detector(detect_config(rate));
    const auto fine = listen(detector, received, [] { return std::size_t{32}; });
    detector.reset();
    REQUIRE(fine.back().verdict.marked);
    for (const std::size_t size : {1, 7, 31}) {
        CAPTURE(size);
        const auto events = listen(detector, received, [&] { return size; });
        detector.reset();
        REQUIRE(events.size() == fine.size());
        CHECK(std::equal(events.begin(), events.end(), fine.begin(),
                         [](const Event& a, const Event& b) { return same(a.verdict, b.verdict); }));
    }
    Random random(1);
    for (const auto& next :
         std::vector<std::function<std::size_t()>>{[] { return telephone_block; }, [] { return std::size_t{4801}; },
                                                   [&] { return std::size_t(1 + random.below(6000)); }}) {
        for (const Event& event : listen(detector, received, next)) {
            // The last event that fine blocks had seen by then.
            const auto after = std::upper_bound(fine.begin(), fine.end(), event.at,
                                                [](std::size_t at, const Event& e) { return at < e.at; });
            REQUIRE(after != fine.begin());
            const bool in_time =
                after == fine.end() || after->at > event.at + 31 || !same(event.verdict, after->verdict);
            CHECK((same(event.verdict, (after - 1)->verdict) || !in_time));
        }
        detector.reset();
    }
}

TEST_CASE("streaming: many streams on several threads share one plan, and hear what one alone hears") {
    const Samples received = embed_mono(speech_like(5, rate, 407), mono_config(rate)).samples;
    const DetectPlan plan(detect_config(rate));
    Detector alone(plan);
    const auto expected = listen(alone, received, [] { return telephone_block; });
    const Detection final_verdict = alone.finish();
    std::atomic<int> differing = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&] {
            for (int stream = 0; stream < 3; ++stream) {
                Detector detector(plan);
                const bool events = same_events(listen(detector, received, [] { return telephone_block; }), expected);
                if (!events || !same(detector.finish(), final_verdict)) ++differing;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(differing == 0);
}

// Silence first, so that the mark stands anywhere in the call: every start is paid for.
TEST_CASE("streaming: one in a million stays one in a million for random keys, calls of any length") {
    int marked = 0;
    std::vector<double> log10_ps;
    const Samples host = speech_like(sanitized ? 15 : 40, rate, 408);
    for (int trial = 0; trial < trials(120); ++trial) {
        Detector detector(detect_config(rate, numbered_key(20000 + trial)));
        const float* in = host.data();
        detector.push(&in, host.size());
        const auto verdict = detector.poll();
        REQUIRE(verdict);
        marked += verdict->marked;
        log10_ps.push_back(verdict->log10_p);
    }
    CHECK(marked == 0);
    const double n = double(log10_ps.size());
    for (const double alpha : {0.5, 0.2, 0.1, 0.05}) {
        const auto hits =
            std::count_if(log10_ps.begin(), log10_ps.end(), [&](double p) { return p <= std::log10(alpha); });
        CAPTURE(alpha);
        CHECK(double(hits) <= alpha * n + 4 * std::sqrt(alpha * (1 - alpha) * n) + 1);
    }
}
