// The weights of a net as the kernels take them (dsp/simd/kernels.hpp), laid out when the program is compiled.
#pragma once

#include "dsp/simd/kernels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace earmark {

// As train_net.py writes it: layer by layer, unit by unit, a weight for every value that the unit takes.
template <int row_count, int first_units, int second_units>
struct TrainedNet {
    static constexpr int rows = row_count, first = first_units, second = second_units;
    static constexpr int inputs = 4 * rows + 4;
    static constexpr std::size_t weight_count = first * inputs + second * first + second;

    std::array<std::int8_t, weight_count> weights;
    std::array<std::int32_t, first + second + 1> biases;
    float scale;
};

template <class Trained>
class WholeNet {
  public:
    static constexpr int inputs = Trained::inputs, first = Trained::first, second = Trained::second;
    static_assert(std::max({inputs, first, second}) <= simd::most_net_values && first % 16 == 0 && second % 16 == 0);

    constexpr explicit WholeNet(const Trained& trained) : biases_(trained.biases), scale_(trained.scale) {
        lay_out(trained, 0, inputs, first);
        lay_out(trained, first * inputs, first, second);
        lay_out(trained, first * inputs + second * first, second, 1);
    }

    // Does no sum pass what a ChipNet allows, whatever it takes? To be asserted.
    constexpr bool fits() const { return fits_; }
    constexpr simd::ChipNet net(std::int16_t least) const {
        return {Trained::rows, first, second, least, bytes_.data(), pairs_.data(), biases_.data(), scale_};
    }

  private:
    constexpr void lay_out(const Trained& trained, int start, int in, int units) {
        for (int unit = 0; unit < units; ++unit) {
            std::int64_t largest = 0;
            for (int i = 0; i < in; ++i) {
                const std::int8_t weight = trained.weights[at(start + unit * in + i)];
                bytes_[at(start + i / 4 * 4 * units + 4 * unit + i % 4)] = weight;
                pairs_[at(start + i / 2 * 2 * units + 2 * unit + i % 2)] = weight;
                largest += 255 * (weight < 0 ? -weight : weight);
            }
            const std::int64_t bias = biases_[at(next_bias_++)];
            largest += bias < 0 ? -bias : bias;
            fits_ = fits_ && largest < (std::int64_t{1} << 22);
        }
    }
    static constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

    alignas(64) std::array<std::int8_t, Trained::weight_count> bytes_{};
    alignas(64) std::array<std::int16_t, Trained::weight_count> pairs_{};
    std::array<std::int32_t, first + second + 1> biases_;
    float scale_;
    int next_bias_ = 0;
    bool fits_ = true;
};

}  // namespace earmark
