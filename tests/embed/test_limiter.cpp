#include "dsp/embed/limiter.hpp"

#include "tests/support/signals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int hop = 32;

struct Limited {
    Samples marked;
    std::vector<bool> told;  // limited(), hop by hop
};

// Both signals through the limiter, its hop of delay cut off.
Limited limit(const Samples& host, const Samples& change) {
    Limiter limiter(hop);
    limiter.reset();
    Limited out;
    for (std::size_t at = 0; at <= host.size(); at += hop) {
        Samples next_host = slice(host, at, at + hop), next_change = slice(change, at, at + hop);
        next_host.resize(hop);
        next_change.resize(hop);
        const auto marked = limiter.add_hop(next_host, next_change);
        if (at == 0) continue;
        out.marked.insert(out.marked.end(), marked.begin(), marked.end());
        out.told.push_back(limiter.limited());
    }
    return out;
}

}  // namespace

TEST_CASE("limiter: never past max(1, |host|), not even by rounding") {
    Random random(1);
    Samples host(20000 * hop), change(host.size());
    for (std::size_t i = 0; i < host.size(); ++i) {
        host[i] = float(random.between(0.9, 1.1) * (random.below(2) ? 1 : -1));
        change[i] = float(random.between(-0.5, 0.5));
    }
    const Samples marked = limit(host, change).marked;
    double worst = -1, farthest = -1;
    for (std::size_t i = 0; i < host.size(); ++i) {
        worst = std::max(worst, std::abs(double(marked[i])) - std::max(1.0, std::abs(double(host[i]))));
        farthest = std::max(farthest, std::abs(double(marked[i]) - host[i]) - std::abs(double(change[i])));
    }
    CHECK(worst <= 0);
    CHECK(farthest < 1e-6);  // a host beyond full scale is not pulled back
}

TEST_CASE("limiter: what does not clip passes bit for bit") {
    const Samples host = scaled(speech_like(1, 8000, 2), 1.5), change = white_noise(1, 8000, 0.02, 3);
    const Limited limited = limit(host, change);
    CHECK(slice(limited.marked, 0, host.size()) == sum(host, change));
    CHECK(std::none_of(limited.told.begin(), limited.told.end(), [](bool told) { return told; }));
}

// One sample of hop 4 leaves room for a quarter of the change.
TEST_CASE("limiter: the mark gets as shallow as one sample asks, no more, on a straight line from hop to hop") {
    Samples host(10 * hop, 0.0f);
    const Samples change(host.size(), 0.4f);
    host[4 * hop + 10] = 0.9f;
    const Limited limited = limit(host, change);
    float largest_step = 0;
    for (std::size_t i = 0; i < host.size(); ++i) {
        CAPTURE(i);
        const float gain = (limited.marked[i] - host[i]) / change[i];
        const std::size_t in_hop = i / hop;
        CHECK(gain <= 1);
        CHECK(gain >= 0.25f - 1e-6f);
        if (in_hop == 4) CHECK(gain == doctest::Approx(0.25));
        if (in_hop < 3 || in_hop > 5) CHECK(gain == doctest::Approx(1));
        if (i > 0)
            largest_step =
                std::max(largest_step, std::abs(gain - (limited.marked[i - 1] - host[i - 1]) / change[i - 1]));
    }
    CHECK(largest_step <= 0.75f / hop + 1e-5f);
    for (std::size_t h = 0; h < limited.told.size(); ++h) CHECK(limited.told[h] == (h >= 3 && h <= 5));
}
