// The engines on every instruction set of the machine.
#include <earmark/earmark.hpp>

#include "dsp/simd/kernels.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/signals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

using namespace earmark;

namespace {

constexpr int rate = 16000;

struct Forced {
    explicit Forced(const simd::Kernels* kernels) { simd::use(kernels); }
    ~Forced() { simd::use(nullptr); }
};

}  // namespace

// Rounding differs, nothing else: a sample of the mark within 1e-5 of full scale (16 bit steps are 3e-5), and whatever
// marked the audio, every target says the same of it.
TEST_CASE("targets: marks agree to rounding, and every target finds the mark of every other") {
    const auto host = test::speech_like(8, rate, 5);
    const auto reference = [&] {
        const Forced forced(&simd::scalar_kernels());
        return test::embed_mono(host, test::mono_config(rate)).samples;
    }();
    int ran = 0;
    for (const simd::Kernels* kernels : simd::all_kernels()) {
        CAPTURE(std::string(kernels->name));
        const Forced forced(kernels);
        const auto marked = test::embed_mono(host, test::mono_config(rate)).samples;
        double worst = 0;
        for (std::size_t i = 0; i < host.size(); ++i)
            worst = std::max(worst, std::abs(double(marked[i]) - reference[i]));
        CHECK(worst < 1e-5);
        for (const auto& signal : {marked, reference}) {
            const Detection found = test::detect_mono(signal, rate);
            CHECK(found.payload == test::some_payload);
            CHECK(found.log10_p < -20);
        }
        CHECK(!test::detect_mono(host, rate).marked);
        ++ran;
    }
    REQUIRE(ran > 0);
}

TEST_CASE("targets: the evidence agrees between targets") {
    const auto marked = test::embed_mono(test::speech_like(8, rate, 6), test::mono_config(rate)).samples;
    double least = 0, most = -1e9;
    for (const simd::Kernels* kernels : simd::all_kernels()) {
        const Forced forced(kernels);
        const double log10_p = test::detect_mono(marked, rate).log10_p;
        least = std::min(least, log10_p);
        most = std::max(most, log10_p);
    }
    REQUIRE(most < -20);
    CHECK(most - least < 0.01 * -most);
}
