#include "dsp/transform/fft.hpp"

#include "dsp/embed/spreader.hpp"
#include "dsp/simd/kernels.hpp"
#include "tests/support/signals.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <set>
#include <string>

using namespace earmark;
using test::Random;

namespace {

// Small ones with every kind of factor, and every frame and mask window of the hosts from 8 to 192 kHz that occur.
std::set<int> lengths() {
    std::set<int> all{2, 4, 6, 10, 14, 18, 22, 30, 34, 62, 98, 126, 128, 192, 250, 1000};
    for (const int rate :
         {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000}) {
        const FrameSizes sizes(rate);
        all.insert({sizes.frame, sizes.mask_window});
    }
    return all;
}

void fill(RealFft& fft, std::uint64_t seed) {
    Random random(seed);
    for (float& x : fft.time()) x = static_cast<float>(random.between(-1, 1));
}

}  // namespace

TEST_CASE("fft: there and back is the signal times the length") {
    // Of full scale. KissFFT adds up large prime factors one by one, and lengths of up to 353 times 8 are among these.
    const double limit = std::string(ComplexFft::library()) == "FFTW" ? 1e-6 : 2e-6;
    for (const int length : lengths()) {
        CAPTURE(length);
        RealFft fft(length);
        fill(fft, 1);
        const std::vector<float> before(fft.time().begin(), fft.time().end());
        fft.forward();
        CHECK(std::equal(before.begin(), before.end(), fft.time().begin()));  // forward() keeps time()
        fft.inverse();
        double worst = 0;
        for (std::size_t i = 0; i < before.size(); ++i)
            worst = std::max(worst, std::abs(fft.time()[i] / double(length) - before[i]));
        CHECK(worst < limit);
    }
}

TEST_CASE("fft: energy is kept (Parseval)") {
    constexpr double limit = 1e-6;  // relative
    for (const int length : lengths()) {
        CAPTURE(length);
        RealFft fft(length);
        fill(fft, 2);
        double in_time = 0, in_frequency = 0;
        for (const float x : fft.time()) in_time += double(x) * x;
        fft.forward();
        for (int bin = 0; bin < fft.bins(); ++bin) {
            const bool single = bin == 0 || bin == length / 2;
            in_frequency += (single ? 1 : 2) * std::norm(std::complex<double>(fft.frequency()[bin]));
        }
        CHECK(in_frequency / length == doctest::Approx(in_time).epsilon(limit));
    }
}

TEST_CASE("fft: every bin is the sum it should be") {
    constexpr double limit = 2e-6;  // of the sum of magnitudes
    for (const int length : {2, 6, 14, 30, 128, 176, 352}) {
        CAPTURE(length);
        RealFft fft(length);
        fill(fft, 3);
        fft.forward();
        REQUIRE(fft.bins() == length / 2 + 1);
        double worst = 0;
        for (int bin = 0; bin < fft.bins(); ++bin) {
            std::complex<double> sum = 0;
            for (int i = 0; i < length; ++i)
                sum += double(fft.time()[i]) * std::polar(1.0, -2 * std::numbers::pi * bin * i / length);
            worst = std::max(worst, std::abs(sum - std::complex<double>(fft.frequency()[bin])));
        }
        CHECK(worst < limit * length);
    }
}

TEST_CASE("fft: every target gives the same bins, and the way back keeps its spectrum") {
    constexpr double limit = 1e-6;  // of the sum of magnitudes
    for (const int length : {2, 4, 16, 30, 34, 256, 320, 384, 640, 1024}) {
        CAPTURE(length);
        std::vector<std::complex<float>> expected;
        for (const simd::Kernels* kernels : simd::all_kernels()) {
            CAPTURE(std::string(kernels->name));
            simd::use(kernels);
            RealFft fft(length);
            simd::use(nullptr);
            fill(fft, 5);
            fft.forward();
            const std::vector<std::complex<float>> bins(fft.frequency().begin(), fft.frequency().end());
            fft.inverse();
            CHECK(std::equal(bins.begin(), bins.end(), fft.frequency().begin()));
            if (expected.empty()) expected = bins;
            double worst = 0;
            for (std::size_t bin = 0; bin < bins.size(); ++bin)
                worst = std::max<double>(worst, std::abs(bins[bin] - expected[bin]));
            CHECK(worst < limit * length);
        }
    }
}

TEST_CASE("fft: copies share the plan, not the values") {
    RealFft first(128);
    fill(first, 6);
    RealFft second(first);
    fill(second, 7);
    first.forward();
    second.forward();
    CHECK(first.frequency()[3] != second.frequency()[3]);
    fill(second, 6);
    second.forward();
    CHECK(std::equal(first.frequency().begin(), first.frequency().end(), second.frequency().begin()));
}

TEST_CASE("fft: a moved transform goes on") {
    RealFft first(64);
    fill(first, 4);
    RealFft second(std::move(first)), third(8);
    third = std::move(second);
    REQUIRE(third.length() == 64);
    const float sample = third.time()[5];
    third.forward();
    third.inverse();
    CHECK(third.time()[5] / 64 == doctest::Approx(sample).epsilon(1e-5));
}
