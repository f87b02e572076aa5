#include "dsp/masking/evenness.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;

namespace {

float scale_after(float squared_depths, int frames, float usual = 600) {
    Evenness evenness(usual);
    for (int i = 0; i < frames; ++i) evenness.add_frame(squared_depths);
    return evenness.scale();
}

}  // namespace

TEST_CASE("evenness: an average voice stays, a weak one goes deeper, a strong one shallower, within the ends") {
    CHECK(Evenness(600).scale() == 1);
    CHECK(scale_after(600, 5000) == doctest::Approx(1));
    CHECK(scale_after(300, 10000) == doctest::Approx(std::sqrt(2.0f)).epsilon(0.01));
    CHECK(scale_after(700, 10000) == doctest::Approx(std::sqrt(6 / 7.0f)).epsilon(0.01));
    CHECK(scale_after(0, 100000) == doctest::Approx(1.7));
    CHECK(scale_after(1e6f, 100000) == doctest::Approx(0.85));
}

TEST_CASE("evenness: what a second carries comes out the same for voices between half and three halves of the usual") {
    for (float squared = 300; squared <= 800; squared += 50) {
        const float scale = scale_after(squared, 10000);
        CHECK(squared * scale * scale == doctest::Approx(600).epsilon(0.02));
    }
}

TEST_CASE("evenness: moves slowly: one frame changes the depth by less than 0.1 dB in 10, and reset forgets") {
    Evenness evenness(600);
    for (int i = 0; i < 3000; ++i) {
        const float before = evenness.scale();
        evenness.add_frame(i % 500 < 250 ? 0.0f : 2000.0f);
        const float step = evenness.scale() / before;
        CHECK(step < 1.01f);
        CHECK(step > 0.98f);
    }
    evenness.reset();
    CHECK(evenness.scale() == 1);
}
