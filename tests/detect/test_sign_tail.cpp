// The theorem: for levels fixed beforehand and random signs, the bound is never under the true tail. Held against the
// exact distribution: of few levels by going through all sign patterns, of many by adding up level by level.
#include "dsp/detect/statistic.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/signals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

using namespace earmark;
using namespace earmark::test;

namespace {

using Levels = std::vector<SignLevel>;

SignLevel level(double x) {
    constexpr double most = simd::most_sign_level;
    return SignLevel(std::lround(std::clamp(x, -most, most)));
}

Levels normal_levels(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    Levels levels(count);
    for (SignLevel& l : levels) l = level(levels_a_deviation * random.normal());
    return levels;
}

std::vector<Levels> few_levels(int count) {
    Random random(1);
    std::vector<Levels> all;
    for (int i = 0; i < count; ++i) {
        Levels levels(std::size_t(1 + random.below(16)));
        const int kind = i % 4;
        for (SignLevel& l : levels) {
            const double x = random.normal();
            l = level(kind == 0   ? 8 * x
                      : kind == 1 ? std::exp(2 * x)
                      : kind == 2 ? std::copysign(8, x)
                                  : random.below(3) - 1);
        }
        if (kind == 1) levels[0] = 31;  // one chip above all others
        all.push_back(levels);
    }
    return all;
}

int total(const Levels& levels) {
    int sum = 0;
    for (const int l : levels) sum += std::abs(l);
    return sum;
}

// All 2^n sums, largest first.
std::vector<int> all_sums(const Levels& levels) {
    std::vector<int> sums;
    for (unsigned pattern = 0; pattern < 1u << levels.size(); ++pattern) {
        int sum = 0;
        for (std::size_t i = 0; i < levels.size(); ++i) sum += (pattern >> i & 1 ? -1 : 1) * levels[i];
        sums.push_back(sum);
    }
    std::sort(sums.rbegin(), sums.rend());
    return sums;
}

// P(sum >= t) for t = -total .. total, at [t + total]: nothing is ever taken off, so small ones are as exact as large.
std::vector<double> exact_tail(const Levels& levels) {
    const int most = total(levels);
    std::vector<double> share(std::size_t(2 * most + 1)), next(share.size());
    share[std::size_t(most)] = 1;
    int reached = 0;
    for (const int l : levels) {
        const int size = std::abs(l);
        std::fill(next.begin(), next.end(), 0.0);
        for (int s = most - reached; s <= most + reached; ++s) {
            next[std::size_t(s + size)] += share[std::size_t(s)] / 2;
            next[std::size_t(s - size)] += share[std::size_t(s)] / 2;
        }
        reached += size;
        share.swap(next);
    }
    for (std::size_t s = share.size() - 1; s > 0; --s) share[s - 1] += share[s];
    return share;
}

// The supremum over x of x t - sum ln cosh(x R), by going through x.
double best_chernoff(const Levels& levels, int t) {
    double best = 0;
    for (double x = 1e-4; x < 100; x *= 1.01) {
        double value = x * t;
        for (const int l : levels) {
            const double y = std::abs(x * l);
            value -= y + std::log1p(std::exp(-2 * y)) - std::numbers::ln2;
        }
        best = std::max(best, value);
    }
    return best;
}

}  // namespace

TEST_CASE("sign tail: the bound is never under the exact tail, at any sum that can occur") {
    int held = 0;
    for (const Levels& levels : few_levels(trials(80))) {
        const SignTail tail(levels);
        const std::vector<int> sums = all_sums(levels);
        const std::size_t step = std::max<std::size_t>(1, sums.size() / 300);
        for (std::size_t i = 0; i < sums.size() && sums[i] > 0; i += i < 40 ? 1 : step) {
            std::size_t as_large = i + 1;
            while (as_large < sums.size() && sums[as_large] == sums[i]) ++as_large;
            const double exact = double(as_large) / double(sums.size());
            const double bound = std::exp(-tail.exponent(sums[i]));
            if (bound < exact * (1 - 1e-12))
                FAIL_CHECK("n " << levels.size() << ", sum " << sums[i] << ": bound " << bound << " < " << exact);
            ++held;
        }
    }
    CHECK(held > trials(80) * 20);
}

TEST_CASE("sign tail: never weaker than Hoeffding's z^2 / 2 and than the best Chernoff bound") {
    double loosest = 0, weakest = 0;
    for (const Levels& levels : few_levels(trials(80))) {
        const SignTail tail(levels);
        for (double share = 0.02; share < 1; share += 0.07) {
            const int t = int(share * total(levels));
            const double z = t / tail.root_energy();
            if (t > 0) weakest = std::max(weakest, z * z / 2 - tail.exponent(t));
            loosest = std::max(loosest, best_chernoff(levels, t) - tail.exponent(t));
        }
    }
    CHECK(weakest < 1e-9);
    CHECK(loosest < 1e-3);
}

// As many chips as a second, a telephone call and a wideband packet have, from one false alarm in a hundred down to one
// in 10^28, where payloads are read.
TEST_CASE("sign tail: of the levels that audio gives, within a few percent of the exact tail") {
    for (const std::size_t count : {120, 480, 992}) {
        const Levels levels = normal_levels(count, count);
        const SignTail tail(levels);
        const std::vector<double> exact = exact_tail(levels);
        const int most = total(levels);
        for (const double z : {2.5, 4.0, 5.0, 6.0, 7.0, 9.0, 11.0}) {
            const int t = 2 * int(z * tail.root_energy() / 2) + most % 2;
            if (t > most * 0.9) continue;
            const double share = std::exp(-tail.exponent(t)) / exact[std::size_t(t + most)];
            CAPTURE(count);
            CAPTURE(z);
            CHECK(share >= 1);
            CHECK(share <= 1 + 2 / (z * z));
        }
    }
}

