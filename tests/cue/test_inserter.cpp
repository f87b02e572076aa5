#include "tests/support/allocations.hpp"

#include <earmark/cue.hpp>
#include <earmark/error.hpp>

#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 8000;

Audio numbered_cue(std::size_t samples) {
    std::vector<float> cue(samples);
    for (std::size_t i = 0; i < samples; ++i) cue[i] = -1.0f - static_cast<float>(i);
    return {{cue, cue}, rate};
}

std::vector<float> numbered_host(std::size_t samples) {
    std::vector<float> host(samples);
    for (std::size_t i = 0; i < samples; ++i) host[i] = 1.0f + static_cast<float>(i);
    return host;
}

using Sizes = std::function<std::size_t()>;

// Two channels, the second the negative of the first's host; gives the first after checking that both kept step.
std::vector<float> stream(CueInserter& inserter, const std::vector<float>& host, const Sizes& size) {
    std::vector<float> negative, out;
    for (const float x : host) negative.push_back(-x);
    std::vector<float> left(5000), right(5000);
    float* const to[] = {left.data(), right.data()};
    const auto keep = [&](std::size_t put) { out.insert(out.end(), left.begin(), left.begin() + put); };
    for (std::size_t done = 0; done < host.size();) {
        const std::size_t offered = std::min(size(), host.size() - done);
        const float* const in[] = {host.data() + done, negative.data() + done};
        const CueInserter::Step step = inserter.process(in, offered, to, std::min<std::size_t>(size(), left.size()));
        for (std::size_t i = 0; i < step.put; ++i) REQUIRE((left[i] > 0 ? left[i] == -right[i] : left[i] == right[i]));
        keep(step.put);
        done += step.taken;
    }
    while (const std::size_t put = inserter.finish(to, std::min<std::size_t>(size(), left.size()))) keep(put);
    return out;
}

std::vector<float> expected(const std::vector<float>& host, const InsertConfig& config) {
    const auto pause = static_cast<std::size_t>(config.pause_s * rate);
    std::vector<float> out;
    const auto insert = [&] {
        out.insert(out.end(), pause, 0.0f);
        out.insert(out.end(), config.cue.channels[0].begin(), config.cue.channels[0].end());
        out.insert(out.end(), pause, 0.0f);
    };
    const auto every = static_cast<std::size_t>(config.every_s * rate);
    for (std::size_t i = 0; i < host.size(); ++i) {
        const bool listed = std::find(config.at.begin(), config.at.end(), i) != config.at.end();
        if (listed || (every > 0 && i > 0 && i % every == 0)) insert();
        out.push_back(host[i]);
    }
    if (config.at_end) insert();
    return out;
}

}  // namespace

TEST_CASE("inserter: the host comes out sample for sample, the cue where it was asked for, in any block size") {
    const std::vector<float> host = numbered_host(30000);
    const std::vector<InsertConfig> configs{
        {.cue = numbered_cue(300), .at = {0}},
        {.cue = numbered_cue(300), .at_end = true, .pause_s = 0},
        {.cue = numbered_cue(1), .at = {0, 1, 2, 29999}, .at_end = true, .pause_s = 0.001},
        {.cue = numbered_cue(900), .at = {8000, 12345}, .every_s = 1, .at_end = true},
        {.cue = numbered_cue(300), .at = {30000, 99999}},  // never reached
    };
    for (const InsertConfig& config : configs) {
        CueInserter inserter(config);
        const std::vector<float> wanted = expected(host, config);
        for (const std::size_t size : {1, 7, 160, 4096, 100000}) {
            CHECK(stream(inserter, host, [&] { return size; }) == wanted);  // ready for a new stream each time
        }
        std::mt19937 random(1);
        CHECK(stream(inserter, host, [&] { return 1 + random() % 3000; }) == wanted);
    }
}

TEST_CASE("inserter: reset in the middle of a cue makes it as new") {
    const InsertConfig config{.cue = numbered_cue(900), .at = {10}, .at_end = true};
    CueInserter inserter(config);
    const std::vector<float> host = numbered_host(2000);
    std::vector<float> left(500), right(500);
    float* const to[] = {left.data(), right.data()};
    const float* const in[] = {host.data(), host.data()};
    inserter.process(in, 2000, to, 500);
    inserter.reset();
    CHECK(stream(inserter, host, [] { return 100; }) == expected(host, config));
}

TEST_CASE("inserter: process() and finish() do not allocate") {
    CueInserter inserter({.cue = numbered_cue(900), .at = {0, 100}, .every_s = 1, .at_end = true});
    const std::vector<float> host = numbered_host(20000);
    std::vector<float> left(512), right(512);
    float* const to[] = {left.data(), right.data()};
    const std::size_t before = allocations();
    for (std::size_t done = 0; done < host.size();) {
        const float* const in[] = {host.data() + done, host.data() + done};
        done += inserter.process(in, host.size() - done, to, left.size()).taken;
    }
    while (inserter.finish(to, left.size()) > 0) {
    }
    CHECK(allocations() == before);
}

TEST_CASE("inserter: what cannot be is refused") {
    const auto refused = [](const InsertConfig& config) {
        try {
            CueInserter inserter(config);
        } catch (const Error&) {
            return true;
        }
        return false;
    };
    CHECK(!refused({.cue = numbered_cue(10)}));
    CHECK(refused({.cue = {}}));
    CHECK(refused({.cue = {{{}}, rate}}));
    CHECK(refused({.cue = {{{1, 2}, {1}}, rate}}));
    CHECK(refused({.cue = {{{1, NAN}}, rate}}));
    CHECK(refused({.cue = numbered_cue(10), .at = {5, 5}}));
    CHECK(refused({.cue = numbered_cue(10), .at = {6, 5}}));
    CHECK(refused({.cue = numbered_cue(10), .every_s = 0.5}));
    CHECK(refused({.cue = numbered_cue(10), .pause_s = 11}));
}
