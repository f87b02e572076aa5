#include "dsp/embed/host_rejection.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr float strength = 0.15f;

using Signs = std::array<float, grid_bands>;

// Signs of one cell whose chips all have the same sign.
Signs cell_signs(int cell, float chip_sign) {
    Signs signs{};
    for (int band = 0; band < grid_bands; ++band) signs[band] = chip_sign * float(chip_pattern(cell, band));
    return signs;
}

// Levels of a host that itself shows the pattern of a + chip, by `neper`.
BandLevels patterned(int cell, float neper) {
    BandLevels levels{};
    for (int band = 0; band < grid_bands; ++band) levels[band] = neper * float(chip_pattern(cell, band));
    return levels;
}

// Factors at the last hop of a chip, of a host that shows the pattern throughout.
std::array<float, chip_bands> factors_at_end(float neper, float chip_sign) {
    HostRejection rejection(strength);
    std::array<float, chip_bands> last{};
    for (int hop = -16; hop < chip_hops; ++hop) {
        const int ahead = (hop + HostRejection::look_ahead + 32) / cell_hops, cell = (hop + 32) / cell_hops;
        const auto factors =
            rejection.factors(patterned(ahead, neper), (hop + 32) % chip_hops, cell_signs(cell, chip_sign));
        std::copy(factors.begin(), factors.end(), last.begin());
    }
    return last;
}

}  // namespace

TEST_CASE("host rejection: a flat or steady host changes nothing") {
    HostRejection rejection(strength);
    BandLevels levels;
    for (int band = 0; band < grid_bands; ++band) levels[band] = -0.1f * float(band);  // a tilt
    for (int hop = 0; hop < 64; ++hop) {
        const auto factors = rejection.factors(levels, hop % chip_hops, cell_signs(hop / cell_hops, 1));
        if (hop < 16) continue;
        for (const float factor : factors) CHECK(factor == doctest::Approx(1).epsilon(0.05));
    }
}

TEST_CASE("host rejection: shallower where the host agrees with the sign, deeper where it does not, within its ends") {
    for (const float neper : {0.1f, 0.3f, 1.0f, 10.0f}) {
        const auto agrees = factors_at_end(neper, 1), differs = factors_at_end(neper, -1);
        for (int chip = 0; chip < chip_bands; ++chip) {
            CHECK(agrees[chip] < 1);
            CHECK(differs[chip] > 1);
            CHECK(agrees[chip] + differs[chip] == doctest::Approx(2));
            CHECK(agrees[chip] >= 1 - strength * 2.2f - 1e-5f);
        }
    }
}

TEST_CASE("host rejection: after reset as if new") {
    HostRejection used(strength), fresh(strength);
    for (int hop = 0; hop < 40; ++hop) used.factors(patterned(hop / 4, 2), hop % chip_hops, cell_signs(hop / 4, 1));
    used.reset();
    const auto a = used.factors(patterned(0, 1), 0, cell_signs(0, 1)),
               b = fresh.factors(patterned(0, 1), 0, cell_signs(0, 1));
    CHECK(std::equal(a.begin(), a.end(), b.begin()));
}

// Frames are analysed ahead of their turn: none may be heard in a silence that came between.
TEST_CASE("embed: digital silence between bursts stays digital silence") {
    for (const int rate : {8000, 16000, 44100}) {
        Samples host = white_noise(2, rate, 0.2, 51);
        for (int burst = 0; burst < 4; ++burst) {
            const auto from = samples_in(0.3 + 0.4 * burst, rate),
                       until = samples_in(0.3 + 0.4 * burst + 0.05 * (burst + 1), rate);
            std::fill(host.begin() + long(from), host.begin() + long(until), 0.0f);
        }
        const Samples marked = embed_mono(host, mono_config(rate)).samples;
        const auto reach = samples_in(0.02, rate);  // a frame spreads this far beyond the last sound
        for (std::size_t i = reach; i + reach < host.size(); ++i) {
            const bool silent = std::all_of(host.begin() + long(i - reach), host.begin() + long(i + reach),
                                            [](float x) { return x == 0; });
            if (silent) CHECK(marked[i] == 0);
        }
    }
}
