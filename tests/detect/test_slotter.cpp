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

std::vector<ResidualRow> residuals_of(const std::vector<CellRow>& rows) {
    Whitening whitening(grid_bands);
    std::vector<ResidualRow> residuals;
    for (const CellRow& row : rows) residuals.push_back(whitening.push(row));
    residuals.erase(residuals.begin(), residuals.begin() + whitening_look_ahead);
    return residuals;
}

}  // namespace

TEST_CASE("whitening: a chip's pattern stands out at its own row and band, with its sign") {
    for (const int sign : {1, -1})
        for (const int band : {0, 3, 16, 30}) {
            CAPTURE(band);
            std::vector<CellRow> rows(60, CellRow{{}, true});
            const int start = 24;  // the row of the first cell
            for (int row = -2; row < 6; ++row)
                for (int i = 0; i < 2; ++i)
                    rows[std::size_t(start + row)].log_energy[2 * band + i] =
                        0.5f * float(sign * ((row < 2) == (i == 0) ? 1 : -1));
            const auto residuals = residuals_of(rows);
            float largest = 0;
            for (const ResidualRow& row : residuals)
                for (const float r : row) largest = std::max(largest, std::abs(r));
            // The next row, a quarter of a cell on, sees nearly as much.
            CHECK(float(sign) * residuals[std::size_t(start)][std::size_t(band)] > 0.9f * largest);
            CHECK(largest > 0.5f);
        }
}

TEST_CASE("whitening: blind to gain and to anything steady, and clipped") {
    constexpr float steady_limit = 0.2f, clip = 2.2f;
    const auto rows = noise_rows(80, 1);
    auto louder = rows;
    for (CellRow& row : louder)
        for (float& energy : row.log_energy) energy += 4.6f;  // 20 dB
    const auto before = residuals_of(rows), after = residuals_of(louder);
    float worst = 0, largest = 0;
    for (std::size_t row = 0; row < before.size(); ++row)
        for (std::size_t band = 0; band < padded_chip_bands; ++band) {
            worst = std::max(worst, std::abs(before[row][band] - after[row][band]));
            largest = std::max(largest, std::abs(before[row][band]));
        }
    CHECK(worst < steady_limit);
    CHECK(largest <= clip);
    CHECK(largest > 0.9f * clip);
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

TEST_CASE("slotter: slots are the residuals in order, their energies those of the residuals") {
    const auto rows = noise_rows(300, 3);
    const auto slots = slots_of(rows, grid_bands);
    const auto residuals = residuals_of(rows);
    for (std::size_t row = 0; row < residuals.size(); ++row)
        REQUIRE(slots[row / slot_rows].residuals[row % slot_rows] == whole(residuals[row]));
    for (std::size_t r = 0; r < chip_hops; ++r) {
        double expected = 0;
        for (std::size_t row = r; row < slot_rows; row += chip_hops)
            for (const int x : whole(residuals[row])) expected += x * x / 2.0;
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
