// The hot loops, once for every instruction set of the machine: plain functions over plain arrays.
//
// Each set is one table. The scalar one is the reference: plain loops and the standard library, and what the others
// must agree with (tests/simd says to what bound). Arrays may start anywhere and have any length >= 0 unless a kernel
// says otherwise, and results do not depend on where they start: the same samples give the same bits however they
// were cut into blocks. In and out are the same array or do not overlap.
//
// Real time: no kernel allocates, locks or throws.
#pragma once

#include <array>
#include <bit>
#include <complex>
#include <cstdint>
#include <span>

namespace earmark::simd {

// What Limiter sums up over a hop.
struct MixEnergies {
    float host, change;
};

inline constexpr float per_thirty_db = 1 / 6.9077553f;  // of a natural logarithm of power

// Of two windows.
struct PairEnergies {
    float first, second;
};

// The depth rule (dsp/masking/depth.hpp) at one frame.
struct DepthFrame {
    float floor_db, noise_db, loud_cut, quiet_gain;
    float loudest;               // log level of the loudest
    float heard;                 // bins less than this under it are heard ...
    float scale, scale_unheard;  // ... and scaled by the former, the others by the latter
};

// Four bands of a slot of 16 chips by 8 hops, for correlate: in every row what each choice gives. Choice i + 4 k is the
// sum of a band of the first two and one of the last two; i, k = 0, 1: that band, 2, 3: the same with its sign turned.
inline constexpr int slot_chips = 16, hops_in_chip = 8;
struct alignas(64) BandChoices {
    std::array<std::array<std::int16_t, slot_chips * hops_in_chip>, 16> of;
};
// Which of them each row of a packet takes.
using ChosenRows = std::array<std::uint8_t, 64>;

// What a packet's 64 chip rows take of one pair of bands, one row after the other and then all once more, so that any
// turn of the packet is a run of 64. Each is where in PairValues it stands, as two bytes: 2 i and 2 i + 1.
inline constexpr int chip_rows_in_packet = 64;
using PairPicks = std::array<std::uint16_t, 2 * chip_rows_in_packet>;
constexpr std::uint16_t pick(int i) {
    return std::endian::native == std::endian::little ? static_cast<std::uint16_t>(2 * i | (2 * i + 1) << 8)
                                                      : static_cast<std::uint16_t>(2 * i << 8 | (2 * i + 1));
}
// What a pair of bands can give: [0], [1] the even and the odd band where the sign is +, [2], [3] where it is -, then
// zeros.
using PairValues = std::array<std::int16_t, 8>;
inline constexpr int most_bands = 32;

// A perceptron with two hidden layers of rectified units, the same for every chip, in whole numbers. What a layer takes
// are bytes: first 4 of each row, the levels of the chip's four bands, counted from the loudest band of the chip's
// first cell plus `least`; then 4 of the chip: its place, 8 a chip; how far that loudest band is under the loudest so
// far; how far the chip's own level is over its floor; and nothing. Levels, kept in level_steps, are taken in steps of
// some 40 of those: times level_scale, and the upper 16 bits of 32. A layer's sums, bias and all, are shifted down by
// net_shift and kept within 0 .. 255; the output is its sum times scale, rounded to even and kept within +-127. No sum
// passes 22 bits: who makes a net sees to that (dsp/detect/whole_net.hpp).
//
// Weights stand twice, layer by layer: as `bytes`, for every four values four weights of each unit; and as `pairs`, for
// every two values two of each. Of the output one unit.
struct ChipNet {
    int rows, first, second;  // units: multiples of 16
    std::int16_t least;       // in level_steps
    const std::int8_t* bytes;
    const std::int16_t* pairs;
    const std::int32_t* biases;
    float scale;
};
inline constexpr int net_shift = 7;
inline constexpr int most_net_values = 64;  // that a layer takes
inline constexpr int level_steps = 512;     // to a neper
inline constexpr std::int16_t level_scale = 1638;
inline constexpr int most_over_floor = 153;  // 12 nepers: what noise and codecs leave is less, digital silence is not

// What a net is to see. Rows, [band + 1], are read to [2 * count + 1].
struct ChipView {
    const std::int16_t* const* rows;
    const std::int16_t *first, *second;  // of the chips' cells
    const std::int16_t* floor;           // of every band
    std::int16_t level, loudest;         // of the loudest band of the first, and of the loudest so far
};

// Of advance: what the ways cost, and what evidence is worth.
struct PathStep {
    float keep, step, anywhere, gain, cost, base;
};

// Sums over the sync chips of a fold: of sign times residual, and of the squares.
struct FoldSums {
    std::int32_t along;
    std::int64_t energy;
};

// Of a SignTail: its levels are 1 .. most_sign_level, its sums are counted modulo twice sign_points.
inline constexpr int most_sign_level = 31, sign_points = 512;

struct Kernels {
    const char* name;

