// The slow layer: found where it was written, at the tempo and pitch it plays at, and under the bound elsewhere.
#include "dsp/detect/slow_search.hpp"

#include "tests/support/allocations.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/random.hpp"
#include "tests/support/shares.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr double bin_hz = 125.0 / 3, nyquist_hz = 12000;
constexpr int bins = 240;

struct Written {
    double time = 1, frequency = 1, depth = 0.1;  // depth: in nepers of power, beside noise of deviation 1.3 a bin
    double from_s = 0, until_s = 1e9;
};

// Noise whose bins lean as the slow layer of a carrier says, and nothing else of a mark.
Spectrogram leaning_noise(double seconds, const Carrier& carrier, const Written& written, std::uint64_t seed) {
    Random random(seed);
    Spectrogram spectrogram(stretch_rows, bins, bin_hz, nyquist_hz);
    const int rows = static_cast<int>(seconds / hop_s);
    std::array<float, bins> power{};
    for (int row = 0; row < rows; ++row) {
        const double at_s = row * hop_s;
        const bool marked = written.from_s <= at_s && at_s < written.until_s;
        const int cell = static_cast<int>(at_s * written.time / cell_s) % packet_cells;
        for (int bin = 0; bin < bins; ++bin) {
            const double band = (bin * bin_hz / written.frequency - first_band_hz) / band_hz;
            const int chip = static_cast<int>(std::floor(band / 2));
            double lean = 0;
            if (marked && chip >= first_slow_chip && chip < chip_bands)
                lean = written.depth *
                       carrier.slow_sign[std::size_t(cell / slow_cells * slow_bands + chip) - first_slow_chip] *
                       slow_pattern(static_cast<int>(band));
            power[std::size_t(bin)] = static_cast<float>(std::exp(lean + random.normal()));
        }
        spectrogram.push(power);
    }
    return spectrogram;
}

StretchVerdict searched(const Spectrogram& spectrogram, const Carrier& carrier) {
    StretchVerdict verdict;
    verdict.segments.reserve(1);
    verdict.scores.reserve(most_track_slots);
    SlowMemory memory(stretch_rows);
    SlowSearch(carrier).search(spectrogram, 0, spectrogram.end_row(), 0, 1e-6, memory, verdict);
    return verdict;
}

}  // namespace

TEST_CASE("slow search: finds the layer at any tempo and at any pitch, and says where") {
    const Carrier carrier = make_carrier(numbered_key(1)), other = make_carrier(numbered_key(2));
    for (const Written written : {Written{}, Written{0.9}, Written{1.1}, Written{0.71}, Written{1.49},
                                  Written{1, 0.8415}, Written{1, 1.1225}, Written{1.123, 1, 0.25, 4, 14}}) {
        CAPTURE(written.time);
        CAPTURE(written.frequency);
        const Spectrogram spectrogram = leaning_noise(20, carrier, written, 5);
        const StretchVerdict found = searched(spectrogram, carrier);
        CHECK(found.log10_p < -6);
        REQUIRE(found.segments.size() == 1);
        const Segment& segment = found.segments[0];
        CHECK(std::abs(segment.time_scale / written.time - 1) < 0.004);
        CHECK(std::abs(segment.frequency_scale / written.frequency - 1) < 0.008);
        CHECK(std::abs(segment.start_s - written.from_s) < 0.6);
        CHECK(std::abs(segment.end_s - std::min(written.until_s, 20.0)) < 0.6);
        CHECK(segment.log10_p == found.log10_p);
        CHECK_FALSE(segment.payload);
        CHECK(found.scores.size() == 40);
        CHECK(searched(spectrogram, other).segments.empty());
    }
}

TEST_CASE("slow search: what the embedder writes is what it looks for") {
    const Carrier carrier = make_carrier(numbered_key(1));
    for (const int rate : {16000, 24000, 44100}) {
        CAPTURE(rate);
        const Samples host = white_noise(8, rate, 0.1, 3);
        const StretchVerdict found =
            searched(spectrogram_of(embed_mono(host, mono_config(rate)).samples, rate), carrier);
        CHECK(found.log10_p < -10);
        REQUIRE(found.segments.size() == 1);
        CHECK(std::abs(found.segments[0].time_scale - 1) < 0.004);
        CHECK(found.segments[0].frequency_scale == 1);
        CHECK(searched(spectrogram_of(host, rate), carrier).segments.empty());
    }
}

// The best of all hypotheses under their weights must be an honest p, whatever the audio.
TEST_CASE("slow search: many keys on unmarked audio and on other keys' marks stay under the bound") {
    const int rate = 16000, keys = trials(120);
    for (const Samples& host :
         {white_noise(6, rate, 0.1, 7), chord(6, rate),
          embed_mono(white_noise(6, rate, 0.1, 8), mono_config(rate, Profile::robust, 77)).samples}) {
        const Spectrogram spectrogram = spectrogram_of(host, rate);
        std::vector<double> log10_ps;
        for (int key = 0; key < keys; ++key)
            log10_ps.push_back(searched(spectrogram, make_carrier(numbered_key(5000 + key))).log10_p);
        check_shares("slow layer", log10_ps);
    }
}

TEST_CASE("slow search: nothing above 4 kHz, nothing at all, a moment: no verdict and no harm") {
    const Carrier carrier = make_carrier(numbered_key(1));
    for (const Samples& samples : {speech_like(5, 8000, 1), silence(5, 8000), Samples(40, 0.5f)})
        CHECK(searched(spectrogram_of(samples, 8000), carrier).segments.empty());
    CHECK(searched(spectrogram_of(silence(5, 16000), 16000), carrier).log10_p == 0);
}

TEST_CASE("slow search: allocates nothing") {
    const Carrier carrier = make_carrier(numbered_key(1));
    const Spectrogram spectrogram = leaning_noise(20, carrier, {1.1}, 5);
    const SlowSearch search(carrier);
    StretchVerdict verdict;
    verdict.segments.reserve(most_stretch_segments);
    SlowMemory memory(stretch_rows);
    const std::size_t before = allocations();
    search.search(spectrogram, 0, spectrogram.end_row(), 0, 1e-6, memory, verdict);
    CHECK(allocations() == before);
    CHECK(verdict.segments.size() == 1);
}
