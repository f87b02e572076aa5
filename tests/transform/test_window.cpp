#include "dsp/transform/window.hpp"

#include "dsp/embed/spreader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace earmark;

TEST_CASE("hann: periodic, symmetric about its middle, 0 to 1, mean one half") {
    for (const int length : {4, 6, 128, 176, 192, 706, 4608}) {
        CAPTURE(length);
        const auto window = hann(length);
        REQUIRE(window.size() == std::size_t(length));
        CHECK(window[0] == 0);
        CHECK(window[length / 2] == doctest::Approx(1));
        double sum = 0, skew = 0;
        for (int i = 0; i < length; ++i) sum += window[i];
        for (int i = 1; i < length; ++i) skew = std::max(skew, std::abs(double(window[i]) - window[length - i]));
        CHECK(sum / length == doctest::Approx(0.5).epsilon(1e-6));
        CHECK(skew < 1e-6);
    }
}

TEST_CASE("hann: the quarter points are one half") {
    const auto window = hann(128);
    CHECK(window[32] == doctest::Approx(0.5));
    CHECK(window[96] == doctest::Approx(0.5));
}

// Analysis and synthesis both use it, so its square must add up.
TEST_CASE("root_hann_quarter: squares at a hop of a quarter add up to 1 at every sample") {
    constexpr double limit = 1e-6;
    for (int rate = 8000; rate <= 192000; rate += 331) {
        const FrameSizes sizes(rate);
        const auto window = root_hann_quarter(sizes.frame);
        double worst = 0;
        for (int i = 0; i < sizes.hop; ++i) {
            double sum = 0;
            for (int frame = 0; frame < 4; ++frame) sum += std::pow(double(window[i + frame * sizes.hop]), 2);
            worst = std::max(worst, std::abs(sum - 1));
        }
        CAPTURE(rate);
        CHECK(worst < limit);
    }
}
