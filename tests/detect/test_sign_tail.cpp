// The theorem: for residuals fixed beforehand and random signs, the bound is never under the true tail. Held against
// the exact distribution, by going through all sign patterns.
#include "dsp/detect/statistic.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/signals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace earmark;
using namespace earmark::test;

namespace {

using Residuals = std::vector<float>;

std::vector<Residuals> random_residuals(int count) {
    Random random(1);
    std::vector<Residuals> all;
    for (int i = 0; i < count; ++i) {
        Residuals residuals(std::size_t(1 + random.below(16)));
        const int kind = i % 4;
        for (float& r : residuals) {
            const double x = random.normal();
            r = float(kind == 0   ? x
                      : kind == 1 ? std::exp(2 * x)
                      : kind == 2 ? std::copysign(1, x)
                                  : random.below(3) - 1);
        }
        if (kind == 1) residuals[0] = 30;  // one chip above all others
        all.push_back(residuals);
    }
    return all;
}

// All 2^n sums, largest first.
std::vector<double> all_sums(const Residuals& residuals) {
    std::vector<double> sums;
    for (unsigned pattern = 0; pattern < 1u << residuals.size(); ++pattern) {
        double sum = 0;
        for (std::size_t i = 0; i < residuals.size(); ++i) sum += (pattern >> i & 1 ? -1.0 : 1.0) * residuals[i];
        sums.push_back(sum);
    }
    std::sort(sums.rbegin(), sums.rend());
    return sums;
}

double total(const Residuals& residuals) {
    double sum = 0;
    for (const float r : residuals) sum += std::abs(r);
    return sum;
}

// The supremum over x of x t - sum ln cosh(x R), by going through x.
double best_exponent(const Residuals& residuals, double t) {
    double best = 0;
    const double scale = t / (total(residuals) * total(residuals) / double(residuals.size()));
    for (double x = scale / 8; x < scale * 400; x *= 1.01) {
        double value = x * t;
        for (const float r : residuals) {
            const double y = std::abs(x * r);
            value -= y + std::log1p(std::exp(-2 * y)) - std::numbers::ln2;
        }
        best = std::max(best, value);
    }
    return best;
}

}  // namespace

TEST_CASE("sign tail: the bound is never under the exact tail, at any sum that can occur") {
    int held = 0;
    for (const Residuals& residuals : random_residuals(trials(80))) {
        const SignTail tail(residuals);
        const std::vector<double> sums = all_sums(residuals);
        const std::size_t step = std::max<std::size_t>(1, sums.size() / 300);
        for (std::size_t i = 0; i < sums.size() && sums[i] > 0; i += i < 40 ? 1 : step) {
            std::size_t as_large = i + 1;
            while (as_large < sums.size() && sums[as_large] == sums[i]) ++as_large;
            const double exact = double(as_large) / double(sums.size());
            const double bound = std::exp(-tail.exponent(sums[i]));
            if (bound < exact * (1 - 1e-12))
                FAIL_CHECK("n " << residuals.size() << ", sum " << sums[i] << ": bound " << bound << " < " << exact);
            ++held;
        }
    }
    CHECK(held > trials(80) * 20);
}

TEST_CASE("sign tail: never weaker than Hoeffding's z^2 / 2, and as sharp as the best Chernoff bound") {
    constexpr double sharpness = 1e-3;
    double loosest = 0, weakest = 0;
    for (const Residuals& residuals : random_residuals(trials(80))) {
        const SignTail tail(residuals);
        if (tail.root_energy() == 0) continue;
        for (double share = 0.02; share < 1; share += 0.07) {
            const double t = share * total(residuals), z = t / tail.root_energy();
            weakest = std::max(weakest, z * z / 2 - tail.exponent(t));
            loosest = std::max(loosest, best_exponent(residuals, t) - tail.exponent(t));
        }
    }
    CHECK(weakest < 1e-9);
    CHECK(loosest < sharpness);
}

