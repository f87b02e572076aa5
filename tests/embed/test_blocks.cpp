// The same samples come out whatever the blocks they came in, at every rate; and what starts anew starts as new.
#include "dsp/embed/spreader.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/mono.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rates[]{8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000, 192000};

std::function<std::size_t()> blocks_of(std::size_t size) {
    return [size] { return size; };
}

}  // namespace

TEST_CASE("embedder: blocks of any size give the bits of embed()") {
    for (const int rate : rates) {
        CAPTURE(rate);
        const EmbedConfig config = mono_config(rate);
        const Samples host = speech_like(0.4321, rate, 11);
        const Samples expected = embed_mono(host, config).samples;
        REQUIRE(expected != host);
        Embedder embedder(config);
        for (const std::size_t size : {1, 2, 3, 7, 160, 1000}) {
            CAPTURE(size);
            CHECK(stream_mono(embedder, host, blocks_of(size)) == expected);
        }
        Random random(5);
        CHECK(stream_mono(embedder, host, [&] { return std::size_t(random.below(5000)); }) == expected);
    }
}

TEST_CASE("embedder: in and out may be the same memory") {
    for (const int rate : {8000, 44100}) {
        const EmbedConfig config = mono_config(rate);
        const Samples host = speech_like(0.7, rate, 12);
        const Samples expected = embed_mono(host, config).samples;
        for (const std::size_t size : {std::size_t{1}, std::size_t{163}, host.size()}) {
            Embedder embedder(config);
            Samples memory = host;
            memory.resize(host.size() + embedder.latency_samples());
            for (std::size_t done = 0; done < host.size(); done += size) {
                float* both = memory.data() + done;
                embedder.process(&both, &both, std::min(size, host.size() - done));
            }
            float* tail = memory.data() + host.size();
            embedder.flush(&tail);
            CHECK(slice(memory, embedder.latency_samples(), memory.size()) == expected);
        }
    }
}

TEST_CASE("embedder: every length comes out as long as it went in") {
    for (const int rate : {8000, 11025, 48000}) {
        const EmbedConfig config = mono_config(rate);
        Embedder embedder(config);
        const std::size_t hop = std::size_t(FrameSizes(rate).hop), latency = embedder.latency_samples();
        const Samples longest = speech_like(0.5, rate, 13);
        for (const std::size_t length : {std::size_t{1}, std::size_t{2}, hop - 1, hop, hop + 1, 2 * hop, latency - 1,
                                         latency, latency + 1, latency + hop, 4 * latency + 3}) {
            CAPTURE(length);
            const Samples host = slice(longest, longest.size() / 3, longest.size() / 3 + length);
            REQUIRE(host.size() == length);
            const MonoMarked marked = embed_mono(host, config);
            CHECK(marked.samples.size() == length);
            CHECK(marked.report.samples == length);
            CHECK(stream_mono(embedder, host, blocks_of(hop - 1)) == marked.samples);
        }
    }
}

// A sample that leaves depends on nothing later than the latency says, so cutting the host changes only the end.
TEST_CASE("embedder: marked samples wait for no more than the latency") {
    for (const int rate : {8000, 22050, 48000}) {
        const EmbedConfig config = mono_config(rate);
        const std::size_t latency = Embedder(config).latency_samples();
        const Samples host = speech_like(0.6, rate, 14), whole = embed_mono(host, config).samples;
        for (const std::size_t cut : {host.size() / 2, host.size() / 2 + 17, host.size() - 1}) {
            const Samples part = embed_mono(slice(host, 0, cut), config).samples;
            CHECK(slice(part, 0, cut - latency) == slice(whole, 0, cut - latency));
        }
    }
}

TEST_CASE("latency: constant, and at most 32 ms at every rate") {
    double longest_ms = 0;
    for (int rate = 8000; rate <= 192000; ++rate) {
        const FrameSizes sizes(rate);
        longest_ms = std::max(longest_ms, 1000.0 * (sizes.delay() + sizes.hop) / rate);
        if (sizes.hop % 2 != 0 || sizes.frame != 4 * sizes.hop || sizes.mask_window != 2 * sizes.frame)
            FAIL_CHECK("sizes at " << rate);
        if (sizes.ahead() < 0 || sizes.frame_transform() * sizes.reduction < sizes.frame)
            FAIL_CHECK("sizes at " << rate);
        if (std::abs(sizes.hop - hop_s * rate) > 1.001 * sizes.reduction) FAIL_CHECK("hop is not 4 ms at " << rate);
    }
    CHECK(longest_ms <= 32);
    for (const int rate : rates) {
        const FrameSizes sizes(rate);
        CHECK(Embedder(mono_config(rate)).latency_samples() == std::size_t(sizes.delay() + sizes.hop));
    }
}

TEST_CASE("embedder: zeros leave before the first sample") {
    Embedder embedder(mono_config(16000));
    const Samples host(embedder.latency_samples(), 0.5f);
    Samples out(host.size(), 1.0f);
    const float* in = host.data();
    float* to = out.data();
    embedder.process(&in, &to, host.size());
    CHECK(energy(out) == 0);
}

TEST_CASE("embedder: after flush, and after reset in the middle, it is as new") {
    const int rate = 11025;
    const EmbedConfig config = mono_config(rate);
    const Samples first = white_noise(1.234, rate, 0.3, 1), second = speech_like(0.8, rate, 15);
    const MonoMarked expected = embed_mono(second, config);

    Embedder flushed(config);
    stream_mono(flushed, first, blocks_of(100));
    CHECK(stream_mono(flushed, second, blocks_of(100)) == expected.samples);
    CHECK(flushed.report().samples == second.size());
    CHECK(flushed.report().mark_db == expected.report.mark_db);
    CHECK(flushed.report().active_s == expected.report.active_s);

    Embedder stopped(config);
    Samples nowhere(first.size());
    const float* in = first.data();
    float* to = nowhere.data();
    stopped.process(&in, &to, first.size() - 7);
    stopped.reset();
    CHECK(stopped.report().samples == 0);
    CHECK(stream_mono(stopped, second, blocks_of(100)) == expected.samples);

    Embedder moved(std::move(stopped));
    CHECK(stream_mono(moved, second, blocks_of(100)) == expected.samples);

    Samples tail(moved.latency_samples(), 1.0f);
    float* end = tail.data();
    moved.flush(&end);  // nothing came since the last: only silence is left
    CHECK(energy(tail) == 0);
    CHECK(moved.report().samples == 0);
}

TEST_CASE("embedder: process() and flush() do not allocate") {
    const Samples host = speech_like(1, 48000, 16);
    Embedder embedder(mono_config(48000));
    Samples out(host.size() + embedder.latency_samples());
    const float* in = host.data();
    float *to = out.data(), *tail = to + host.size();
    const std::size_t before = allocations();
    embedder.process(&in, &to, host.size());
    embedder.flush(&tail);
    embedder.process(&in, &to, 100);
    embedder.reset();
    CHECK(allocations() == before);
    CHECK(before > 0);
}
