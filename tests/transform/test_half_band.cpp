#include "dsp/transform/half_band.hpp"

#include "tests/support/signals.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 44100, block = 90;
constexpr double ripple = 6e-4;
constexpr int settled = 100;  // samples after which the filter has forgotten that there was nothing before

template <class Filter>
Samples through(Filter& filter, const Samples& in, std::size_t block_in) {
    Samples out;
    for (std::size_t done = 0; done + block_in <= in.size(); done += block_in) {
        const auto part = filter.take({in.data() + done, block_in});
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

Samples halved(const Samples& in) {
    Halver halver(block);
    return through(halver, in, 2 * block);
}

Samples doubled(const Samples& in) {
    Doubler doubler(block);
    return through(doubler, in, block);
}

double largest(const Samples& samples) {
    double most = 0;
    for (std::size_t i = settled; i < samples.size(); ++i) most = std::max(most, std::abs(double(samples[i])));
    return most;
}

}  // namespace

TEST_CASE("half band: what is below passes either way, at the stated delay") {
    for (const double tone_hz : {50.0, 1000.0, 4000.0, 7875.0, 8150.0}) {
        CAPTURE(tone_hz);
        const Samples tone = sine(0.2, rate, tone_hz, 1), low = halved(tone), back = doubled(low);
        double worst_low = 0, worst_back = 0;
        for (std::size_t i = settled; i < low.size(); ++i)
            worst_low = std::max(worst_low, std::abs(double(low[i]) - tone[2 * i - Halver::delay]));
        for (std::size_t i = 2 * settled; i < back.size(); ++i)
            worst_back = std::max(worst_back, std::abs(double(back[i]) - tone[i - Halver::delay - Doubler::delay]));
        CHECK(worst_low < ripple);
        CHECK(worst_back < 3 * ripple);  // twice a ripple, once an image of that size
    }
}

TEST_CASE("half band: what would fold onto the grid is kept out, and so is its image") {
    for (const double tone_hz : {14000.0, 16000.0, 18050.0, 21000.0, 22000.0}) {
        CAPTURE(tone_hz);
        CHECK(largest(halved(sine(0.2, rate, tone_hz, 1))) < ripple);
    }
    for (const double tone_hz : {1000.0, 4000.0, 8150.0}) {
        CAPTURE(tone_hz);
        const Samples up = doubled(sine(0.2, rate / 2, tone_hz, 1));
        CHECK(largest(halved(up)) > 0.9);  // there is something
        Samples image = up;
        const Samples wanted = sine(0.2, rate, tone_hz, 1);
        for (std::size_t i = settled; i < up.size(); ++i) image[i] -= wanted[i - Doubler::delay];
        CHECK(largest(image) < ripple);
    }
}

TEST_CASE("half band: after reset as new, silence stays silent") {
    Halver halver(block);
    Doubler doubler(block);
    const Samples noise = white_noise(0.05, rate, 0.5, 1);
    const Samples first = through(halver, noise, 2 * block), up = through(doubler, noise, block);
    halver.reset();
    doubler.reset();
    CHECK(through(halver, noise, 2 * block) == first);
    CHECK(through(doubler, noise, block) == up);
    CHECK(energy(halved(Samples(1800, 0.0f))) == 0);
    CHECK(energy(doubled(Samples(1800, 0.0f))) == 0);
}
