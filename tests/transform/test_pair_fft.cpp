#include "dsp/transform/pair_fft.hpp"

#include "dsp/transform/fft.hpp"
#include "tests/support/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

using namespace earmark;

// What the louder rounds off is in the other.
TEST_CASE("pair fft: the powers of two real transforms, the second a thousand times as loud") {
    for (const int length : {2, 16, 20, 192, 240, 384, 640, 1280, 5120}) {
        CAPTURE(length);
        PairFft pair(length);
        RealFft first(length), second(length);
        test::Random source(static_cast<std::uint64_t>(length));
        for (int i = 0; i < length; ++i) {
            const auto at = static_cast<std::size_t>(i);
            first.time()[at] = static_cast<float>(source.normal());
            second.time()[at] = static_cast<float>(1000 * source.normal());
            pair.time()[i] = {first.time()[at], second.time()[at]};
        }
        first.forward();
        second.forward();
        pair.forward();
        for (const int count : {1, pair.bins() / 2, pair.bins()}) {
            std::vector<float> of_first(static_cast<std::size_t>(count) + 1, -1), of_second = of_first;
            pair.powers(count, of_first.data(), of_second.data());
            CHECK(of_first.back() == -1);
            CHECK(of_second.back() == -1);
            double worst_first = 0, worst_second = 0;
            for (int k = 0; k < count; ++k) {
                const auto at = static_cast<std::size_t>(k);
                worst_first = std::max(worst_first, std::abs(std::sqrt(double(of_first[at])) -
                                                             std::abs(std::complex<double>(first.frequency()[at]))));
                worst_second = std::max(worst_second, std::abs(std::sqrt(double(of_second[at])) -
                                                               std::abs(std::complex<double>(second.frequency()[at]))));
            }
            const double amplitude = 1000 * std::sqrt(length);  // of the louder
            CHECK(worst_first < 1e-6 * amplitude);
            CHECK(worst_second < 1e-6 * amplitude);
        }
    }
}

TEST_CASE("pair fft: keeps its samples; a copy has its own") {
    PairFft one(16);
    for (int i = 0; i < 16; ++i) one.time()[i] = {static_cast<float>(i), 1};
    PairFft other = one;
    other.time()[3] = 0;
    one.forward();
    CHECK(one.time()[3] == std::complex<float>(3, 1));
    CHECK(other.time()[3] == std::complex<float>(0, 0));
    float first = 0, second = 0;
    one.powers(1, &first, &second);
    CHECK(first == doctest::Approx(120.0 * 120));
    CHECK(second == doctest::Approx(16.0 * 16));
}
