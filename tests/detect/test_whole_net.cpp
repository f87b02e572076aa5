#include "dsp/detect/whole_net.hpp"

#include "dsp/detect/chip_net.hpp"
#include "tests/support/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

using namespace earmark;

namespace {

constexpr std::int16_t least = -7168;
constexpr WholeNet full(trained_chip_net);

// The trained net as it was written down, one unit after the other.
template <class Trained>
int trained(const Trained& net, std::vector<int> values) {
    const std::int8_t* weight = net.weights.data();
    const std::int32_t* bias = net.biases.data();
    for (const int units : {Trained::first, Trained::second, 1}) {
        std::vector<int> next;
        for (int unit = 0; unit < units; ++unit) {
            int sum = *bias++;
            for (const int value : values) sum += *weight++ * value;
            next.push_back(units == 1 ? sum : std::clamp(sum >> simd::net_shift, 0, 255));
        }
        values = next;
    }
    return std::clamp(static_cast<int>(std::nearbyint(static_cast<float>(values[0]) * net.scale)), -127, 127);
}

}  // namespace

TEST_CASE("whole net: what the trained one gives") {
    constexpr int chips = 16, width = 2 * chips + 2, rounds = 50;
    test::Random source(5);
    bool differs = false;
    for (int round = 0; round < rounds; ++round) {
        // Cells as speech has them: a level that wanders from row to row and band to band.
        std::array<std::array<std::int16_t, width>, trained_chip_net.rows + 1> cells{};
        for (auto& row : cells)
            for (auto& cell : row) cell = static_cast<std::int16_t>(-source.below(round % 2 == 0 ? 3000 : 9000));
        std::array<const std::int16_t*, trained_chip_net.rows> rows;
        std::transform(cells.begin(), cells.end() - 1, rows.begin(), [](const auto& row) { return row.data(); });
        const simd::ChipNet net = full.net(least);
        const simd::ChipView view{rows.data(), rows[2], rows[4], cells.back().data(), -300, 200};
        std::array<std::int8_t, chips> out;
        simd::kernels().chip_net(net, view, chips, out.data());
        for (int k = 0; k < chips; ++k) {
            const auto values = simd::net_values(net, view, k);
            const int expected = trained(trained_chip_net, {values.begin(), values.begin() + full.inputs});
            CHECK(out[static_cast<std::size_t>(k)] == expected);
            differs = differs || expected != out[0];
        }
    }
    CHECK(differs);
}

// What a net takes stands for nepers: the steps of a byte, and where it begins and ends.
TEST_CASE("whole net: bytes tell levels") {
    std::array<std::int16_t, 34> cells{}, floor{};
    std::array<const std::int16_t*, trained_chip_net.rows> rows;
    rows.fill(cells.data());
    const simd::ChipNet net = full.net(least);
    constexpr float steps_per_neper = float{simd::level_steps} * simd::level_scale / 65536;
    for (const float nepers : {-30.0f, -14.0f, -13.0f, -5.0f, 0.0f, 5.9f, 20.0f, 40.0f}) {
        cells.fill(static_cast<std::int16_t>(nepers * simd::level_steps));
        const auto values = simd::net_values(net, {rows.data(), cells.data(), cells.data(), floor.data(), 0, 512}, 3);
        const float expected = std::clamp((nepers + 14) * steps_per_neper, 0.0f, 255.0f);
        CHECK(std::abs(values[0] - expected) <= 1);
        const int more = 4 * trained_chip_net.rows;
        CHECK(values[more] == 24);  // its place
        CHECK(values[more + 1] == 12);
        CHECK(std::abs(values[more + 2] - std::clamp(nepers * steps_per_neper, 0.0f, 153.0f)) <= 1);
        CHECK(values[more + 3] == 0);
    }
}

// All weights as large as can be fit; a bias beyond does not.
TEST_CASE("whole net: knows what fits") {
    TrainedNet<15, 64, 64> net{};
    for (const std::int8_t weight : {127, -128}) {
        net.weights.fill(weight);
        net.biases.fill(1 << 20);
        CHECK(WholeNet(net).fits());
        net.biases[64] = -(1 << 22);
        CHECK_FALSE(WholeNet(net).fits());
    }
}
