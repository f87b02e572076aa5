// The weights of scales: what the union bound over them lives on.
#include "dsp/detect/scale_grid.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;

TEST_CASE(
    "scale weights: those of the whole lattice and the slow layer add up to 1, and unchanged speed and pitch keep "
    "most") {
    double sum = 0;
    for (int time = tempo_low - 5; time <= tempo_high + 5; ++time)
        for (int frequency = bands_low - 5; frequency <= bands_high + 5; ++frequency)
            sum += std::exp(log_scale_weight({time, frequency})) + std::exp(log_slow_weight({time, frequency}));
    CHECK(sum <= 1 + 1e-9);
    CHECK(sum > 0.999);  // and none is wasted
    CHECK(std::exp(log_scale_weight({})) >= 0.8);
    CHECK(std::isinf(log_scale_weight({tempo_high + 1, 0})));
    CHECK(std::isinf(log_scale_weight({0, bands_low - 1})));
}

TEST_CASE("scale weights: a change of one kind weighs far more than a pair") {
    const double pair = log_scale_weight({300, -40});
    for (const ScaleSteps one : {ScaleSteps{400, 40}, ScaleSteps{-893, -89}, ScaleSteps{1622, 0}, ScaleSteps{0, 70}})
        CHECK(log_scale_weight(one) > pair + 4);
}

TEST_CASE("scales: the lattice reaches what is promised, and the nearest point is near") {
    for (const double time : {0.7, 0.8, 0.9123, 1.0, 1.1, 1.25, 1.4999})
        for (const double frequency : {0.8001, 0.8409, 1.0, 1.1892, 1.25}) {
            const Scale found = scale_at(nearest_steps({time, frequency}));
            CHECK(found.time == doctest::Approx(time).epsilon(0.0002));
            CHECK(found.frequency == doctest::Approx(frequency).epsilon(0.002));
        }
    CHECK(scale_at({}) == Scale{});
    for (int time = speed_low; time <= speed_high; ++time) {
        const Scale scale = scale_at({time, speed_frequency(time)});
        CHECK(std::abs(scale.frequency / scale.time - 1) < 0.0013);
    }
}
