// What the mark does to the cells, against a plain model of which sign each should have.
#include "dsp/carrier/carrier.hpp"
#include "dsp/coding/codeword.hpp"
#include "dsp/masking/depth.hpp"
#include "dsp/transform/fft.hpp"
#include "dsp/transform/window.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

int model_sign(const Carrier& carrier, const Codeword& codeword, long long cell, int band) {
    const auto in_packet = int(cell % packet_cells);
    const auto chip = std::size_t(in_packet / 2 * chip_bands + band / 2);
    const int bit = carrier.code_bit[chip];
    const int pattern = in_packet % 2 == band % 2 ? 1 : -1;
    return carrier.sign[chip] * pattern * (bit >= 0 ? codeword[std::size_t(bit)] : 1);
}

struct Effect {
    double agreement, change_db;  // share of cells that moved by their sign; mean move along the sign
};

// Over all cells of the bands [from, until), at their middles.
Effect measured(const Samples& host, const Samples& marked, int rate, int from, int until) {
    const Carrier carrier = make_carrier(numbered_key(1));
    const Codeword codeword = encode(some_payload);
    const auto before = rows_of(host, rate), after = rows_of(marked, rate);
    double agreeing = 0, change = 0, count = 0;
    for (std::size_t cell = 4; (cell + 4) * cell_hops < before.size(); ++cell)
        for (int band = from; band < until; ++band) {
            const std::size_t row = cell * cell_hops + 2;
            const double moved = double(after[row].log_energy[band]) - before[row].log_energy[band];
            const int sign = model_sign(carrier, codeword, (long long)(cell), band);
            agreeing += moved * sign > 0;
            change += moved * sign;
            ++count;
        }
    return {agreeing / count, change / count * 10 / std::log(10.0)};
}

// Energy of a signal above a frequency.
double energy_above(const Samples& samples, int rate, double limit_hz) {
    const int length = 4096;
    RealFft fft(length);
    const auto window = hann(length);
    double sum = 0;
    for (std::size_t start = 0; start + length <= samples.size(); start += length / 2) {
        for (int i = 0; i < length; ++i) fft.time()[i] = samples[start + i] * window[i];
        fft.forward();
        for (int bin = int(limit_hz * length / rate); bin < fft.bins(); ++bin) sum += std::norm(fft.frequency()[bin]);
    }
    return sum;
}

}  // namespace

// The windows of both sides smear a cell over its neighbours, which have the opposite sign: of the depth asked for
// about two thirds can be measured. White noise has one level, so it counts as loudest everywhere.
TEST_CASE("marked cells: white noise moves by the sign of the carrier and about as deep as asked") {
    for (const int rate : {8000, 11025, 16000, 44100, 48000})
        for (const Profile profile : {Profile::transparent, Profile::standard, Profile::robust}) {
            const Samples host = white_noise(4.5, rate, 0.1, 41);
            const Effect effect = measured(host, embed_mono(host, mono_config(rate, profile)).samples, rate, 8, 30);
            const DepthRule rule = depth_rule(profile);
            double asked_db = 0;
            for (int band = 8; band < 30; ++band)
                asked_db += rule.depth_db(1, rule.ramp(first_band_hz + (band + 0.5) * band_hz), 0.8f) / 22;
            CAPTURE(rate);
            CAPTURE(name(profile));
            CHECK(effect.agreement > 0.8);
            CHECK(effect.change_db > 0.45 * asked_db);
            CHECK(effect.change_db < 1.0 * asked_db);
        }
}

TEST_CASE("marked cells: the upper bands of wide hosts are marked too, the lowest hardly") {
    const Samples host = white_noise(4.5, 48000, 0.1, 42);
    const Samples marked = embed_mono(host, mono_config(48000)).samples;
    CHECK(measured(host, marked, 48000, 40, grid_bands).agreement > 0.8);
    CHECK(measured(host, marked, 48000, 0, 2).change_db < 0.6 * measured(host, marked, 48000, 20, 30).change_db);
}

TEST_CASE("marked cells: above the grid the host stays") {
    constexpr double limit_db = -45;  // what window leakage leaves
    const int rate = 48000;
    const Samples host = white_noise(2, rate, 0.1, 43);
    const Samples change = difference(embed_mono(host, mono_config(rate, Profile::robust)).samples, host);
    const double above = energy_above(change, rate, 8300), all = energy_above(change, rate, 0);
    CHECK(10 * std::log10(above / all) < limit_db);
}

TEST_CASE("marked cells: what a wide host has above 14 kHz does not change the mark below") {
    constexpr double limit_db = -40;  // of the change: what the half-band filter lets through counts in the pauses
    for (const int rate : {44100, 48000, 96000}) {
        CAPTURE(rate);
        const Samples voice = speech_like(3, rate, 45), hiss = sine(3, rate, 18000, 0.05);
        const Samples alone = difference(embed_mono(voice, mono_config(rate)).samples, voice);
        const Samples both = sum(voice, hiss);
        const Samples beside = difference(embed_mono(both, mono_config(rate)).samples, both);
        CHECK(10 * std::log10(energy(difference(beside, alone)) / energy(alone)) < limit_db);
    }
}

TEST_CASE("mark_db: within its range on speech-like hosts, and what the samples say") {
    struct Range {
        Profile profile;
        double least_db, most_db;
    };
    for (const Range& range : {Range{Profile::transparent, -27, -20}, Range{Profile::standard, -23.5, -16.5},
                               Range{Profile::robust, -20, -13}})
        for (const int rate : {8000, 16000, 44100}) {
            const Samples host = speech_like(4, rate, 44);
            const MonoMarked marked = embed_mono(host, mono_config(rate, range.profile));
            CAPTURE(name(range.profile));
            CAPTURE(rate);
            CHECK(marked.report.mark_db > range.least_db);
            CHECK(marked.report.mark_db < range.most_db);
            const double told = std::pow(10, marked.report.mark_db / 10);
            CHECK(energy(difference(marked.samples, host)) / energy(host) == doctest::Approx(told).epsilon(0.01));
            CHECK(marked.report.active_s > 2);
            CHECK(marked.report.active_s <= 4.01);
        }
}
