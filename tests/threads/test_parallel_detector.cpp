// Several threads on one signal: bit for bit what one detector says that hears it all.
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/verdicts.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr double piece_s = 16.384;

// Unmarked, a mark, digital silence, near silence, another mark, and at the end a mark that goes on.
Samples long_call(double seconds, int rate, std::uint64_t seed) {
    Samples call = speech_like(seconds, rate, seed);
    const Samples marked = embed_mono(call, mono_config(rate)).samples;
    const auto copy_part = [&](double from, double until) {
        for (std::size_t i = samples_in(from, rate); i < std::min(samples_in(until, rate), call.size()); ++i)
            call[i] = marked[i];
    };
    const auto scale_part = [&](double from, double until, float gain) {
        for (std::size_t i = samples_in(from, rate); i < std::min(samples_in(until, rate), call.size()); ++i)
            call[i] *= gain;
    };
    copy_part(12, 21);
    scale_part(24, 45, 0);
    scale_part(45, 52, 1e-4f);
    copy_part(60, 70);
    copy_part(80, seconds);
    return call;
}

using Channels = std::vector<Samples>;

template <class AnyDetector>
Detection judge(AnyDetector&& detector, const Channels& received, const std::function<std::size_t()>& next_block) {
    const std::size_t length = received.front().size();
    for (std::size_t done = 0; done < length;) {
        const std::size_t count = std::min(next_block(), length - done);
        std::vector<const float*> in;
        for (const Samples& channel : received) in.push_back(channel.data() + done);
        detector.push(in.data(), count);
        done += count;
    }
    return detector.finish();
}

std::function<std::size_t()> blocks_of(std::size_t samples) {
    return [samples] { return samples; };
}

void check_same(const DetectConfig& config, const Channels& received, int threads, std::size_t block) {
    CAPTURE(threads);
    CAPTURE(block);
    CAPTURE(received.front().size());
    const Detection expected = judge(Detector(config), received, blocks_of(4096));
    const Detection found = judge(ParallelDetector(config, threads), received, blocks_of(block));
    CHECK(same(found, expected));
}

}  // namespace

TEST_CASE("parallel: the verdict of one detector, whatever threads and blocks") {
    for (const int rate : {8000, 11025}) {
        if (sanitized && rate != 8000) continue;
        const Samples call = long_call(115, rate, 801);
        DetectConfig config = detect_config(rate);
        config.scores = true;
        const Detection expected = judge(Detector(config), {call}, blocks_of(4096));
        CHECK(expected.segments.size() >= 2);
        for (const int threads : {1, 2, 3, 5, 40})
            for (const std::size_t block : {std::size_t{333}, std::size_t{8192}, call.size()}) {
                if (sanitized && (threads != 3 || block != 8192)) continue;
                CAPTURE(threads);
                CAPTURE(block);
                CHECK(same(judge(ParallelDetector(config, threads), {call}, blocks_of(block)), expected));
            }
    }
}

TEST_CASE("parallel: lengths about a piece, and none") {
    constexpr int rate = 8000;
    const Samples call = long_call(70, rate, 802);
    const DetectConfig config = detect_config(rate);
    for (const double seconds : {0.0, 0.001, 5.0, piece_s, piece_s + 0.0125, 2 * piece_s, 2 * piece_s + 0.008, 50.0})
        for (const int nearby : {-1, 0, 1}) {
            const auto length = static_cast<std::ptrdiff_t>(std::lround(seconds * rate)) + nearby;
            if (sanitized && (nearby != 0 || seconds != piece_s + 0.0125)) continue;
            if (length >= 0) check_same(config, {slice(call, 0, static_cast<std::size_t>(length))}, 2, 1000);
        }
}

TEST_CASE("parallel: channels, many keys, the scale search, and samples that are no numbers") {
    constexpr int rate = 8000;
    const double seconds = sanitized ? 40 : 75;
    Samples call = long_call(seconds, rate, 803);
    DetectConfig config = detect_config(rate);
    const Samples other = speech_like(seconds, rate, 804);
    SUBCASE("channels") {
        config.channels = 3;
        check_same(config, {other, call, silence(seconds, rate)}, 2, 1000);
        if (!sanitized) check_same(config, {other, silence(seconds, rate), call}, 7, 30000);
    }
    SUBCASE("many keys") {
        config.keys.clear();
        for (int number = 12; number > 0; --number)
            config.keys.push_back({std::to_string(number), numbered_key(number)});
        check_same(config, {call}, 3, 1000);
    }
    SUBCASE("scales") {
        config.search = Search::full;
        check_same(config, {slice(call, 0, (sanitized ? 4 : 20) * rate)}, 3, 1000);
    }
    SUBCASE("no numbers") {
        for (std::size_t i = 7; i < call.size(); i += 40009) call[i] = std::numeric_limits<float>::quiet_NaN();
        call[20 * rate] = -std::numeric_limits<float>::infinity();
        check_same(config, {call}, 2, 1000);
    }
}

TEST_CASE("parallel: a detector may be given up, and says what it cannot take") {
    const Samples call = speech_like(40, 8000, 805);
    const float* in = call.data();
    {
        ParallelDetector detector(detect_config(8000), 2);
        detector.push(&in, call.size());
        ParallelDetector moved = std::move(detector);
    }
    CHECK_THROWS_WITH_AS(ParallelDetector(detect_config(8000), -1), "threads: -1 is below 0", Error);
    CHECK_THROWS_AS(ParallelDetector(detect_config(7999), 2), Error);
}
