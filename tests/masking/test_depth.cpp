#include "dsp/masking/depth.hpp"

#include <earmark/error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace earmark;

namespace {

constexpr Profile profiles[]{Profile::transparent, Profile::standard, Profile::robust};
constexpr double deepest_db = 9;  // nothing asks for more, whatever the host

}  // namespace

TEST_CASE("depth: the ramp is continuous, rising, and keeps its ends") {
    for (const Profile profile : profiles) {
        CAPTURE(name(profile));
        const DepthRule rule = depth_rule(profile);
        CHECK(rule.ramp(0) == rule.low_scale);
        CHECK(rule.ramp(300) == doctest::Approx(rule.low_scale));
        CHECK(rule.ramp(1500) == doctest::Approx(1));
        CHECK(rule.ramp(4000) == doctest::Approx(rule.high_scale));
        CHECK(rule.ramp(96000) == rule.high_scale);
        float largest_step = 0, smallest_step = 0;
        for (double hz = 0; hz < 8000; hz += 1) {
            const float step = rule.ramp(hz + 1) - rule.ramp(hz);
            largest_step = std::max(largest_step, step);
            smallest_step = std::min(smallest_step, step);
        }
        CHECK(smallest_step >= 0);
        CHECK(largest_step <= 1.01f / 1200);  // the steepest: from 0 to 1 in 1,200 Hz
    }
}

TEST_CASE("depth: by level rises from the loudest cells to those 60 dB under, and keeps its ends") {
    for (const Profile profile : profiles) {
        CAPTURE(name(profile));
        const DepthRule rule = depth_rule(profile);
        const float db = std::log(10.0f) / 10;
        CHECK(rule.by_level(0) == doctest::Approx(1 - rule.loud_cut));
        CHECK(rule.by_level(30 * db) == doctest::Approx(1));
        CHECK(rule.by_level(60 * db) == doctest::Approx(1 + rule.quiet_gain));
        CHECK(rule.by_level(200 * db) == doctest::Approx(1 + rule.quiet_gain));
        bool rises = true;
        float largest_step = 0;
        for (float below = 0; below < 120; below += 0.1f) {
            const float step = rule.by_level((below + 0.1f) * db) - rule.by_level(below * db);
            rises = rises && step > -1e-6f;
            largest_step = std::max(largest_step, step);
        }
        CHECK(rises);
        CHECK(largest_step < std::max(rule.loud_cut, rule.quiet_gain) / 300 + 1e-4f);
    }
}

TEST_CASE("depth: deeper in noise than in tones, never negative, never beyond its ceiling") {
    for (const Profile profile : profiles) {
        CAPTURE(name(profile));
        const DepthRule rule = depth_rule(profile);
        for (const double hz : {125.0, 500.0, 1500.0, 3000.0, 7800.0})
            for (const float below : {0.0f, 3.0f, 7.0f, 14.0f, 40.0f}) {
                float before = -1;
                for (float flatness = 0; flatness <= 1; flatness += 0.05f) {
                    const float depth_db = rule.depth_db(flatness, rule.ramp(hz), below);
                    CHECK(depth_db >= std::max(before, 0.0f));
                    CHECK(depth_db <= deepest_db);
                    before = depth_db;
                }
                CHECK(rule.depth_db(0.5f, rule.ramp(hz), below) == rule.depth_db(1, rule.ramp(hz), below));
            }
    }
}

TEST_CASE("depth: transparent <= standard <= robust everywhere") {
    const DepthRule least = depth_rule(Profile::transparent), middle = depth_rule(Profile::standard),
                    most = depth_rule(Profile::robust);
    for (double hz = 125; hz < 8000; hz += 125)
        for (float flatness = 0; flatness <= 1; flatness += 0.1f)
            for (float below = 0; below < 16; below += 1) {
                const float a = least.depth_db(flatness, least.ramp(hz), below),
                            b = middle.depth_db(flatness, middle.ramp(hz), below),
                            c = most.depth_db(flatness, most.ramp(hz), below);
                if (a <= b && b < c) continue;
                FAIL_CHECK("order broken at " << hz << " Hz, flatness " << flatness << ", " << below << " Np: " << a
                                              << " " << b << " " << c);
            }
}

TEST_CASE("profile: names go there and back, others are refused by name") {
    for (const Profile profile : profiles) CHECK(profile_from_name(name(profile)) == profile);
    for (const char* wrong : {"", "Standard", "standard ", "loud"}) {
        try {
            profile_from_name(wrong);
            FAIL_CHECK("'" << wrong << "' was taken");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::usage);
            CHECK(std::string(error.what()).find("'" + std::string(wrong) + "'") != std::string::npos);
            CHECK(std::string(error.what()).find("robust") != std::string::npos);
        }
    }
}
