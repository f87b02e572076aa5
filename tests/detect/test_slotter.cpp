#include "dsp/detect/slotter.hpp"

#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

std::vector<CellRow> noise_rows(int count, std::uint64_t seed) {
    Random random(seed);
    std::vector<CellRow> rows(std::size_t(count), CellRow{{}, true});
    for (CellRow& row : rows)
        for (float& energy : row.log_energy) energy = float(random.normal() - 5);
    return rows;
}

std::vector<WholeRow> residuals_of(const std::vector<CellRow>& rows) {
    Whitening whitening(grid_bands);
    std::vector<WholeRow> residuals;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        whitening.push(rows[row]);
        if (row >= whitening_look_ahead) residuals.push_back(whitening.residual());
    }
    return residuals;
}

// Speech as the net knows it, roughly: slow swells under a tilt, noise in every cell, and chips of known signs in it.
struct MarkedRows {
    std::vector<CellRow> rows;
    std::array<std::array<int, chip_bands>, 64> signs{};  // of the chips that begin at row 8 n
};

MarkedRows marked_rows(float depth, float noise_floor, std::uint64_t seed) {
    MarkedRows marked;
    Random random(seed);
    for (auto& row : marked.signs)
        for (int& sign : row) sign = random.normal() > 0 ? 1 : -1;
    for (int row = 0; row < 8 * 64; ++row) {
        CellRow cells{{}, true};
        for (int band = 0; band < grid_bands; ++band) {
            const int sign = marked.signs[std::size_t(row / 8)][std::size_t(band / 2)];
            const float swell = 3 * std::sin(0.02f * float(row) + 0.1f * float(band));
            const float pattern = float(sign) * (row % 8 < 4 ? 1.0f : -1.0f) * (band % 2 == 0 ? 1.0f : -1.0f);
            const float level = swell - 4 - 0.05f * float(band) + depth * pattern + 0.4f * float(random.normal());
            cells.log_energy[std::size_t(band)] =
                std::log(std::exp(level) + std::exp(noise_floor + 0.4f * float(random.normal())));
        }
        marked.rows.push_back(cells);
    }
    return marked;
}

// Sum of sign times residual over the root of the residuals' energy, chips taken at row 8 n + 2 + shift.
double z_at(const MarkedRows& marked, int shift) {
    const auto residuals = residuals_of(marked.rows);
    double sum = 0, energy = 0;
    for (std::size_t n = 4; n < 60; ++n)
        for (std::size_t band = 0; band < chip_bands; ++band) {
            const double r = residuals[std::size_t(int(8 * n) + 2 + shift)][band];
            sum += marked.signs[n][band] * r;
            energy += r * r;
        }
    return sum / std::sqrt(energy);
}

}  // namespace

TEST_CASE("whitening: chips tell their signs, at their own rows") {
    const MarkedRows marked = marked_rows(0.3f, -20, 1);
    const double own = z_at(marked, 0);
    CHECK(own > 12);  // of 1,736 chips
    for (const int other : {-8, 8, 16}) CHECK(std::abs(z_at(marked, other)) < own / 2);
    CHECK(std::abs(z_at(marked_rows(0, -20, 2), 0)) < 4);
}

// What noise has filled says little: its residuals are small, those of cells above it are not.
TEST_CASE("whitening: cells under a noise floor count less") {
    const auto deviation = [](const std::vector<CellRow>& rows, bool above) {
        const auto residuals = residuals_of(rows);
        double energy = 0, count = 0;
        for (std::size_t row = 256; row < residuals.size(); ++row)
            for (std::size_t band = 0; band < chip_bands; ++band) {
                if ((rows[row].log_energy[2 * band] > -4) != above) continue;
                energy += residuals[row][band] * residuals[row][band];
                ++count;
            }
        REQUIRE(count > 100);
        return std::sqrt(energy / count);
    };
    const auto rows = marked_rows(0.3f, -6, 3).rows;
    CHECK(deviation(rows, false) < 0.7 * deviation(rows, true));
}

TEST_CASE("whitening: blind to gain, silent in silence, and clipped") {
    auto rows = marked_rows(2, -20, 4).rows;
    auto louder = rows;
    for (CellRow& row : louder)
        for (float& energy : row.log_energy) energy += 4.6f;  // 20 dB
    const auto before = residuals_of(rows), after = residuals_of(louder);
    double changed = 0, size = 0;
    int largest = 0;
    for (std::size_t row = 0; row < before.size(); ++row)
        for (std::size_t band = 0; band < padded_chip_bands; ++band) {
            changed += std::pow(before[row][band] - after[row][band], 2);
            size += std::pow(before[row][band], 2);
            largest = std::max(largest, std::abs(before[row][band]));
        }
    CHECK(changed < 1e-3 * size);  // cells are rounded to 1/512 neper, anew at every gain
    CHECK(largest == largest_residual);
    CHECK(before[7][padded_chip_bands - 1] == 0);
}

TEST_CASE("slotter: a slot for every 128 rows, and one for the rest") {
    for (const int rows : {1, 2, 7, 8, 9, 127, 128, 129, 135, 136, 137, 256, 300, 400}) {
        CAPTURE(rows);
        // Up to 7 rows behind a full slot are dropped.
        CHECK(slots_of(noise_rows(rows, 2), grid_bands).size() == std::size_t(std::max(rows - 8, 0) / slot_rows + 1));
    }
    CHECK(slots_of(std::vector<CellRow>{}, grid_bands).empty());
}