    // NaN, infinity and sizes up to `inaudible` become 0; the rest is clamped to +-largest.
    void (*usable)(const float* in, int count, float inaudible, float largest, float* out);
    // out = a * b
    void (*multiply)(const float* a, const float* b, int count, float* out);
    // sum += a * b
    void (*multiply_add)(const float* a, const float* b, int count, float* sum);
    // out = a * b; returns the sum of squares of out
    float (*multiply_energy)(const float* a, const float* b, int count, float* out);
    // |bin|^2 + floor
    void (*power)(const std::complex<float>* bins, int count, float floor, float* out);
    // The step between the transforms of a real signal and of its samples by twos (dsp/transform/fft.hpp), either way:
    // for k = 0 .. half / 2 and a = in[k], b = in[half - k] conjugated, out[k] = scale * (a + b) + turns[k] * (a - b),
    // and out[half - k] is scale * (a + b) - turns[k] * (a - b) conjugated. in, out: half + 1 values, never the same.
    void (*mirror)(const std::complex<float>* in, const std::complex<float>* turns, int half, float scale,
                   std::complex<float>* out);
    // out = a * window + i b * window; returns the sums of squares of both parts
    PairEnergies (*window_pair)(const float* a, const float* b, const float* window, int count,
                                std::complex<float>* out);
    // Power of the bins k < count of two real signals that were transformed as the parts of a complex one
    // (dsp/transform/pair_fft.hpp): |bins[k] +- bins[length - k]*|^2 / 4. bins: length + 1; count <= length / 2 + 1.
    void (*pair_powers)(const std::complex<float>* bins, int length, int count, float* first, float* second);
    float (*largest)(const float* in, int count);  // count >= 1
    // Natural logarithm of normal positive numbers, good to 4 units in the last place or 5e-7, whichever is more.
    void (*log)(const float* in, int count, float* out);
    // depth of every bin = (floor_db + noise_db * min(1, 2 flatness)) * ramp * (1 - loud_cut * max(0, 1 - t) +
    // quiet_gain * min(1, max(0, t - 1))), t = (loudest - log_level) / 30 dB. heard_depth: 0 for bins not heard.
    // gain = depth * scale * lean.
    void (*depths)(const DepthFrame& frame, const float* flatness, const float* log_level, const float* ramp,
                   const float* lean, int count, float* heard_depth, float* gain);
    // bins * (exp(gain) - 1) * scale, |gain| < 80; the exponential good to 5 units in the last place.
    void (*apply_gain)(const std::complex<float>* bins, const float* gain, int count, float scale,
                       std::complex<float>* out);
    // Over every second bin and its `edge` neighbours either side: log_level = ln(mean power), flatness = min(1,
    // exp(mean log power) / mean power). power and log_power: 2 * (count + edge) values, the first centre at [edge].
    // scratch: 4 * (count + edge) values.
    void (*flatness)(const float* power, const float* log_power, int count, int edge, float* scratch, float* flatness,
                     float* log_level);
    // Is host + change anywhere beyond max(1, |host|)?
    bool (*exceeds)(const float* host, const float* change, int count);
    // out = host + (gain + slope * i) * change, kept within max(1, |host|).
    MixEnergies (*mix)(const float* host, const float* change, int count, float gain, float slope, float* out);
    // A filter with a step of two bands: out[k] = sum over rows r and b = 0..3 of taps[4 r + b] * rows[r][2 k + b],
    // clamped to +-clip. count: a multiple of 16; rows are read to [2 * count + 1].
    void (*chip_filter)(const float* const* rows, int row_count, const float* taps, int count, float clip, float* out);

    // The output of the net for each of `count` chips, a multiple of 16; chip k has the bands 2 k .. 2 k + 3 of every
    // row. The same on every target.
    void (*chip_net)(const ChipNet& net, const ChipView& view, int count, std::int8_t* out);

