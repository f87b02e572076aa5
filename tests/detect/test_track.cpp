// Priors of tracks and of what stands beside them: weights that add up to at most 1, which the union bound lives on.
#include "dsp/detect/track.hpp"

#include "dsp/detect/budget.hpp"
#include "dsp/detect/statistic.hpp"
#include "dsp/detect/trace.hpp"
#include "dsp/detect/verdict.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

Track steady(int first, int length, int phase) {
    return {first, std::vector<int>(std::size_t(length), phase)};
}

// The weight that a step from phase a to phase b multiplies: taken from tracks that are not the whole stretch.
double step_weight(int a, int b) {
    return std::exp(log_prior({0, {a, b}}, 9) - log_prior(steady(0, 1, a), 9));
}

// Of all tracks over `length` slots from `first` on: sum over all 512^length phases, by going slot by slot.
double weight_of_all(int first, int length, int slots, const std::vector<double>& steps) {
    std::vector<double> at(packet_hops);
    const double keeps = (length - 1) * std::log(steps[0]);
    for (int phase = 0; phase < packet_hops; ++phase)
        at[std::size_t(phase)] = std::exp(log_prior(steady(first, length, phase), slots) - keeps);
    for (int slot = 1; slot < length; ++slot) {
        double sum = 0, row = 0;  // every row of the matrix of steps is the same, turned: see the test below
        for (const double weight : at) sum += weight;
        for (const double step : steps) row += step;
        at.assign(packet_hops, sum * row / packet_hops);
    }
    double sum = 0;
    for (const double weight : at) sum += weight;
    return sum;
}

std::vector<double> steps_from_zero() {
    std::vector<double> steps;
    for (int b = 0; b < packet_hops; ++b) steps.push_back(step_weight(0, b));
    return steps;
}

// Noise with the mark in it along the phases of a track, as strong as speech through a good codec leaves it.
std::vector<Slot> marked_slots(const Carrier& carrier, const std::vector<int>& phases, double strength,
                               Random& random) {
    std::vector<Slot> slots(phases.size());
    for (std::size_t s = 0; s < slots.size(); ++s) {
        Slot& slot = slots[s];
        slot.empty = false;
        for (int i = 0; i < slot_rows; ++i) {
            const long long row = (long long)(s)*slot_rows + i;
            for (int band = 0; band < chip_bands; ++band) {
                const bool chip_starts = (row - phases[s] + packet_hops) % chip_hops == 0;
                const int chip = packet_row_at(row, phases[s]) * chip_bands + band;
                const double mark = chip_starts ? strength * carrier.sign[std::size_t(chip)] : 0;
                const double residual = std::clamp(30 * (mark + random.normal()), -127.0, 127.0);
                const auto steps = std::int8_t(std::lround(residual));
                slot.residuals[std::size_t(i)][std::size_t(band)] = steps;
                slot.sync_energy[std::size_t(i % chip_hops)] += float(steps * steps) / 2;
            }
        }
    }
    return slots;
}

// The share of trials in which one of the tracks proposed is exactly the one that was marked.
double followed(const std::vector<int>& moves, double strength) {
    constexpr int count = 40;
    const Carrier carrier = make_carrier(numbered_key(1));
    Random random(4);
    int exact = 0;
    for (int trial = 0; trial < count; ++trial) {
        std::vector<int> phases{random.below(packet_hops)};
        for (const int move : moves) phases.push_back((phases.back() + move + packet_hops) % packet_hops);
        const std::vector<Slot> slots = marked_slots(carrier, phases, strength, random);
        const Evidence evidence(slots, carrier);
        const auto tracks = find_tracks(evidence.view());
        exact += std::any_of(tracks.begin(), tracks.end(), [&](const Track& t) { return t.phases == phases; });
    }
    return double(exact) / count;
}

}  // namespace

TEST_CASE("log_prior: the weights of all tracks add up to 1") {
    const auto steps = steps_from_zero();
    for (const int slots : {1, 2, 3, 7, 20, 64, 128}) {
        CAPTURE(slots);
        double sum = 0;
        for (int first = 0; first < slots; ++first)
            for (int length = 1; first + length <= slots; ++length) sum += weight_of_all(first, length, slots, steps);
        CHECK(sum <= 1 + 1e-9);
        CHECK(sum > 0.999);  // and none is wasted
    }
}

TEST_CASE("log_prior: tracks of two slots, one by one") {
    double sum = 0;
    for (int a = 0; a < packet_hops; ++a) {
        for (int b = 0; b < packet_hops; ++b) sum += std::exp(log_prior({0, {a, b}}, 2));
        sum += std::exp(log_prior({0, {a}}, 2)) + std::exp(log_prior({1, {a}}, 2));
    }
    CHECK(sum <= 1 + 1e-9);
    CHECK(sum > 0.999);
}

TEST_CASE("log_prior: a product of steps that depend on the move alone") {
    const auto steps = steps_from_zero();
    Random random(1);
    for (int trial = 0; trial < 200; ++trial) {
        const int slots = 2 + random.below(30), first = random.below(slots - 1);
        Track track{first, {random.below(packet_hops)}};
        double expected = 0;
        while (track.end() < slots && random.below(9) > 0) {
            const int move = random.below(3) == 0 ? random.below(packet_hops) : random.below(3) - 1;
            const int next = (track.phases.back() + move + packet_hops) % packet_hops;
            expected += std::log(steps[std::size_t((move + packet_hops) % packet_hops)] / steps[0]);
            track.phases.push_back(next);
        }
        const int length = track.end() - first;
        CHECK(log_prior(track, slots) == doctest::Approx(log_prior(steady(first, length, 5), slots) + expected));
    }
}

