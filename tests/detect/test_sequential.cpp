#include "dsp/detect/sequential.hpp"

#include "dsp/detect/budget.hpp"
#include "dsp/simd/kernels.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/random.hpp"
#include "tests/support/shares.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 8000;
constexpr int bands = 15;  // of chips, at 8 kHz

std::vector<WholeRow> residuals_of(const Samples& samples) {
    std::vector<WholeRow> residuals;
    Slotter slotter(2 * bands);
    for (const CellRow& row : rows_of(samples, rate)) {
        slotter.push(row);
        if (!slotter.has_read()) continue;
        for (const WholeRow& row_read : slotter.read_rows()) residuals.push_back(row_read);
    }
    return residuals;
}

// The mixture that the test stands for, plainly: every place of every slot, every phase, both strengths.
class Mixture {
  public:
    explicit Mixture(const Carrier& carrier) : carrier_(carrier) {}

    double push(const WholeRow& row) {
        constexpr int place_rows = slot_rows / places_in_slot;
        const long long now = rows_++;
        if (now % place_rows == 0) places_.emplace_back(now);
        double all = 0;
        for (Place& place : places_) {
            const long long slot = place.first / slot_rows;
            if (now < slot * slot_rows + packet_hops)
                for (int phase = static_cast<int>(now % chip_hops); phase < packet_hops; phase += chip_hops)
                    bet(row, now, phase, place.sums[static_cast<std::size_t>(phase)]);
            const double weight =
                std::exp(log_start_weight(slot) +
                         log_place_weight(slot, static_cast<int>(place.first % slot_rows / place_rows)));
            for (const auto& [weak, strong] : place.sums)
                all += weight / packet_hops * (0.3 * std::exp(weak) + 0.7 * std::exp(strong));
        }
        return std::log(all);
    }

  private:
    struct Place {
        explicit Place(long long row) : first(row), sums(packet_hops) {}
        long long first;
        std::vector<std::pair<double, double>> sums;
    };

    void bet(const WholeRow& row, long long now, int phase, std::pair<double, double>& sums) const {
        const std::int8_t* const signs = carrier_.sync_sign.data() + packet_row_at(now, phase) * padded_chip_bands;
        for (int band = 0; band < bands; ++band) {
            const double stake = static_cast<double>(row[static_cast<std::size_t>(band)]) / largest_residual;
            if (signs[band] == 0) continue;
            sums.first += signs[band] * 0.75 * stake - std::log(std::cosh(0.75 * stake));
            sums.second += signs[band] * 2.25 * stake - std::log(std::cosh(2.25 * stake));
        }
    }

    const Carrier& carrier_;
    std::vector<Place> places_;
    long long rows_ = 0;
};

}  // namespace

TEST_CASE("sequential test: never above the mixture that it stands for, and not far below") {
    for (const int start : {0, 2500, 7000}) {  // samples of noise before the mark
        const Carrier carrier = make_carrier(numbered_key(7));
        const Correlator correlator(carrier);
        Samples call = white_noise(start / double(rate), rate, 0.05, 3);
        const Samples speech = embed_mono(speech_like(1.5, rate, 4), mono_config(rate, Profile::standard, 7)).samples;
        call.insert(call.end(), speech.begin(), speech.end());
        SequentialTest test;
        Mixture mixture(carrier);
        double highest = -1e9;
        long long row = 0;
        for (const WholeRow& residuals : residuals_of(call)) {
            test.push(RowBets(residuals, bands), row++, correlator);
            highest = std::max(highest, mixture.push(residuals));
            REQUIRE(test.log_evidence() <= highest + 1e-9);
        }
        CAPTURE(start);
        CHECK(test.log_evidence() > 14);
        CHECK(test.log_evidence() > highest - 1.5);
        CHECK(std::abs(double(test.first_slot()) * slot_s - double(start) / rate) < slot_s);
    }
}

TEST_CASE(
    "sequential test: looked at with every row, thousands of keys: the share that ever reaches p stays under it") {
    const int keys = trials(2000);
    std::vector<Correlator> correlators;
    for (int key = 0; key < keys; ++key) correlators.emplace_back(make_carrier(numbered_key(1000 + key)));
    const Samples noise = white_noise(packet_cells * cell_s, rate, 0.1, 9);
    Samples loop;  // every packet the same
    for (int packet = 0; packet < 3; ++packet) loop.insert(loop.end(), noise.begin(), noise.end());
    const Samples speech = speech_like(6, rate, 51);
    const std::vector<std::pair<std::string, Samples>> hosts{
        {"packet loop", loop},
        {"speech-like", speech},
        {"marked with another key", embed_mono(speech, mono_config(rate, Profile::robust, 999983)).samples}};
    for (const auto& [name, samples] : hosts) {
        const std::vector<WholeRow> rows = residuals_of(samples);
        std::vector<RowBets> bets;
        for (const WholeRow& row : rows) bets.emplace_back(row, bands);
        std::vector<double> log10_ps;
        for (const Correlator& correlator : correlators) {
            SequentialTest test;
            for (std::size_t row = 0; row < bets.size(); ++row)
                test.push(bets[row], static_cast<long long>(row), correlator);
            log10_ps.push_back(std::min(0.0, -test.log_evidence() / std::log(10.0)));
        }
        check_shares(name, log10_ps);
        // Not absurdly far under it either: the weights of later slots are still unspent.
        CAPTURE(name);
        CHECK(*std::min_element(log10_ps.begin(), log10_ps.end()) < -1);
    }
}

// Kernels add up the pairs of a row in 16 bits.
TEST_CASE("sequential test: the largest bets of a row stay within 16 bits, on every target") {
    Carrier carrier;  // every chip of the even bands serves sync
    carrier.sign.fill(1);
    for (std::size_t chip = 0; chip < carrier.code_bit.size(); ++chip)
        carrier.code_bit[chip] = chip % chip_bands % 2 == 0 ? std::int16_t{-1} : std::int16_t{0};
    const Correlator correlator(carrier);
    for (const int sign : {1, -1}) {
        WholeRow row{};
        std::fill_n(row.begin(), chip_bands, static_cast<std::int8_t>(sign * largest_residual));
        const RowBets bets(row, chip_bands);
        for (std::size_t strength = 0; strength < RowBets::strengths; ++strength) {
            std::int64_t expected = 0;
            for (int pair = 0; pair < bets.pairs; ++pair) expected += bets.values(strength)[pair][0];
            for (const simd::Kernels* kernels : simd::all_kernels()) {
                CAPTURE(std::string(kernels->name));
                std::array<std::int32_t, simd::chip_rows_in_packet> sums{};
                std::int32_t* const at = sums.data();
                const std::int32_t least = 0;
                std::int32_t top = -1000000;
                kernels->accumulate(bets.values(strength), bets.pairs, correlator.picks(), 0, &at, &least, 1, &top);
                CHECK(top == expected);
                CHECK(*std::min_element(sums.begin(), sums.end()) == expected);
            }
            CHECK((sign > 0 ? expected > 0 : expected < -5000));
        }
    }
}
