#include "dsp/detect/cells.hpp"

#include "tests/support/signals.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rates[]{8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000};

double db(double nepers) {
    return nepers * 10 / std::log(10.0);
}

bool same(const std::vector<CellRow>& a, const std::vector<CellRow>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const CellRow& x, const CellRow& y) {
        return x.log_energy == y.log_energy && x.active == y.active;
    });
}

}  // namespace

TEST_CASE("cells: the bands end below the Nyquist frequency") {
    struct Expected {
        int rate, bands;
    };
    for (const Expected& e : {Expected{8000, 30}, Expected{11025, 42}, Expected{12000, 46}, Expected{16000, 62},
                              Expected{22050, 62}, Expected{48000, 62}, Expected{192000, 62}}) {
        CAPTURE(e.rate);
        CHECK(Cells(e.rate, {}).bands() == e.bands);
    }
}

TEST_CASE("cells: a steady sine shows in its own band") {
    constexpr double beside_db = 6, away_db = 25;  // how far below, one band and three bands off
    for (const int rate : rates)
        for (const int band : {0, 7, 20, 29, 55}) {
            if (band >= Cells(rate, {}).bands()) continue;
            CAPTURE(rate);
            CAPTURE(band);
            const auto rows = rows_of(sine(0.3, rate, first_band_hz + (band + 0.5) * band_hz, 0.5), rate);
            for (const std::size_t row : {std::size_t{20}, std::size_t{41}}) {
                const auto& energies = rows[row].log_energy;
                CHECK(std::max_element(energies.begin(), energies.end()) - energies.begin() == band);
                if (band > 0) CHECK(db(energies[band] - energies[band - 1]) > beside_db);
                if (band >= 3) CHECK(db(energies[band] - energies[band - 3]) > away_db);
                CHECK(rows[row].active);
            }
        }
}

// Power P of white noise in every bin, times the bins of a band; the mean of the logarithm of an average of a few
// exponential variables lies up to 1.5 dB under the logarithm of the mean.
TEST_CASE("cells: white noise has the level it should in every band") {
    for (const int rate : {8000, 11025, 16000, 44100}) {
        CAPTURE(rate);
        const auto rows = rows_of(white_noise(12, rate, 0.1, 1), rate);
        const double window = 0.024 * rate, bins_per_band = band_hz * window / rate;
        const double expected_db = 10 * std::log10(0.01 * bins_per_band);
        double lowest = 1e9, highest = -1e9;
        for (int band = 0; band < Cells(rate, {}).bands(); ++band) {
            double sum = 0;
            for (const CellRow& row : rows) sum += row.log_energy[band];
            const double off_db = db(sum / double(rows.size())) - expected_db;
            lowest = std::min(lowest, off_db);
            highest = std::max(highest, off_db);
        }
        CHECK(highest < 0.3);
        CHECK(lowest > -1.8);
        CHECK(highest - lowest < 0.8);  // no band's share is off
    }
}

TEST_CASE("cells: twenty decibels are twenty decibels, down to the floor") {
    const int rate = 16000;
    const Samples host = white_noise(0.5, rate, 0.1, 2);
    const auto loud = rows_of(host, rate), quiet = rows_of(scaled(host, 0.1), rate);
    double worst = 0;
    for (std::size_t row = 5; row + 5 < loud.size(); ++row)
        for (int band = 0; band < grid_bands; ++band)
            worst = std::max(worst, std::abs(db(loud[row].log_energy[band] - quiet[row].log_energy[band]) - 20));
    CHECK(worst < 0.01);
    for (const CellRow& row : rows_of(silence(0.2, rate), rate)) {
        CHECK_FALSE(row.active);
        for (const float energy : row.log_energy) CHECK(energy == doctest::Approx(std::log(1e-10)));
    }
}

TEST_CASE("cells: active means louder than -60 dBFS") {
    for (const int rate : {8000, 44100}) {
        const auto share = [&](double level) {
            const auto rows = rows_of(white_noise(1, rate, level, 3), rate);
            return double(std::count_if(rows.begin(), rows.end(), [](const CellRow& r) { return r.active; })) /
                   double(rows.size());
        };
        CHECK(share(1.4e-3) > 0.97);
        CHECK(share(0.7e-3) < 0.03);
    }
}

// Row k is centred on sample round(k * rate / 250): the rows are those whose centre lies before the end, which is the
// duration times 250, rounded up.
TEST_CASE("cells: as many rows as the duration has 4 ms, begun ones counted") {
    for (const int rate : rates)
        for (const std::size_t length :
             {std::size_t{0}, std::size_t{1}, std::size_t(rate) / 250, std::size_t(rate) / 100, std::size_t(rate),
              std::size_t(rate) * 3 + 1, std::size_t(rate) * 7 / 3}) {
            CAPTURE(rate);
            CAPTURE(length);
            std::size_t expected = 0;
            while (std::lround(double(expected) * rate / 250) < double(length)) ++expected;
            CHECK(rows_of(Samples(length, 0.1f), rate).size() == expected);
            CHECK(std::abs(double(expected) - std::ceil(double(length) * 250 / rate)) <= 1);
        }
}

TEST_CASE("cells: a click is loudest in the row centred on it, also after thousands of rounded hops") {
    for (const int rate : {8000, 11025, 22050, 44100}) {
        CAPTURE(rate);
        Samples host(std::size_t(rate) * 20, 0.0f);
        const std::size_t row = 4321, place = std::size_t(std::lround(double(row) * rate / 250));
        host[place] = 0.5f;
        const auto rows = rows_of(host, rate);
        const auto loudest = std::max_element(rows.begin(), rows.end(), [](const CellRow& a, const CellRow& b) {
            return a.log_energy[10] < b.log_energy[10];
        });
        CHECK(std::size_t(loudest - rows.begin()) == row);
    }
}

TEST_CASE("cells: the same rows from blocks of any size, and after a reset") {
    for (const int rate : {8000, 11025, 48000}) {
        const Samples host = speech_like(1.3, rate, 4);
        const auto expected = rows_of(host, rate);
        std::vector<CellRow> rows;
        Cells cells(rate, [&](const CellRow& row) { rows.push_back(row); });
        for (const std::size_t size :
             {std::size_t{1}, std::size_t{7}, std::size_t{160}, std::size_t{5000}, host.size()}) {
            rows.clear();
            cells.reset();
            for (std::size_t done = 0; done < host.size(); done += size)
                cells.push(host.data() + done, std::min(size, host.size() - done));
            CHECK(cells.samples() == std::int64_t(host.size()));
            cells.finish();
            CHECK(cells.samples() == std::int64_t(host.size()));
            CAPTURE(size);
            CHECK(same(rows, expected));
        }
    }
}

TEST_CASE("cells: NaN and infinity count as silence, a sample of 1e38 stays finite") {
    Samples poisoned = speech_like(0.5, 8000, 5), silenced = poisoned;
    poisoned[1000] = std::numeric_limits<float>::quiet_NaN();
    poisoned[1500] = -std::numeric_limits<float>::infinity();
    silenced[1000] = silenced[1500] = 0;
    CHECK(same(rows_of(poisoned, 8000), rows_of(silenced, 8000)));
    poisoned[2000] = 1e38f;
    for (const CellRow& row : rows_of(poisoned, 8000))
        CHECK(std::all_of(row.log_energy.begin(), row.log_energy.end(), [](float e) { return std::isfinite(e); }));
}