// Read rows are odd, so of two marks one row apart one stands on rows between.
TEST_CASE("slotter: rows between those that are read tell a mark as well") {
    const auto z_of = [](const MarkedRows& marked, int shift) {
        const std::vector<CellRow> rows(marked.rows.begin() + shift, marked.rows.end());
        const auto slots = slots_of(rows, grid_bands);
        double sum = 0, energy = 0;
        for (std::size_t n = 4; n < 60; ++n)
            for (std::size_t band = 0; band < chip_bands; ++band) {
                const std::size_t row = 8 * n + 2 - std::size_t(shift);
                const double r = slots[row / slot_rows].residuals[row % slot_rows][band];
                sum += marked.signs[n][band] * r;
                energy += r * r;
            }
        return sum / std::sqrt(energy);
    };
    double read = 0, between = 0;
    for (const std::uint64_t seed : {7, 8, 9, 10}) {
        const MarkedRows marked = marked_rows(0.2f, -20, seed);
        between += z_of(marked, 0);
        read += z_of(marked, 1);
    }
    CHECK(read > 4 * 8);
    CHECK(between > 0.95 * read);
}

TEST_CASE("slotter: slots are the residuals in order, their energies those of the residuals") {
    const auto rows = noise_rows(300, 3);
    const auto slots = slots_of(rows, grid_bands);
    const auto residuals = residuals_of(rows);
    WholeRow before{};
    for (std::size_t row = 1; row < residuals.size(); row += 2) {
        const WholeRow& read = residuals[row];
        REQUIRE(slots[row / slot_rows].residuals[row % slot_rows] == read);
        for (std::size_t chip = 0; chip < padded_chip_bands; ++chip)
            REQUIRE(slots[row / slot_rows].residuals[row % slot_rows - 1][chip] == (before[chip] + read[chip]) / 2);
        before = read;
    }
    for (std::size_t r = 0; r < chip_hops; ++r) {
        double expected = 0;
        for (std::size_t row = r; row < slot_rows; row += chip_hops)
            for (const int x : slots[0].residuals[row]) expected += x * x / 2.0;
        CHECK(slots[0].sync_energy[r] == doctest::Approx(expected).epsilon(1e-4));
    }
    CHECK_FALSE(slots[0].empty);
    CHECK(slots[2].residuals[slot_rows - 1] == WholeRow{});
}

TEST_CASE("slotter: dead bands say nothing, and come back when they live") {
    auto rows = noise_rows(4 * slot_rows + whitening_look_ahead, 4);
    const auto mute = [&](int from, int until) {
        for (int row = from; row < until; ++row)
            for (int band = 32; band < grid_bands; ++band) rows[std::size_t(row)].log_energy[band] -= 18;
    };
    mute(0, 2 * slot_rows);
    const auto slots = slots_of(rows, grid_bands);
    const auto loud = [](const Slot& slot, int chip) {
        return std::any_of(slot.residuals.begin(), slot.residuals.end(),
                           [&](const WholeRow& r) { return r[chip] != 0; });
    };
    for (int chip = 0; chip < chip_bands; ++chip) {
        CAPTURE(chip);
        CHECK(loud(slots[0], chip) == (chip < 16));
        CHECK(loud(slots[3], chip));
    }
}

// Chips 16 to 19 lie between 4.1 and 5.1 kHz; loud enough to live, as the images in Opus's narrow band are.
TEST_CASE("slotter: images behind 4 kHz say nothing, unless something is heard behind them") {
    for (const int highest_chip : {14, 16, 19, 20, 25}) {
        CAPTURE(highest_chip);
        auto rows = noise_rows(slot_rows + whitening_look_ahead, 8);
        for (CellRow& row : rows)
            for (int band = 2 * 16; band < grid_bands; ++band)
                row.log_energy[band] -= band / 2 <= highest_chip ? 6.0f : 18.0f;
        const Slot slot = slots_of(rows, grid_bands)[0];
        for (int chip = 0; chip < chip_bands; ++chip) {
            CAPTURE(chip);
            const bool heard = chip < 16 || (highest_chip >= 20 && chip <= highest_chip);
            CHECK(heard == std::any_of(slot.residuals.begin(), slot.residuals.end(),
                                       [&](const WholeRow& r) { return r[chip] != 0; }));
        }
    }
}

TEST_CASE("slotter: a loud start does not deafen for good") {
    auto rows = noise_rows(24 * slot_rows + whitening_look_ahead, 6);
    for (int row = 0; row < slot_rows; ++row) rows[std::size_t(row)].log_energy[0] += 18;
    const auto slots = slots_of(rows, grid_bands);
    const auto heard = [](const Slot& slot) {
        return std::any_of(slot.residuals.begin(), slot.residuals.end(), [&](const WholeRow& r) { return r[20] != 0; });
    };
    CHECK_FALSE(heard(slots[0]));
    CHECK_FALSE(heard(slots[4]));
    CHECK(heard(slots[20]));
}

TEST_CASE("slotter: bands that the host does not have stay zero; steady audio makes an empty slot") {
    const auto narrow = slots_of(noise_rows(200, 5), 30);
    for (const WholeRow& row : narrow[0].residuals)
        for (std::size_t chip = 15; chip < padded_chip_bands; ++chip) REQUIRE(row[chip] == 0);
    CHECK_FALSE(narrow[0].empty);
}
