#include "dsp/detect/whole_net.hpp"

#include "dsp/detect/chip_nets.hpp"
#include "dsp/detect/whitening.hpp"
#include "tests/support/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace earmark;

namespace {

constexpr int rows = 7, more = 3, inputs = 4 * rows + more;
constexpr float least = -14, most = 6, clip = 1;
using Net = WholeNet<rows, more, trained_chip_net_units[0], trained_chip_net_units[1]>;
constexpr Net whole(trained_chip_net, least, most, clip);
static_assert(whole.fits());

// The trained net as it was trained.
double trained(std::vector<double> values) {
    const float* weights = trained_chip_net.data();
    for (const int units : {trained_chip_net_units[0], trained_chip_net_units[1], 1}) {
        std::vector<double> next;
        const int side = std::min(units, 8), count = static_cast<int>(values.size());
        for (int unit = 0; unit < units; ++unit) {
            const float* const own = weights + unit / side * side * (count + 1) + unit % side;
            double sum = own[0];
            for (int i = 0; i < count; ++i) sum += own[side * (i + 1)] * values[static_cast<std::size_t>(i)];
            next.push_back(units == 1 ? sum : std::max(sum, 0.0));
        }
        weights += units * (count + 1);
        values = next;
    }
    return std::clamp(values[0], -double(clip), double(clip));
}

}  // namespace

TEST_CASE("whole net: what the trained one gives, to a hundredth") {
    constexpr int chips = 16, width = 2 * chips + 2, rounds = 50;
    test::Random source(5);
    double error = 0, size = 0, worst = 0;
    for (int round = 0; round < rounds; ++round) {
        // Cells as speech has them: a level that wanders from row to row and band to band.
        std::array<std::array<std::int16_t, width>, rows> cells{};
        std::array<std::array<std::int16_t, chips>, more> others{};
        for (auto& row : cells)
            for (auto& cell : row) cell = static_cast<std::int16_t>(-source.below(round % 2 == 0 ? 3000 : 9000));
        for (auto& row : others)
            for (auto& value : row) value = static_cast<std::int16_t>(source.below(1024) - 512);
        std::array<const std::int16_t*, rows> at;
        std::array<const std::int16_t*, more> beside;
        std::transform(cells.begin(), cells.end(), at.begin(), [](const auto& row) { return row.data(); });
        std::transform(others.begin(), others.end(), beside.begin(), [](const auto& row) { return row.data(); });
        std::array<float, chips> out;
        simd::kernels().chip_net(whole.net(), at.data(), -300, beside.data(), chips, out.data());
        for (int k = 0; k < chips; ++k) {
            std::vector<double> values;
            for (const auto& row : cells)
                for (int b = 0; b < 4; ++b)
                    values.push_back(std::clamp((row[static_cast<std::size_t>(2 * k + b)] + 300) / 512.0, double(least),
                                                double(most)));
            for (const auto& row : others) values.push_back(row[static_cast<std::size_t>(k)] / 512.0);
            const double expected = trained(values), difference = out[static_cast<std::size_t>(k)] - expected;
            error += difference * difference;
            size += expected * expected;
            worst = std::max(worst, std::abs(difference));
        }
    }
    MESSAGE("root of the mean square " << std::sqrt(error / (rounds * chips)) << " of "
                                       << std::sqrt(size / (rounds * chips)) << ", most " << worst);
    CHECK(worst < 0.01);
    CHECK(error < 1e-3 * size);  // half of it is what z can lose
}

// Weights beyond what 16 bits allow together: the steps get coarser, nothing overflows.
TEST_CASE("whole net: any weights fit") {
    constexpr std::size_t count = WholeNet<2, 1, 8, 8>::weight_count;
    test::Random source(6);
    for (const double largest : {1e-3, 1.0, 30.0, 1e3}) {
        std::array<float, count> weights;
        for (float& weight : weights) weight = static_cast<float>(source.between(-largest, largest));
        const WholeNet<2, 1, 8, 8> net(weights, least, most, clip);
        CAPTURE(largest);
        CHECK(net.fits());
        CHECK(net.net().scale > 0);
    }
}