TEST_CASE("budget: stretches, starts and lengths of a call of any length, and the shares of all, add up to 1") {
    double stretches = 0, starts = 0, lengths = 0;
    for (long long k = 1; k <= 100000; ++k) stretches += std::exp(log_stretch_weight(k));
    for (long long slot = 0; slot < (1 << 20); ++slot) starts += std::exp(log_start_weight(slot));
    for (int slots = 1; slots <= stretch_slots; ++slots) lengths += std::exp(log_length_weight(slots));
    // Octave o of the starts weighs 1.6 / ((o + 4) (o + 5)): those from 2^20 on are left, 1.6 / 24.
    starts += 1.6 / 24;
    CHECK(starts <= 1 + 1e-9);
    CHECK(starts > 0.999);
    CHECK(lengths <= 1);
    for (const long long slot : {0, 1, 1000}) {
        double places = 0;
        for (int place = 0; place < places_in_slot; ++place) places += std::exp(log_place_weight(slot, place));
        CHECK(places == doctest::Approx(1).epsilon(1e-12));
    }
    CHECK(stretches + sequential_share + live_share <= 1 + 1e-9);
    CHECK(stretches + sequential_share + live_share > 0.9999);
    CHECK(std::exp(log_stretch_weight(1)) > 0.4);  // a short signal pays next to nothing
}

// Not marked, so that the whole stretch at some steady phase decides: the weight of a track known in advance.
TEST_CASE("hypotheses: keys, channels, phases and stretches are all counted") {
    const int rate = 8000;
    const Samples host = speech_like(4, rate, 2), marked = embed_mono(host, mono_config(rate)).samples;
    const double slots = std::ceil(4 / slot_s), parts = slots * (slots + 1) / 2;
    const double keep = 0.98 + 0.01 / packet_hops;
    const double whole = packet_hops / (0.85 + 0.15 / parts) / first_stretch_share / std::pow(keep, slots - 1);
    for (const int keys : {1, 2, 5})
        for (const int channels : {1, 2}) {
            CAPTURE(keys);
            CAPTURE(channels);
            DetectConfig config{.keys = {}, .sample_rate_hz = rate, .channels = channels};
            for (int key = 0; key < keys; ++key) config.keys.push_back({"key", numbered_key(key + 1)});
            const float* const in[]{marked.data(), host.data()};
            const Detection found = detect({{in, std::size_t(channels)}, marked.size(), rate}, config);
            CHECK(found.marked);
            CHECK(found.hypotheses == doctest::Approx(keys * channels * whole));
            CHECK(found.hypotheses >= 512);
        }
}

TEST_CASE("find_tracks: follows a steady mark, a drifting one and one that jumps") {
    constexpr double least_share = 0.8;
    CHECK(followed({0, 0, 0, 0, 0, 0, 0, 0, 0}, 0.3) > least_share);
    CHECK(followed({0, 0, 0, 0, 0, 0, 0, 0, 1}, 0.3) > least_share);  // one slot is evidence for a step, not for a jump
    CHECK(followed({-1, 0, 0, 0, 0, 0, 0, 0, 0}, 0.3) > least_share);
    CHECK(followed({0, 0, 0, 0, 100, 0, 0, 0, 0}, 0.3) > least_share);
    CHECK(followed({0, 0, 1, 0, 0, -37, 0, 0, 0}, 0.3) > least_share);
}

TEST_CASE("find_tracks: begins and ends with the mark") {
    const Carrier carrier = make_carrier(numbered_key(1));
    Random random(5);
    for (int trial = 0; trial < 10; ++trial) {
        std::vector<Slot> slots = marked_slots(carrier, std::vector<int>(24, 77), 0, random);
        const std::vector<Slot> marked = marked_slots(carrier, std::vector<int>(24, 77), 0.6, random);
        std::copy(marked.begin() + 9, marked.begin() + 17, slots.begin() + 9);
        const Evidence evidence(slots, carrier);
        const auto tracks = find_tracks(evidence.view());
        CHECK(std::any_of(tracks.begin(), tracks.end(),
                          [](const Track& t) { return t.first == 9 && t.phases == std::vector<int>(8, 77); }));
    }
}

TEST_CASE("correlator: every phase's correlation is the sum of sign times fold") {
    Random random(3);
    std::vector<Slot> slots(7);
    for (Slot& slot : slots) {
        slot.empty = false;
        for (WholeRow& row : slot.residuals)
            for (std::size_t band = 0; band < chip_bands; ++band) row[band] = std::int8_t(random.below(255) - 127);
    }
    slots[3].empty = true;
    const Carrier carrier = make_carrier(numbered_key(1));
    for (const long long first_slot : {0LL, 5LL, 1000003LL}) {
        const Evidence evidence(slots, carrier, first_slot);
        for (int phase = 0; phase < packet_hops; phase += 13) {
            double correlation = 0, expected = 0;
            for (const SlotEvidence& slot : evidence.view()) correlation += (*slot.correlations)[std::size_t(phase)];
            const Fold folded = fold(evidence.view(), first_slot, steady(0, 7, phase));
            for (std::size_t chip = 0; chip < packet_chips; ++chip)
                if (carrier.code_bit[chip] == -1) expected += carrier.sign[chip] * folded[chip];
            CHECK(correlation == doctest::Approx(expected).epsilon(1e-3));
        }
    }
}

TEST_CASE("packet_row_at: turns once a packet") {
    CHECK(packet_row_at(0, 0) == 0);
    CHECK(packet_row_at(8, 0) == 1);
    CHECK(packet_row_at(8, 8) == 0);
    CHECK(packet_row_at(0, 8) == 63);
    CHECK(packet_row_at(512 * 1000LL + 16, 0) == 2);
    CHECK(packet_row_at(-8, 0) == 63);
}
