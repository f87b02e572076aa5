// The reference: what each kernel means, in plain loops. Compiled without automatic vectors (CMakeLists.txt), so that
// scalar means scalar when speeds are compared.
#include "dsp/simd/kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace earmark::simd {
namespace {

void usable(const float* in, int count, float inaudible, float largest, float* out) {
    for (int i = 0; i < count; ++i)
        out[i] = std::isfinite(in[i]) && std::abs(in[i]) > inaudible ? std::clamp(in[i], -largest, largest) : 0.0f;
}

void multiply(const float* a, const float* b, int count, float* out) {
    for (int i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

void multiply_add(const float* a, const float* b, int count, float* sum) {
    for (int i = 0; i < count; ++i) sum[i] += a[i] * b[i];
}

float multiply_energy(const float* a, const float* b, int count, float* out) {
    float energy = 0;
    for (int i = 0; i < count; ++i) {
        out[i] = a[i] * b[i];
        energy += out[i] * out[i];
    }
    return energy;
}

void power(const std::complex<float>* bins, int count, float floor, float* out) {
    for (int i = 0; i < count; ++i) out[i] = bins[i].real() * bins[i].real() + bins[i].imag() * bins[i].imag() + floor;
}

void mirror(const std::complex<float>* in, const std::complex<float>* turns, int half, float scale,
            std::complex<float>* out) {
    for (int k = 0; k <= half / 2; ++k) {
        const std::complex<float> a = in[k], b = std::conj(in[half - k]), same = scale * (a + b), other = a - b;
        const std::complex<float> turned(other.real() * turns[k].real() - other.imag() * turns[k].imag(),
                                         other.imag() * turns[k].real() + other.real() * turns[k].imag());
        out[k] = same + turned;
        out[half - k] = std::conj(same - turned);
    }
}

PairEnergies window_pair(const float* a, const float* b, const float* window, int count, std::complex<float>* out) {
    PairEnergies energies{};
    for (int i = 0; i < count; ++i) {
        const float first = a[i] * window[i], second = b[i] * window[i];
        out[i] = {first, second};
        energies.first += first * first;
        energies.second += second * second;
    }
    return energies;
}

void pair_powers(const std::complex<float>* bins, int length, int count, float* first, float* second) {
    for (int k = 0; k < count; ++k) {
        const std::complex<float> near = bins[k], far = std::conj(bins[length - k]), sum = near + far,
                                  difference = near - far;
        first[k] = 0.25f * (sum.real() * sum.real() + sum.imag() * sum.imag());
        second[k] = 0.25f * (difference.real() * difference.real() + difference.imag() * difference.imag());
    }
}

float largest(const float* in, int count) {
    return *std::max_element(in, in + count);
}

void log(const float* in, int count, float* out) {
    for (int i = 0; i < count; ++i) out[i] = std::log(in[i]);
}

void depths(const DepthFrame& frame, const float* flatness, const float* log_level, const float* ramp,
            const float* lean, int count, float* heard_depth, float* gain) {
    for (int i = 0; i < count; ++i) {
        const float below = frame.loudest - log_level[i], thirties = below * per_thirty_db;
        const float by_level =
            1 - frame.loud_cut * std::max(1 - thirties, 0.0f) + frame.quiet_gain * std::clamp(thirties - 1, 0.0f, 1.0f);
        const float depth_db = (frame.floor_db + frame.noise_db * std::min(1.0f, 2 * flatness[i])) * ramp[i] * by_level;
        const bool heard = below < frame.heard;
        heard_depth[i] = heard ? depth_db : 0;
        gain[i] = depth_db * (heard ? frame.scale : frame.scale_unheard) * lean[i];
    }
}

void apply_gain(const std::complex<float>* bins, const float* gain, int count, float scale, std::complex<float>* out) {
    for (int i = 0; i < count; ++i) out[i] = bins[i] * (std::expm1(gain[i]) * scale);
}

void flatness(const float* power, const float* log_power, int count, int edge, float*, float* flatness,
              float* log_level) {
    const int width = 2 * edge + 1;
    for (int k = 0; k < count; ++k) {
        float arithmetic = 0, geometric = 0;
        for (int i = 2 * k; i < 2 * k + width; ++i) {
            arithmetic += power[i];
            geometric += log_power[i];
        }
        log_level[k] = std::log(arithmetic / static_cast<float>(width));
        flatness[k] = std::min(1.0f, std::exp(geometric / static_cast<float>(width) - log_level[k]));
    }
}

bool exceeds(const float* host, const float* change, int count) {
    for (int i = 0; i < count; ++i)
        if (std::abs(host[i] + change[i]) > std::max(1.0f, std::abs(host[i]))) return true;
    return false;
}

MixEnergies mix(const float* host, const float* change, int count, float gain, float slope, float* out) {
    MixEnergies energies{};
    for (int i = 0; i < count; ++i) {
        const float applied = (gain + slope * static_cast<float>(i)) * change[i];
        const float ceiling = std::max(1.0f, std::abs(host[i]));
        out[i] = std::clamp(host[i] + applied, -ceiling, ceiling);  // the clamp only catches rounding
        energies.change += applied * applied;
        energies.host += host[i] * host[i];
    }
    return energies;
}

void chip_filter(const float* const* rows, int row_count, const float* taps, int count, float clip, float* out) {
    for (int k = 0; k < count; ++k) {
        float sum = 0;
        for (int r = 0; r < row_count; ++r)
            for (int b = 0; b < 4; ++b) sum += taps[4 * r + b] * rows[r][2 * k + b];
        out[k] = std::clamp(sum, -clip, clip);
    }
}

// The sum of one of so many units.
std::int32_t unit_sum(const std::uint8_t* in, int inputs, const std::int16_t* pairs, std::int32_t bias, int unit,
                      int units) {
    for (int i = 0; i < inputs; ++i) bias += pairs[i / 2 * 2 * units + 2 * unit + i % 2] * in[i];
    return bias;
}

std::uint8_t byte(int x) {
    return static_cast<std::uint8_t>(std::clamp(x, 0, 255));
}

void chip_net(const ChipNet& net, const ChipView& view, int count, std::int8_t* out) {
    const int inputs = 4 * net.rows + 4;
    const auto layer = [](const std::uint8_t* in, int in_count, const std::int16_t* pairs, const std::int32_t* biases,
                          int units, std::uint8_t* to) {
        for (int unit = 0; unit < units; ++unit)
            to[unit] = byte(unit_sum(in, in_count, pairs, biases[unit], unit, units) >> net_shift);
    };
    const std::int16_t* const second_pairs = net.pairs + net.first * inputs;
    const std::int16_t* const last_pairs = second_pairs + net.second * net.first;
    for (int k = 0; k < count; ++k) {
        const auto in = net_values(net, view, k);
        std::array<std::uint8_t, most_net_values> first, second;
        layer(in.data(), inputs, net.pairs, net.biases, net.first, first.data());
        layer(first.data(), net.first, second_pairs, net.biases + net.first, net.second, second.data());
        const std::int32_t sum =
            unit_sum(second.data(), net.second, last_pairs, net.biases[net.first + net.second], 0, 1);
        out[k] =
            static_cast<std::int8_t>(std::clamp<long>(std::lrintf(static_cast<float>(sum) * net.scale), -127, 127));
    }
}

void symmetric_filter(const float* in, const float* taps, int pairs, int count, float* out) {
    for (int i = 0; i < count; ++i) {
        out[i] = 0;
        for (int j = 0; j < pairs; ++j) out[i] += taps[j] * (in[i + pairs - 1 - j] + in[i + pairs + j]);
    }
}

void band_energies(const float* power, const std::int32_t* first, int, const float* weights, int taps, int count,
                   float floor, float* out) {
    for (int band = 0; band < count; ++band) {
        out[band] = floor;
        for (int tap = 0; tap < taps; ++tap) out[band] += weights[tap * count + band] * power[first[band] + tap];
    }
}

std::int16_t levels(const float* nepers, int count, std::int16_t* out) {
    for (int i = 0; i < count; ++i) out[i] = static_cast<std::int16_t>(std::lrintf(nepers[i] * level_steps));
    return *std::max_element(out, out + count);
}

void follow_floor(const std::int16_t* levels, int count, std::int16_t rise, std::int16_t* floor) {
    for (int i = 0; i < count; ++i)
        floor[i] = std::min(levels[i], static_cast<std::int16_t>(std::min(floor[i] + rise, 32767)));
}

int advance(const float* scores, const std::int16_t* correlations, const float* energies, int count,
            const PathStep& path, float* next, std::uint8_t* moves) {
    std::fill(moves, moves + count / 4, std::uint8_t{0});
    float below = scores[-1];
    for (int p = 0; p < count; ++p) {
        const std::array<float, 4> ways{scores[p] + path.keep, below + path.step, scores[p + 1] + path.step,
                                        path.anywhere};
        below = scores[p];
        const auto best = std::max_element(ways.begin(), ways.end());  // the first of equals
        next[p] = *best + path.gain * static_cast<float>(correlations[p]) - (path.cost * energies[p % 8] + path.base);
        const auto move = best - ways.begin();
        std::uint8_t* const low = moves + p / 8;
        std::uint8_t* const high = low + count / 8;
        *low = static_cast<std::uint8_t>(*low | (move & 1) << p % 8);
        *high = static_cast<std::uint8_t>(*high | move >> 1 << p % 8);
    }
    return static_cast<int>(std::max_element(next, next + count) - next);
}

std::int32_t picked(const PairValues& values, std::uint16_t place) {
    return values[static_cast<std::size_t>((place & 0xff) / 2)];  // 2 i or 2 i + 1: either byte will do
}

void choose(const std::int8_t* residuals, int stride, int bands, BandChoices* out) {
    const auto signed_band = [&](int row, int first, int which) {
        const int band = first + which % 2;
        const int residual = band < bands ? residuals[row * stride + band] : 0;
        return which < 2 ? residual : -residual;
    };
    for (int choice = 0; choice < 16; ++choice)
        for (int row = 0; row < slot_chips * hops_in_chip; ++row)
            out->of[choice][row] =
                static_cast<std::int16_t>(signed_band(row, 0, choice % 4) + signed_band(row, 2, choice / 4));
}

void correlate(const BandChoices* slot, const ChosenRows* chosen, int groups, int place, std::int16_t* sums) {
    for (int chip = 0; chip < chip_rows_in_packet; ++chip)
        for (int hop = 0; hop < hops_in_chip; ++hop) {
            int sum = sums[hops_in_chip * chip + hop];
            for (int j = 0; j < slot_chips; ++j) {
                const int row = (place + j - chip + chip_rows_in_packet) % chip_rows_in_packet;
                for (int group = 0; group < groups; ++group)
                    sum += slot[group].of[chosen[group][row]][hops_in_chip * j + hop];
            }
            sums[hops_in_chip * chip + hop] = static_cast<std::int16_t>(sum);
        }
}

bool passes(const std::int16_t* const* correlations, int arrays, const std::int16_t* limits, int count) {
    for (int i = 0; i < count; ++i) {
        int sum = 0;
        for (int n = 0; n < arrays; ++n) {
            sum = std::clamp(sum + correlations[n][i], -32768, 32767);
            if (sum > limits[8 * n + i % 8]) return true;
        }
    }
    return false;
}

void accumulate(const PairValues* values, int pairs, const PairPicks* picks, int place, std::int32_t* const* sums,
                const std::int32_t* least, int count, std::int32_t* tops) {
    std::array<std::int32_t, chip_rows_in_packet> gains{};
    for (int pair = 0; pair < pairs; ++pair)
        for (int m = 0; m < chip_rows_in_packet; ++m) gains[m] += picked(values[pair], picks[pair][place + m]);
    for (int i = 0; i < count; ++i) {
        for (int m = 0; m < chip_rows_in_packet; ++m) sums[i][m] = std::max(sums[i][m], least[i]) + gains[m];
        tops[i] = std::max(tops[i], *std::max_element(sums[i], sums[i] + chip_rows_in_packet));
    }
}

void fold_rows(const std::int8_t* residuals, int stride, int bands, int times, int place, std::int16_t* folded) {
    for (int chip = 0; chip < slot_chips; ++chip) {
        std::int16_t* const row = folded + (place + chip) % chip_rows_in_packet * (most_bands - 1);
        for (int band = 0; band < bands; ++band)
            row[band] = static_cast<std::int16_t>(row[band] + times * residuals[chip * stride + band]);
    }
}

FoldSums fold_sums(const std::int8_t* signs, const std::int16_t* folded) {
    FoldSums sums{};
    for (int row = 0; row < chip_rows_in_packet; ++row)
        for (int band = 0; band < most_bands - 1; ++band) {
            const int along = signs[row * most_bands + band] * folded[row * (most_bands - 1) + band];
            sums.along += along;
            sums.energy += along * along;
        }
    return sums;
}

double sign_peak(const double* weights) {
    std::array<double, sign_points> squares;
    for (int j = 0; j < sign_points; ++j) squares[j] = std::pow(std::sin(std::numbers::pi * j / sign_points), 2);
    double sum = 0;
    for (int j = 0; j < sign_points; ++j) {
        double exponent = 0;
        for (int k = 1; k <= most_sign_level; ++k) exponent += weights[k - 1] * squares[j * k % sign_points] / 2;
        sum += std::exp(-exponent);
    }
    return sum / sign_points;
}

}  // namespace

const Kernels& scalar_kernels() {
    static constexpr Kernels kernels{"scalar", usable,       multiply,    multiply_add,     multiply_energy,
                                     power,    mirror,       window_pair, pair_powers,      largest,
                                     log,      depths,       apply_gain,  flatness,         exceeds,
                                     mix,      chip_filter,  chip_net,    symmetric_filter, band_energies,
                                     levels,   follow_floor, advance,     choose,           correlate,
                                     passes,   accumulate,   fold_rows,   fold_sums,        sign_peak};
    return kernels;
}

std::array<std::uint8_t, most_net_values> net_values(const ChipNet& net, const ChipView& view, int chip) {
    const auto taken = [](int levels) { return byte(levels * level_scale >> 16); };
    const auto of_chip = [&](const std::int16_t* bands) { return bands[2 * chip + 1] + bands[2 * chip + 2]; };
    std::array<std::uint8_t, most_net_values> values{};
    for (int i = 0; i < 4 * net.rows; ++i)
        values[static_cast<std::size_t>(i)] =
            taken(std::min(view.rows[i / 4][2 * chip + i % 4] - view.level - net.least, 32767));
    std::uint8_t* const more = values.data() + 4 * net.rows;
    more[0] = byte(8 * chip);
    more[1] = taken(view.loudest - view.level);
    const int over_floor = ((of_chip(view.first) + of_chip(view.second)) >> 2) - (of_chip(view.floor) >> 1);
    more[2] = std::min(taken(over_floor), std::uint8_t{most_over_floor});
    return values;
}

}  // namespace earmark::simd
