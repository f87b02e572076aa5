// The weights of a net in whole numbers, made from trained ones when the program is compiled.
//
// Every layer's steps are powers of two, as fine as can be while, whatever the inputs, its weights fit 16 bits, its
// sums 32 and what it hands on 16 again: the range of each unit follows from the ranges of what it adds up. The
// residuals differ by less than a hundredth from those in floating point, which is less than a step of Slot's.
#pragma once

#include "dsp/simd/kernels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace earmark {

// Weights as train_nets.py writes them: layer by layer, for every 8 units their biases, then for every input its 8
// weights; of the output its bias, then its weights.
template <int rows, int more, int first, int second>
class WholeNet {
  public:
    static constexpr int inputs = 4 * rows + more;
    static constexpr std::size_t weight_count = first * (inputs + 1) + second * (first + 1) + second + 1;
    static_assert(std::max({inputs, first, second}) <= simd::most_net_values && first % 8 == 0 && second % 8 == 0);

    // Inputs are kept within least .. most; the output has that clip.
    constexpr WholeNet(const std::array<float, weight_count>& trained, double least, double most, double clip)
        : least_(step_of(least)), most_(step_of(most)), clip_(static_cast<float>(clip)) {
        std::array<Range, inputs> in{};
        in.fill({least_, most_});
        std::array<Range, first> hidden{};
        std::array<Range, second> last{};
        std::array<Range, 1> out{};
        const std::span<const float> all(trained);
        std::int16_t* weights = weights_.data();
        const Layer one = layer(all, in, hidden, simd::net_input_steps, weights, biases_.data(), true);
        weights += first * even(inputs);
        const Layer two =
            layer(all.subspan(first * (inputs + 1)), hidden, last, one.steps, weights, biases_.data() + first, true);
        weights += second * first;
        const Layer three = layer(all.subspan(first * (inputs + 1) + second * (first + 1)), last, out, two.steps,
                                  weights, biases_.data() + first + second, false);
        shifts_ = {one.shift, two.shift};
        scale_ = static_cast<float>(1 / three.steps);
    }

    // Does nothing overflow, whatever the inputs? To be asserted.
    constexpr bool fits() const { return fits_; }
    constexpr simd::ChipNet net() const {
        return {rows, more, first, second, least_, most_, weights_.data(), biases_.data(), shifts_, scale_, clip_};
    }

  private:
    struct Range {
        std::int64_t least, most;
    };
    struct Layer {
        double steps;  // of its values to 1
        int shift;     // of its sums, to 16 bits
    };

    static constexpr int even(int count) { return (count + 1) / 2 * 2; }
    static constexpr std::int16_t step_of(double x) { return static_cast<std::int16_t>(x * simd::net_input_steps); }
    static constexpr double size(double x) { return x < 0 ? -x : x; }
    static constexpr std::int32_t rounded(double x) { return static_cast<std::int32_t>(x < 0 ? x - 0.5 : x + 0.5); }

    // in: what the inputs may be, in_steps of them to 1. Puts down the same of the units, rectified. hands_on: its
    // values are to fit 16 bits.
    template <std::size_t in_count, std::size_t units>
    constexpr Layer layer(std::span<const float> trained, const std::array<Range, in_count>& in,
                          std::array<Range, units>& out, double in_steps, std::int16_t* weights, std::int32_t* biases,
                          bool hands_on) {
        constexpr std::size_t side = std::min<std::size_t>(units, 8);
        constexpr double room = 0.98, most_weight = 32767, most_value = room * 32767, most_sum = room * 2147483647;
        const auto start = [&](std::size_t unit) {
            return &trained[unit / side * side * (in_count + 1) + unit % side];
        };
        double heaviest = 0, widest = 0;  // the largest weight, and the largest sum of one sign
        for (std::size_t unit = 0; unit < units; ++unit) {
            double low = size(start(unit)[0] * in_steps), high = low;
            for (std::size_t i = 0; i < in_count; ++i) {
                const double weight = start(unit)[(i + 1) * side];
                const double a = weight * static_cast<double>(in[i].least),
                             b = weight * static_cast<double>(in[i].most);
                low += size(std::min({a, b, 0.0})), high += std::max({a, b, 0.0});
                heaviest = std::max(heaviest, size(weight));
            }
            widest = std::max({widest, low, high});
        }
        double weight_steps = 1;
        while (2 * weight_steps * heaviest <= most_weight && 2 * weight_steps * widest <= most_sum) weight_steps *= 2;
        int down = 0;
        if (hands_on)
            for (double value = weight_steps * widest; value > most_value; value /= 2) ++down;
        for (std::size_t unit = 0; unit < units; ++unit) {
            biases[unit] = rounded(start(unit)[0] * in_steps * weight_steps) + (down > 0 ? 1 << (down - 1) : 0);
            std::int64_t low = biases[unit] < 0 ? biases[unit] : 0, high = biases[unit] > 0 ? biases[unit] : 0;
            for (std::size_t i = 0; i < in_count; ++i) {
                const std::int64_t weight = rounded(start(unit)[(i + 1) * side] * weight_steps);
                low += std::min({weight * in[i].least, weight * in[i].most, std::int64_t{0}});
                high += std::max({weight * in[i].least, weight * in[i].most, std::int64_t{0}});
                weights[i / 2 * 2 * units + 2 * unit + i % 2] = static_cast<std::int16_t>(weight);
                fits_ = fits_ && weight >= -32767 && weight <= 32767;
            }
            fits_ = fits_ && low >= -2147483647 && high <= 2147483647;
            if (hands_on) fits_ = fits_ && low >> down >= -32767 && high >> down <= 32767;
            out[unit] = {0, high >> down};
        }
        fits_ = fits_ && down <= 16;
        return {in_steps * weight_steps / static_cast<double>(std::int64_t{1} << down), down};
    }

    std::int16_t least_, most_;
    alignas(64) std::array<std::int16_t, first * even(inputs) + second * first + second> weights_{};
    std::array<std::int32_t, first + second + 1> biases_{};
    std::array<int, 2> shifts_{};
    float scale_ = 1, clip_;
    bool fits_ = true;
};

}  // namespace earmark
