// The mark at other scales of time and frequency: found where it is, and nowhere else.
#include "dsp/detect/scale_search.hpp"

#include "dsp/detect/scaled_slots.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/resample.hpp"
#include "tests/support/shares.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

// What the verdict's scales are good to; bands of 125 Hz tell frequencies less well where there are none above 4 kHz.
constexpr double time_limit = 0.002;
constexpr double frequency_limit(int rate) {
    return rate == 8000 ? 0.013 : 0.005;
}

DetectConfig full_config(int rate, int key = 1) {
    DetectConfig config = detect_config(rate, numbered_key(key));
    config.search = Search::full;
    return config;
}

Samples joined(std::initializer_list<Samples> parts) {
    Samples all;
    for (const Samples& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace

TEST_CASE("spectrogram: unscaled, it reads what the cells say, to the rounding of 16 bits") {
    for (const int rate : {8000, 16000, 44100}) {
        const Samples samples = speech_like(2, rate, 91);
        const std::vector<CellRow> rows = rows_of(samples, rate);
        const Spectrogram spectrogram = spectrogram_of(samples, rate);
        REQUIRE(spectrogram.end_row() == std::ssize(rows));
        ScaledBands bands(spectrogram, 1);
        CHECK(bands.bands() == Cells(rate, {}).bands());
        double worst = 0;
        BandEnergies energies;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            bands.read(static_cast<long long>(row), energies);
            for (std::size_t band = 0; band < std::size_t(bands.bands()); ++band)
                worst = std::max<double>(worst, std::abs(energies[band] - rows[row].log_energy[band]));
        }
        CAPTURE(rate);
        CHECK(worst < 0.005);
    }
}

TEST_CASE("spectrogram: a tone stands in the band where its scale puts it") {
    const int rate = 16000;
    const double tone_hz = first_band_hz + 20.5 * band_hz;
    for (const double scale : {0.8, 0.9, 1.0, 1.12, 1.25}) {
        const Spectrogram spectrogram = spectrogram_of(sine(0.5, rate, tone_hz * scale, 0.3), rate);
        ScaledBands bands(spectrogram, scale);
        BandEnergies energies;
        bands.read(60, energies);
        CAPTURE(scale);
        CHECK(std::max_element(energies.begin(), energies.end()) - energies.begin() == 20);
    }
}

TEST_CASE("spectrogram: has room for the bins of every rate") {
    for (const int rate : {8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192000})
        CHECK(CellPlan(rate, spectrogram_top_hz).bins <= most_spectrogram_bins);
}

TEST_CASE("spectrogram: holds its last rows") {
    Spectrogram spectrogram(10, 3, 40, 100);
    for (int row = 0; row < 25; ++row) {
        const std::array<float, 3> power{float(row), 1, 2};
        spectrogram.push(power);
        CHECK(spectrogram.end_row() == row + 1);
        CHECK(spectrogram.first_row() == std::max(0, row - 9));
        for (long long held = spectrogram.first_row(); held <= row; ++held)
            CHECK(spectrogram.row(held)[0] == std::bit_cast<std::uint32_t>(float(held)) >> 16);
    }
}

TEST_CASE("scale search: speed is found with both scales, and the payload read") {
    for (const int rate : {8000, 16000}) {
        const Samples host = speech_like(7, rate, 92), marked = embed_mono(host, mono_config(rate)).samples;
        for (const double speed : {0.8, 0.97, 1.1, 1.25}) {
            if (sanitized && (speed != 1.1 || rate != 8000)) continue;
            CAPTURE(rate);
            CAPTURE(speed);
            const Samples received = drift(marked, speed);
            const Detection found = detect_mono(received, full_config(rate));
            CHECK(found.marked);
            CHECK(found.payload == some_payload);
            CHECK(std::abs(found.time_scale / speed - 1) < time_limit);
            CHECK(std::abs(found.frequency_scale / speed - 1) < frequency_limit(rate));
            CHECK(found.start_s < 0.6);
            CHECK(found.end_s > found.duration_s - 0.7);
            CHECK(found.hypotheses > 1e5);
        }
        CHECK_FALSE(detect_mono(drift(host, 1.1), full_config(rate)).marked);
    }
}

TEST_CASE("scale search: unscaled audio pays a tenth of a decade for it, and is told as unscaled") {
    const int rate = 16000;
    const Samples marked = embed_mono(speech_like(6, rate, 93), mono_config(rate)).samples;
    const Detection plain = detect_mono(marked, rate), full = detect_mono(marked, full_config(rate));
    CHECK(full.log10_p - plain.log10_p < 0.1);
    CHECK(full.payload == plain.payload);
    CHECK(full.time_scale == 1);
    CHECK(full.frequency_scale == 1);
    CHECK(full.segments.size() == plain.segments.size());
}

// The detector judges (1, 1) from its own rows, under the weight of that scale: another reading of it here would be a
// hypothesis that nobody paid for.
TEST_CASE("scale search: never speaks for unchanged speed and pitch itself") {
    const int rate = 16000;
    const Carrier carrier = make_carrier(numbered_key(1));
    for (const double speed : {1.0, 1.1}) {
        const Samples marked = embed_mono(speech_like(5, rate, 88), mono_config(rate)).samples;
        const Spectrogram spectrogram = spectrogram_of(speed == 1 ? marked : drift(marked, speed), rate);
        ScaleSearch search(carrier);
        ScaleMemory memory(stretch_rows, false);
        // Has read something, so that the slow layer, which pays for (1, 1) itself, is not asked.
        StretchVerdict unscaled;
        unscaled.segments = {{0, 0.5, 0, some_payload, 0}};
        const StretchVerdict& found =
            search.search({spectrogram, 0, spectrogram.end_row(), 0}, unscaled, 0, 1e-6, memory);
        CAPTURE(speed);
        CHECK(found.segments.empty() == (speed == 1));
        for (const Segment& segment : found.segments) CHECK(segment.time_scale != 1);
    }
}

TEST_CASE("scale search: parts at different speeds are segments of their own") {
    const int rate = 16000;
    const Samples host = speech_like(24, rate, 94), marked = embed_mono(host, mono_config(rate)).samples;
    const auto second = [&](double s) { return samples_in(s, rate); };
    const Samples fast = drift(slice(marked, second(12), second(20)), 1.1);
    const Detection found = detect_mono(joined({slice(host, 0, second(4)), slice(marked, second(4), second(12)),
                                                slice(host, second(12), second(15)), fast}),
                                        full_config(rate));
    REQUIRE(found.segments.size() == 2);
    CHECK(std::abs(found.segments[0].start_s - 4) < 0.6);
    CHECK(std::abs(found.segments[0].end_s - 12) < 0.6);
    CHECK(found.segments[0].time_scale == 1);
    CHECK(std::abs(found.segments[1].start_s - 15) < 0.6);
    CHECK(std::abs(found.segments[1].time_scale - 1.1) < time_limit);
    CHECK(found.segments[1].payload == some_payload);
}

// What each scale says alone, and the best of many under their weights: both must be honest p.
TEST_CASE("scale search: many keys on unmarked audio stay under the bound, at every scale and over all") {
    const int rate = 8000, keys = trials(160);
    const std::vector<ScaleSteps> looked_at{{},        {381, 38}, {-893, -89}, {-421, 0},  {892, 0},
                                            {1622, 0}, {0, 46},   {0, -70},    {-267, 38}, {1000, -80}};
    for (const Samples& host : {speech_like(4.2, rate, 95), white_noise(4.2, rate, 0.1, 96)}) {
        const Spectrogram spectrogram = spectrogram_of(host, rate);
        std::vector<double> least(std::size_t(keys), 0.0);
        for (const ScaleSteps steps : looked_at) {
            ScaledSlots scaled;
            scaled.slots.reserve(20);
            slots_at(spectrogram, scale_at(steps), 0, spectrogram.end_row(), scaled);
            REQUIRE(scaled.slots.size() > 4);
            std::vector<double> alone;
            for (int key = 0; key < keys; ++key) {
                const Carrier carrier = make_carrier(numbered_key(3000 + key));
                const auto verdict = judge(Evidence(scaled.slots, carrier, scaled.first_slot).view(), scaled.first_slot,
                                           carrier, 0, 1e-3);
                alone.push_back(verdict.log10_p);
                const double weighted = verdict.log10_p - log_scale_weight(steps) / std::log(10);
                least[std::size_t(key)] = std::min(least[std::size_t(key)], weighted);
            }
            check_shares("one scale", alone);
        }
        check_shares("all scales", least);
    }
}

TEST_CASE("scale search: the whole of it, on unmarked audio and another key's mark") {
    const int rate = 8000;
    const Samples speech = speech_like(4, rate, 97);
    std::vector<double> log10_ps;
    for (const Samples& host :
         {speech, chord(4, rate), drift(embed_mono(speech, mono_config(rate, Profile::robust, 77)).samples, 1.1)})
        for (int key = 0; key < trials(8); ++key) {
            const Detection found = detect_mono(host, full_config(rate, 4000 + key));
            CHECK_FALSE(found.marked);
            CHECK_FALSE(found.payload);
            log10_ps.push_back(found.log10_p);
        }
    check_shares("full search", log10_ps);
}

TEST_CASE("scale search: blocks of any size give the same, and silence nothing") {
    const int rate = 8000;
    const double unmarked_s = sanitized ? 2 : 60;  // with what follows more than one stretch, less than two
    const Samples marked = drift(embed_mono(speech_like(9, rate, 98), mono_config(rate)).samples, 0.9);
    const Samples received = joined({speech_like(unmarked_s, rate, 90), marked});
    const Detection expected = detect_mono(received, full_config(rate));
    CHECK(expected.payload == some_payload);
    CHECK(std::abs(expected.start_s - unmarked_s) < 0.8);
    Detector detector(full_config(rate));
    for (const std::size_t size : {std::size_t(161)}) {
        for (std::size_t done = 0; done < received.size(); done += size) {
            const float* in = received.data() + done;
            detector.push(&in, std::min(size, received.size() - done));
        }
        const Detection found = detector.finish();
        CHECK(found.log10_p == expected.log10_p);
        CHECK(found.payload_log10_p == expected.payload_log10_p);
        CHECK(found.start_s == expected.start_s);
        CHECK(found.end_s == expected.end_s);
        CHECK(found.time_scale == expected.time_scale);
        CHECK(found.frequency_scale == expected.frequency_scale);
    }
    const Detection nothing = detect_mono(silence(5, rate), full_config(rate));
    CHECK_FALSE(nothing.marked);
    CHECK(nothing.log10_p == 0);
}

TEST_CASE("scale search: a stream goes on elsewhere as it would have here") {
    const int rate = 8000;
    const Samples received = drift(embed_mono(speech_like(8, rate, 89), mono_config(rate)).samples, 1.1);
    const Detection expected = detect_mono(received, full_config(rate));
    REQUIRE(std::abs(expected.time_scale - 1.1) < time_limit);
    const std::size_t half = received.size() / 2;
    const float *first = received.data(), *second = first + half;
    Detector here(full_config(rate)), there(full_config(rate));
    here.push(&first, half);
    there.restore(here.save());
    there.push(&second, received.size() - half);
    const Detection found = there.finish();
    CHECK(found.log10_p == expected.log10_p);
    CHECK(found.payload == expected.payload);
    CHECK(found.time_scale == expected.time_scale);
    CHECK(found.frequency_scale == expected.frequency_scale);
}

TEST_CASE("scale search: memory does not grow with the signal") {
    const int rate = 8000, parts = sanitized ? 2 : 4;
    const Samples part = speech_like(35, rate, 99);  // two are searched at least once, all four twice
    Detector detector(full_config(rate));
    const float* in = part.data();
    const std::size_t before = bytes_in_use();
    for (int i = 0; i < 2; ++i) detector.push(&in, part.size());
    const std::size_t after_two = bytes_in_use();
    for (int i = 2; i < parts; ++i) detector.push(&in, part.size());
    CHECK(bytes_in_use() <= after_two + 10000);
    CHECK(after_two <= before + 10000);  // what a search takes it gives back
}

TEST_CASE("strengthen: keeps the better verdict, and of the other what stands beside it") {
    const auto stronger = [](StretchVerdict verdict, StretchVerdict other) {
        verdict.segments.reserve(8);
        other.segments.reserve(8);
        strengthen(verdict, other);
        return verdict;
    };
    StretchVerdict a, b;
    a.log10_p = -30;
    a.segments = {{10, 20, -30, {}, 0}};
    b.log10_p = -40;
    b.segments = {{0, 5, -40, {}, 0}, {19, 25, -9, {}, 0}, {30, 40, -10, {}, 0}};
    for (const StretchVerdict& verdict : {stronger(a, b), stronger(b, a)}) {
        CHECK(verdict.log10_p == -40);
        REQUIRE(verdict.segments.size() == 3);  // 10 to 20 overlaps what the stronger found
        CHECK(verdict.segments[1].start_s == 19);
    }
    b.segments = {{0, 5, -40, {}, 0}};
    const StretchVerdict both = stronger(a, b);
    REQUIRE(both.segments.size() == 2);
    CHECK(both.segments[0].start_s == 0);
    CHECK(both.segments[1].start_s == 10);
}