// Of n equal levels the tail is the binomial one.
TEST_CASE("sign tail: of equal levels, within a few percent of the exact tail") {
    constexpr int n = 992;
    const SignTail tail(Levels(n, 1));
    for (const double z : {3.0, 4.0, 5.0, 5.5, 6.0, 7.0}) {
        const int least = int(std::ceil((n + z * std::sqrt(double(n))) / 2));  // signs that agree
        double exact = 0;
        for (int k = least; k <= n; ++k)
            exact += std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) -
                              n * std::numbers::ln2);
        const double bound = std::exp(-tail.exponent(2 * least - n));
        CAPTURE(z);
        CHECK(bound >= exact);
        CHECK(bound <= (1 + 2 / (z * z)) * exact);
    }
}

TEST_CASE("sign tail: grows with the sum, blind to polarity and order") {
    for (const Levels& levels : few_levels(trials(40))) {
        const SignTail tail(levels);
        Levels mirrored(levels.rbegin(), levels.rend());
        for (SignLevel& l : mirrored) l = SignLevel(-l);
        const SignTail other(mirrored);
        double before = 0;
        for (int t = total(levels) % 2; t <= total(levels); t += 2) {
            const double exponent = tail.exponent(t);
            CHECK(exponent >= before - 1e-5);
            CHECK(other.exponent(t) == exponent);
            before = exponent;
        }
        CHECK(tail.exponent(0) == 0);
        CHECK(tail.exponent(-1) == 0);
    }
}

TEST_CASE("sign tail: least_sum is the inverse of exponent, never above it") {
    for (const std::size_t count : {120, 480, 992}) {
        CAPTURE(count);
        const Levels levels = normal_levels(count, 2);
        const SignTail tail(levels);
        const double ceiling =
            double(count - std::size_t(std::count(levels.begin(), levels.end(), 0))) * std::numbers::ln2;
        for (const double exponent : {0.1, 1.0, 3.0, 14.0, 60.0, 75.0, 200.0, 500.0, 600.0}) {
            if (exponent >= ceiling) continue;
            CAPTURE(exponent);
            const double t = tail.least_sum(exponent);
            CHECK(tail.exponent(int(t)) < exponent);  // else the decoder would miss payloads
            if (exponent >= 3) CHECK(tail.exponent(int(std::ceil(t))) > exponent - 1);
        }
        CHECK(std::isinf(tail.least_sum(ceiling + 0.1)));
    }
}

TEST_CASE("sign tail: edges") {
    const SignTail none(Levels{}), zeros(Levels(992, 0));
    for (const SignTail* tail : {&none, &zeros}) {
        CHECK(tail->exponent(1) == 0);
        CHECK(tail->root_energy() == 0);
        CHECK(std::isinf(tail->least_sum(1)));
    }
    // All signs agree with probability 2^-n: the exponent reaches n ln 2 and no more.
    for (const int size : {1, 8, 31})
        for (const int n : {1, 2, 13, 992}) {
            CAPTURE(size);
            CAPTURE(n);
            const SignTail equal(Levels(std::size_t(n), SignLevel(-size)));
            CHECK(equal.exponent(n * size) == doctest::Approx(n * std::numbers::ln2).epsilon(1e-4));
            CHECK(equal.exponent(n * size) <= n * std::numbers::ln2 + 1e-6);
            CHECK(std::isinf(equal.least_sum(n * std::numbers::ln2 + 0.01)));
            CHECK(equal.least_sum(n * std::numbers::ln2 * 0.98) < n * size);
        }
    Levels padded(100, 0);
    padded[42] = 8;
    CHECK(SignTail(padded).exponent(8) == doctest::Approx(std::numbers::ln2).epsilon(1e-4));
}

TEST_CASE("levels: blind to sign and scale, rounded for next to nothing, and clipped") {
    Random random(3);
    std::vector<float> residuals(992), mirrored(992);
    for (std::size_t i = 0; i < residuals.size(); ++i) {
        residuals[i] = i % 3 == 0 ? 0 : float(random.normal());
        mirrored[i] = -1e5f * residuals[i];
    }
    residuals[1] = 1000 * (mirrored[1] < 0 ? 1.0f : -1.0f);
    mirrored[1] = -1e5f * residuals[1];
    Levels levels(992), others(992);
    to_levels(residuals, levels.data());
    to_levels(mirrored, others.data());
    for (std::size_t i = 0; i < levels.size(); ++i) CHECK(levels[i] == -others[i]);
    CHECK(std::abs(levels[1]) == simd::most_sign_level);

    residuals[1] = 0;
    to_levels(residuals, levels.data());
    double along = 0, energy = 0, own = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        along += levels[i] * double(residuals[i]);
        energy += double(residuals[i]) * residuals[i];
        own += levels[i] * levels[i];
        CHECK((levels[i] == 0 || residuals[i] != 0));
    }
    CHECK(along * along / (energy * own) > 1 - 1.0 / 600);
    CHECK(std::sqrt(own / 660) == doctest::Approx(levels_a_deviation).epsilon(0.02));

    to_levels(std::vector<float>(992), levels.data());
    CHECK(std::all_of(levels.begin(), levels.end(), [](SignLevel l) { return l == 0; }));
}

TEST_CASE("log10_p: p over weight, never above 1") {
    CHECK(log10_p(10 * std::numbers::ln10, 0) == doctest::Approx(-10));
    CHECK(log10_p(10 * std::numbers::ln10, -3 * std::numbers::ln10) == doctest::Approx(-7));
    CHECK(log10_p(1, -5) == 0);
    CHECK(log10_p(0, 0) == 0);
}