// Of n equal residuals the tail is the binomial one: near the threshold the bound is within a factor of 4 of it.
TEST_CASE("sign tail: where verdicts fall, hardly above the exact tail") {
    constexpr int n = 992;
    const SignTail tail(Residuals(n, 0.7f));
    for (const double z : {3.0, 4.0, 5.0, 5.5, 6.0, 7.0}) {
        const int least = int(std::ceil((n + z * std::sqrt(double(n))) / 2));  // signs that agree
        double exact = 0;
        for (int k = least; k <= n; ++k)
            exact += std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) -
                              n * std::numbers::ln2);
        const double bound = std::exp(-tail.exponent(0.7f * (2.0 * least - n)));
        CAPTURE(z);
        CHECK(bound >= exact);
        CHECK(bound <= 4 * exact);
    }
}

TEST_CASE("sign tail: grows with the sum, blind to polarity, order and scale") {
    for (const Residuals& residuals : random_residuals(trials(40))) {
        const SignTail tail(residuals);
        Residuals mirrored(residuals.rbegin(), residuals.rend());
        for (float& r : mirrored) r *= -1024;
        const SignTail other(mirrored);
        double before = 0;
        for (double share = 0.01; share < 1; share += 0.01) {
            const double t = share * total(residuals), exponent = tail.exponent(t);
            CHECK(exponent >= before - 1e-5);
            CHECK(other.exponent(1024 * t) == doctest::Approx(exponent).epsilon(1e-6));
            before = exponent;
        }
        CHECK(tail.exponent(0) == 0);
        CHECK(tail.exponent(-1) == 0);
    }
}

TEST_CASE("sign tail: least_sum is the inverse of exponent") {
    Random random(2);
    Residuals residuals(992);
    for (float& r : residuals) r = float(random.normal());
    const SignTail tail(residuals);
    for (const double exponent : {0.01, 0.1, 0.5, 1.0, 3.0, 14.0, 60.0, 200.0, 500.0, 600.0}) {
        CAPTURE(exponent);
        const double t = tail.least_sum(exponent);
        CHECK(tail.exponent(t) == doctest::Approx(exponent).epsilon(1e-3));
        CHECK(tail.exponent(t) < exponent * (1 + 1e-9) + 1e-5);  // never too high: the decoder would miss payloads
    }
    CHECK(tail.least_sum(992 * std::numbers::ln2 + 0.1) == std::numeric_limits<double>::infinity());
}

TEST_CASE("sign tail: edges") {
    const SignTail none(Residuals{}), zeros(Residuals(992, 0.0f));
    for (const SignTail* tail : {&none, &zeros}) {
        CHECK(tail->exponent(1) == 0);
        CHECK(tail->root_energy() == 0);
        CHECK(std::isinf(tail->least_sum(1)));
    }
    for (const float size : {1e-30f, 0.3f, 1e6f}) {
        CAPTURE(size);
        // All signs agree with probability 2^-n: the exponent reaches n ln 2 and no more.
        for (const int n : {1, 2, 13, 992}) {
            CAPTURE(n);
            const SignTail equal(Residuals(std::size_t(n), -size));
            CHECK(equal.exponent(n * double(size)) == doctest::Approx(n * std::numbers::ln2).epsilon(1e-4));
            CHECK(equal.exponent(n * double(size)) <= n * std::numbers::ln2 + 1e-6);
            CHECK(std::isinf(equal.least_sum(n * std::numbers::ln2 + 0.01)));
            CHECK(equal.least_sum(n * std::numbers::ln2 * 0.98) < n * double(size));
        }
        Residuals padded(100, 0.0f);
        padded[42] = size;
        CHECK(SignTail(padded).exponent(size) == doctest::Approx(std::numbers::ln2).epsilon(1e-4));
    }
}

TEST_CASE("log10_p: p over weight, never above 1") {
    CHECK(log10_p(10 * std::numbers::ln10, 0) == doctest::Approx(-10));
    CHECK(log10_p(10 * std::numbers::ln10, -3 * std::numbers::ln10) == doctest::Approx(-7));
    CHECK(log10_p(1, -5) == 0);
    CHECK(log10_p(0, 0) == 0);
}
