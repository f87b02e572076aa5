#include "dsp/masking/flatness.hpp"

#include "dsp/embed/spreader.hpp"
#include "tests/support/signals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace earmark;
using test::Samples;

namespace {

constexpr double top_hz = 7843.75;

Flatness analyser(int rate) {
    const int window = FrameSizes(rate).mask_window;
    return Flatness(window, window, rate, top_hz);
}

double bin_hz(int rate) {
    return double(rate) / FrameSizes(rate).frame;
}

// Mean over the bins between two frequencies and over `frames` frames of noise.
double mean_flatness(int rate, double level, int frames) {
    Flatness flatness = analyser(rate);
    double sum = 0;
    int count = 0;
    for (int frame = 0; frame < frames; ++frame) {
        flatness.analyse(test::white_noise(0.05, rate, level, 100 + frame));
        const auto values = flatness.flatness();
        for (std::size_t k = std::size_t(400 / bin_hz(rate)); k * bin_hz(rate) < std::min(0.4 * rate, 7000.0); ++k) {
            sum += values[k];
            ++count;
        }
    }
    return sum / count;
}

}  // namespace

// Power in a bin of white noise is exponentially distributed, and the geometric over the arithmetic mean of n such
// values has the mean gamma(1 + 1/n)^n: 0.588 for the 17 bins of +-265 Hz at 31.25 Hz if they were independent, 0.64
// for the 8 or so that Hann's overlap leaves. Far above a half stands every frame that the depth rule takes as noise.
TEST_CASE("flatness: white noise has its theoretical mean at every rate") {
    for (const int rate : {8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000}) {
        CAPTURE(rate);
        const double mean = mean_flatness(rate, 0.1, 40);
        CHECK(mean > 0.57);
        CHECK(mean < 0.67);
    }
}

TEST_CASE("flatness: near 0 round a tone") {
    constexpr double limit = 0.01;
    for (const int rate : {8000, 16000, 44100, 48000})
        for (const double tone_hz : {300.0, 1000.0, 2500.0, 3600.0}) {
            CAPTURE(rate);
            CAPTURE(tone_hz);
            Flatness flatness = analyser(rate);
            flatness.analyse(test::sum(test::sine(0.05, rate, tone_hz, 0.5), test::white_noise(0.05, rate, 1e-4, 7)));
            const auto bin = std::size_t(std::lround(tone_hz / bin_hz(rate)));
            CHECK(flatness.flatness()[bin] < limit);
        }
}

TEST_CASE("flatness: the same over 60 dB of level") {
    constexpr double limit = 5e-3;  // the floor against silence begins to tell in the deepest dips
    for (const int rate : {8000, 16000, 48000}) {
        Flatness loud = analyser(rate), quiet = analyser(rate);
        const Samples host = test::sum(test::white_noise(0.05, rate, 0.3, 3), test::sine(0.05, rate, 1000, 0.5));
        loud.analyse(host);
        quiet.analyse(test::scaled(host, 1e-3));
        double worst = 0, worst_level = 0;
        for (std::size_t k = 0; k < loud.flatness().size(); ++k) {
            worst = std::max(worst, std::abs(double(loud.flatness()[k]) - quiet.flatness()[k]));
            worst_level =
                std::max(worst_level, std::abs(double(loud.log_level()[k]) - quiet.log_level()[k] - std::log(1e6)));
        }
        CAPTURE(rate);
        CHECK(worst < limit);
        CHECK(worst_level < limit);
    }
}

TEST_CASE("flatness: finite and within 0 to 1, whatever comes") {
    for (const int rate : {8000, 11025, 48000}) {
        Flatness flatness = analyser(rate);
        for (const Samples& samples :
             {test::silence(0.05, rate), Samples(2000, 1.0f), Samples(2000, 1e6f), Samples(2000, 1e-30f),
              test::white_noise(0.05, rate, 1e5, 1), test::sine(0.05, rate, 440, 1e6)}) {
            Samples padded = samples;
            padded.resize(std::max<std::size_t>(padded.size(), 2000));
            flatness.analyse(padded);
            bool good = true;
            for (std::size_t k = 0; k < flatness.flatness().size(); ++k)
                good = good && flatness.flatness()[k] >= 0 && flatness.flatness()[k] <= 1 &&
                       std::isfinite(flatness.log_level()[k]);
            CHECK(good);
        }
    }
}

TEST_CASE("flatness: one value for every bin of the frame up to the highest frequency") {
    for (const int rate : {8000, 11025, 16000, 22050, 44100, 48000, 192000}) {
        CAPTURE(rate);
        const Flatness flatness = analyser(rate);
        const double reached_hz = double(flatness.flatness().size()) * bin_hz(rate);
        CHECK(reached_hz > std::min(top_hz, rate / 2.0));
        CHECK(reached_hz <= std::min(top_hz, rate / 2.0) + bin_hz(rate) + 1e-6);
        CHECK(flatness.log_level().size() == flatness.flatness().size());
    }
}

TEST_CASE("log_level: follows a tone to its place") {
    const int rate = 16000;
    Flatness flatness = analyser(rate);
    flatness.analyse(test::sine(0.05, rate, 2000, 0.5));
    const auto level = flatness.log_level();
    const auto loudest = std::size_t(std::max_element(level.begin(), level.end()) - level.begin());
    CHECK(std::abs(double(loudest) * bin_hz(rate) - 2000) <= 265);
    CHECK(level[std::size_t(2000 / bin_hz(rate))] - level[std::size_t(4000 / bin_hz(rate))] > std::log(1e4));
}