    // out[i] = sum over j < pairs of taps[j] * (in[i + pairs - 1 - j] + in[i + pairs + j]); in holds count + 2 * pairs
    // - 1 values.
    void (*symmetric_filter)(const float* in, const float* taps, int pairs, int count, float* out);
    // out[b] = floor + sum over taps of weights[tap * count + b] * power[first[b] + tap]. step: first[b] = first[0] +
    // step * b for all, or 0. Power is read to [first[b] + taps + 1].
    void (*band_energies)(const float* power, const std::int32_t* first, int step, const float* weights, int taps,
                          int count, float floor, float* out);
    // Nepers to the nearest of level_steps, to even half way; returns the largest. count >= 16; sizes up to 60.
    std::int16_t (*levels)(const float* nepers, int count, std::int16_t* out);
    // floor = min(level, floor + rise), which stops at the end of 16 bits.
    void (*follow_floor)(const std::int16_t* levels, int count, std::int16_t rise, std::int16_t* floor);
    // One step of a search for the best path over `count` phases in a ring, a multiple of 64. scores: [-1 .. count],
    // the ends standing in for each other's neighbours. next[p] = max(scores[p] + keep, scores[p -+ 1] + step,
    // anywhere) + gain * correlations[p] - (cost * energies[p % 8] + base). moves: 0 .. 3 for which of those four, the
    // first of equals: the low bits of all phases, eight a byte from the lowest on, then the high bits. Returns where
    // next is largest, the first of equals. next may be scores.
    int (*advance)(const float* scores, const std::int16_t* correlations, const float* energies, int count,
                   const PathStep& path, float* next, std::uint8_t* moves);

    // Of whole numbers, hence the same bits on every target:
    // residuals: 128 rows, each `stride` after the one before, 1 to 4 bands; what is missing is 0.
    void (*choose)(const std::int8_t* residuals, int stride, int bands, BandChoices* out);
    // sums[8 ((place + j - row) % 64) + hop] += over packet rows, chips j, hops and groups of four bands what
    // slot[group].of[chosen[group][row]] has at 8 j + hop. place: 0 .. 63; sums: 512.
    void (*correlate)(const BandChoices* slot, const ChosenRows* chosen, int groups, int place, std::int16_t* sums);
    // Does the sum over the first n arrays, for any n up to `arrays` and any place i < count, pass limits[8 (n - 1) + i
    // % 8]? Sums stop at the ends of 16 bits. count: a multiple of 32.
    bool (*passes)(const std::int16_t* const* correlations, int arrays, const std::int16_t* limits, int count);
    // To each of `count` arrays of 64 sums, raised to its `least` where they are less: sums[m] += over pairs what
    // picks[pair][m + place] takes of values[pair]. tops: raised to the largest of each array where that is more.
    void (*accumulate)(const PairValues* values, int pairs, const PairPicks* picks, int place,
                       std::int32_t* const* sums, const std::int32_t* least, int count, std::int32_t* tops);

    // Adds slot_chips rows, each `stride` after the one before, times `times` to the rows place, place + 1, .. of a
    // ring of chip_rows_in_packet rows of most_bands - 1. bands: how many count, up to that; most_bands may be read of
    // a row.
    void (*fold_rows)(const std::int8_t* residuals, int stride, int bands, int times, int place, std::int16_t* folded);
    // signs: chip_rows_in_packet rows of most_bands, each with -1, 0 or 1 for every chip and a last 0 that stands for
    // none. folded: the same rows without that; sizes up to 8191, no two neighbours of 2 i and 2 i + 1 with signs both.
    FoldSums (*fold_sums)(const std::int8_t* signs, const std::int16_t* folded);

    // Mean of exp(-sum over k of weights[k - 1] sin^2(pi j k / sign_points) / 2) over j = 0 .. sign_points - 1;
    // weights: most_sign_level, >= 0 and together at most 1e5. Good to 1e-9.
    double (*sign_peak)(const double* weights);
};

// Those that this machine has, best first, scalar last. Never empty.
std::span<const Kernels* const> all_kernels();

// Those in use: the best, or what the environment variable EARMARK_SIMD names, or what use() said. Engines ask once, in
// their constructors. Throws Error(usage) when EARMARK_SIMD names none of this machine's.
const Kernels& kernels();

// For tests and benchmarks: engines made from now on use these; nullptr: the automatic choice again.
void use(const Kernels* forced) noexcept;

const Kernels& scalar_kernels();

// What a net takes of one chip, as scalar_kernels' does; for those who train it.
std::array<std::uint8_t, most_net_values> net_values(const ChipNet& net, const ChipView& view, int chip);

}  // namespace earmark::simd
