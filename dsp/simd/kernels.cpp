// Every kernel once, in Highway's terms; foreach_target.hpp includes this file again for every instruction set that the
// compiler knows. What a kernel means stands in scalar.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dsp/simd/kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first, or the rest is compiled for one target only.
#include "dsp/simd/kernels.hpp"
#include "dsp/simd/machine.hpp"
#include "dsp/simd/vector_targets.hpp"

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

HWY_BEFORE_NAMESPACE();
namespace earmark::simd::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
// Where Highway has no vectors it has nothing that plain loops lack.
const Kernels* table() {
    return &scalar_kernels();
}
#else

namespace hn = hwy::HWY_NAMESPACE;

// No kernel gains from registers beyond 512 bits, and chip_filter counts on lengths that 16 lanes divide.
constexpr std::size_t most_lanes = 16;

// What is left behind the last whole register, in ever smaller ones: no array is read or written past its end.
template <std::size_t lanes, class Step>
HWY_INLINE void finish(std::size_t i, std::size_t count, const Step& step) {
    const hn::CappedTag<float, lanes> d;
    if (hn::Lanes(d) == lanes && i + lanes <= count) {
        step(d, i);
        i += lanes;
    }
    if constexpr (lanes > 1) finish<lanes / 2>(i, count, step);
    // A register of scalable length may be shorter than all those asked for.
    if constexpr (lanes == 1)
        for (; i < count; ++i) step(d, i);
}

// Calls step(d, i) for i over [0, count), a register at a time.
template <class Step>
HWY_INLINE void for_each(int signed_count, const Step& step) {
    const hn::CappedTag<float, most_lanes> d;
    const std::size_t lanes = hn::Lanes(d), count = static_cast<std::size_t>(signed_count);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) step(d, i);
    finish<most_lanes / 2>(i, count, step);
}

// The same, where step gives a vector: the sum of all its lanes.
template <class Step>
HWY_INLINE float sum_of(int signed_count, const Step& step) {
    const hn::CappedTag<float, most_lanes> d;
    const std::size_t lanes = hn::Lanes(d), count = static_cast<std::size_t>(signed_count);
    auto sums = hn::Zero(d), others = sums;  // neither waits for the other
    std::size_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        sums = hn::Add(sums, step(d, i));
        others = hn::Add(others, step(d, i + lanes));
    }
    for (; i + lanes <= count; i += lanes) sums = hn::Add(sums, step(d, i));
    float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sums, others)));
    finish<most_lanes / 2>(i, count, [&](auto part, std::size_t at) HWY_ATTR {
        sum += hn::GetLane(hn::SumOfLanes(part, step(part, at)));
    });
    return sum;
}

void usable(const float* in, int count, float inaudible, float largest, float* out) {
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto x = hn::LoadU(d, in + i);
        const auto size = hn::Abs(x);
        // Comparisons with NaN are false.
        const auto good =
            hn::And(hn::Gt(size, hn::Set(d, inaudible)), hn::Le(size, hn::Set(d, hwy::HighestValue<float>())));
        const auto limit = hn::Set(d, largest);
        hn::StoreU(hn::IfThenElseZero(good, hn::Max(hn::Neg(limit), hn::Min(limit, x))), d, out + i);
    });
}

void multiply(const float* a, const float* b, int count, float* out) {
    for_each(count, [&](auto d, std::size_t i)
                        HWY_ATTR { hn::StoreU(hn::Mul(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, out + i); });
}

void multiply_add(const float* a, const float* b, int count, float* sum) {
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        hn::StoreU(hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), hn::LoadU(d, sum + i)), d, sum + i);
    });
}

float multiply_energy(const float* a, const float* b, int count, float* out) {
    return sum_of(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto product = hn::Mul(hn::LoadU(d, a + i), hn::LoadU(d, b + i));
        hn::StoreU(product, d, out + i);
        return hn::Mul(product, product);
    });
}

void power(const std::complex<float>* bins, int count, float floor, float* out) {
    const float* const parts = reinterpret_cast<const float*>(bins);
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        hn::Vec<decltype(d)> real, imaginary;
        hn::LoadInterleaved2(d, parts + 2 * i, real, imaginary);
        hn::StoreU(hn::MulAdd(real, real, hn::MulAdd(imaginary, imaginary, hn::Set(d, floor))), d, out + i);
    });
}

// Complex values stay side by side; the last register goes back as far as it must to be whole.
void mirror(const std::complex<float>* in, const std::complex<float>* turns, int half, float scale,
            std::complex<float>* out) {
    const hn::CappedTag<float, most_lanes> d;
    const hn::Repartition<std::uint64_t, decltype(d)> pairs;
    const int lanes = static_cast<int>(hn::Lanes(pairs)), count = half / 2 + 1;
    if (count < lanes) return scalar_kernels().mirror(in, turns, half, scale, out);
    const auto of_second = hn::BitCast(d, hn::Set(pairs, std::uint64_t{0x80000000} << 32));
    const auto of_first = hn::BitCast(d, hn::Set(pairs, std::uint64_t{0x80000000}));
    const auto mirrored = [&](auto v) HWY_ATTR {
        return hn::Xor(of_second, hn::BitCast(d, hn::Reverse(pairs, hn::BitCast(pairs, v))));
    };
    const auto factor = hn::Set(d, scale);
    for (int k = 0;; k = std::min(k + lanes, count - lanes)) {
        const int far = half - k - lanes + 1;
        const auto a = hn::LoadU(d, reinterpret_cast<const float*>(in + k));
        const auto b = mirrored(hn::LoadU(d, reinterpret_cast<const float*>(in + far)));
        const auto turn = hn::LoadU(d, reinterpret_cast<const float*>(turns + k));
        const auto other = hn::Sub(a, b), same = hn::Mul(factor, hn::Add(a, b));
        const auto turned =
            hn::MulAdd(other, hn::DupEven(turn), hn::Mul(hn::Xor(of_first, hn::Reverse2(d, other)), hn::DupOdd(turn)));
        hn::StoreU(hn::Add(same, turned), d, reinterpret_cast<float*>(out + k));
        hn::StoreU(mirrored(hn::Sub(same, turned)), d, reinterpret_cast<float*>(out + far));
        if (k + lanes == count) break;
    }
}

PairEnergies window_pair(const float* a, const float* b, const float* window, int count, std::complex<float>* out) {
    float* const parts = reinterpret_cast<float*>(out);
    float second = 0;
    const hn::CappedTag<float, most_lanes> wide;
    auto seconds = hn::Zero(wide);
    const float first = sum_of(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto w = hn::LoadU(d, window + i);
        const auto x = hn::Mul(hn::LoadU(d, a + i), w), y = hn::Mul(hn::LoadU(d, b + i), w);
        hn::StoreInterleaved2(x, y, d, parts + 2 * i);
        if constexpr (std::is_same_v<decltype(d), decltype(wide)>)
            seconds = hn::MulAdd(y, y, seconds);
        else
            second += hn::GetLane(hn::SumOfLanes(d, hn::Mul(y, y)));
        return hn::Mul(x, x);
    });
    return {first, second + hn::GetLane(hn::SumOfLanes(wide, seconds))};
}

void pair_powers(const std::complex<float>* bins, int length, int count, float* first, float* second) {
    const float* const parts = reinterpret_cast<const float*>(bins);
    for_each(count, [&](auto d, std::size_t k) HWY_ATTR {
        hn::Vec<decltype(d)> near_real, near_imaginary, far_real, far_imaginary;
        const std::size_t far = static_cast<std::size_t>(length) + 1 - k - hn::Lanes(d);
        hn::LoadInterleaved2(d, parts + 2 * k, near_real, near_imaginary);
        hn::LoadInterleaved2(d, parts + 2 * far, far_real, far_imaginary);
        far_real = hn::Reverse(d, far_real);
        far_imaginary = hn::Reverse(d, far_imaginary);
        const auto quarter_norm = [&](auto real, auto imaginary) HWY_ATTR {
            return hn::Mul(hn::Set(d, 0.25f), hn::MulAdd(real, real, hn::Mul(imaginary, imaginary)));
        };
        hn::StoreU(quarter_norm(hn::Add(near_real, far_real), hn::Sub(near_imaginary, far_imaginary)), d, first + k);
        hn::StoreU(quarter_norm(hn::Sub(near_real, far_real), hn::Add(near_imaginary, far_imaginary)), d, second + k);
    });
}

float largest(const float* in, int count) {
    float most = in[0];
    const hn::CappedTag<float, most_lanes> wide;
    auto most_wide = hn::Set(wide, most);
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        if constexpr (std::is_same_v<decltype(d), decltype(wide)>)
            most_wide = hn::Max(most_wide, hn::LoadU(d, in + i));
        else
            most = std::max(most, hn::GetLane(hn::MaxOfLanes(d, hn::LoadU(d, in + i))));
    });
    return std::max(most, hn::GetLane(hn::MaxOfLanes(wide, most_wide)));
}

void log(const float* in, int count, float* out) {
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR { hn::StoreU(hn::Log(d, hn::LoadU(d, in + i)), d, out + i); });
}

void depths(const DepthFrame& frame, const float* flatness, const float* log_level, const float* ramp,
            const float* lean, int count, float* heard_depth, float* gain) {
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto one = hn::Set(d, 1.0f), zero = hn::Zero(d);
        const auto below = hn::Sub(hn::Set(d, frame.loudest), hn::LoadU(d, log_level + i));
        const auto beyond = hn::MulSub(below, hn::Set(d, per_thirty_db), one);  // thirties of dB beyond the first
        const auto loud = hn::Max(hn::Neg(beyond), zero), quiet = hn::Min(hn::Max(beyond, zero), one);
        const auto by_level =
            hn::MulAdd(hn::Set(d, frame.quiet_gain), quiet, hn::NegMulAdd(hn::Set(d, frame.loud_cut), loud, one));
        const auto twice = hn::LoadU(d, flatness + i);
        const auto by_flatness =
            hn::MulAdd(hn::Set(d, frame.noise_db), hn::Min(one, hn::Add(twice, twice)), hn::Set(d, frame.floor_db));
        const auto depth_db = hn::Mul(hn::Mul(by_flatness, hn::LoadU(d, ramp + i)), by_level);
        const auto heard = hn::Lt(below, hn::Set(d, frame.heard));
        const auto scale = hn::IfThenElse(heard, hn::Set(d, frame.scale), hn::Set(d, frame.scale_unheard));
        hn::StoreU(hn::IfThenElseZero(heard, depth_db), d, heard_depth + i);
        hn::StoreU(hn::Mul(hn::Mul(depth_db, scale), hn::LoadU(d, lean + i)), d, gain + i);
    });
}

void apply_gain(const std::complex<float>* bins, const float* gain, int count, float scale, std::complex<float>* out) {
    const float* const parts = reinterpret_cast<const float*>(bins);
    float* const out_parts = reinterpret_cast<float*>(out);
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        hn::Vec<decltype(d)> real, imaginary;
        hn::LoadInterleaved2(d, parts + 2 * i, real, imaginary);
        const auto factor = hn::Mul(hn::Expm1(d, hn::LoadU(d, gain + i)), hn::Set(d, scale));
        hn::StoreInterleaved2(hn::Mul(real, factor), hn::Mul(imaginary, factor), d, out_parts + 2 * i);
    });
}

// out[k] = sum of in[2 k .. 2 k + 2 edge]: pairs first, so that half of the additions remain.
void every_second_sum(const float* in, int count, int edge, float* scratch, float* out) {
    float* const firsts = scratch;
    float* const pairs = scratch + count + edge;
    for_each(count + edge, [&](auto d, std::size_t i) HWY_ATTR {
        hn::Vec<decltype(d)> first, second;
        hn::LoadInterleaved2(d, in + 2 * i, first, second);
        hn::StoreU(first, d, firsts + i);
        hn::StoreU(hn::Add(first, second), d, pairs + i);
    });
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        auto sum = hn::LoadU(d, firsts + i + edge);
        for (int j = 0; j < edge; ++j) sum = hn::Add(sum, hn::LoadU(d, pairs + i + j));
        hn::StoreU(sum, d, out + i);
    });
}

void flatness(const float* power, const float* log_power, int count, int edge, float* scratch, float* flatness,
              float* log_level) {
    const float per_bin = 1.0f / static_cast<float>(2 * edge + 1);
    every_second_sum(power, count, edge, scratch, log_level);
    every_second_sum(log_power, count, edge, scratch, flatness);
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto scale = hn::Set(d, per_bin);
        const auto level = hn::Log(d, hn::Mul(hn::LoadU(d, log_level + i), scale));
        const auto below = hn::MulSub(hn::LoadU(d, flatness + i), scale, level);
        hn::StoreU(level, d, log_level + i);
        hn::StoreU(hn::Min(hn::Set(d, 1.0f), hn::Exp(d, below)), d, flatness + i);
    });
}

bool exceeds(const float* host, const float* change, int count) {
    const float beyond = sum_of(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto one = hn::Set(d, 1.0f);
        const auto h = hn::LoadU(d, host + i);
        const auto over = hn::Gt(hn::Abs(hn::Add(h, hn::LoadU(d, change + i))), hn::Max(one, hn::Abs(h)));
        return hn::IfThenElseZero(over, one);
    });
    return beyond != 0;
}

MixEnergies mix(const float* host, const float* change, int count, float gain, float slope, float* out) {
    MixEnergies energies{};
    energies.change = sum_of(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto place = hn::Iota(d, static_cast<float>(i));
        const auto here = hn::MulAdd(hn::Set(d, slope), place, hn::Set(d, gain));
        const auto h = hn::LoadU(d, host + i), applied = hn::Mul(here, hn::LoadU(d, change + i));
        const auto ceiling = hn::Max(hn::Set(d, 1.0f), hn::Abs(h));
        hn::StoreU(hn::Max(hn::Neg(ceiling), hn::Min(ceiling, hn::Add(h, applied))), d, out + i);
        return hn::Mul(applied, applied);
    });
    energies.host = sum_of(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto h = hn::LoadU(d, host + i);
        return hn::Mul(h, h);
    });
    return energies;
}

void chip_filter(const float* const* rows, int row_count, const float* taps, int count, float clip, float* out) {
    const hn::CappedTag<float, most_lanes> d;
    const auto limit = hn::Set(d, clip);
    for (std::size_t k = 0; k < static_cast<std::size_t>(count); k += hn::Lanes(d)) {
        auto even = hn::Zero(d), odd = hn::Zero(d);
        for (int r = 0; r < row_count; ++r) {
            hn::Vec<decltype(d)> first, second, third, fourth;
            hn::LoadInterleaved2(d, rows[r] + 2 * k, first, second);
            hn::LoadInterleaved2(d, rows[r] + 2 * k + 2, third, fourth);
            even = hn::MulAdd(hn::Set(d, taps[4 * r]), first, even);
            odd = hn::MulAdd(hn::Set(d, taps[4 * r + 1]), second, odd);
            even = hn::MulAdd(hn::Set(d, taps[4 * r + 2]), third, even);
            odd = hn::MulAdd(hn::Set(d, taps[4 * r + 3]), fourth, odd);
        }
        const auto sum = hn::Add(even, odd);
        hn::StoreU(hn::Max(hn::Neg(limit), hn::Min(limit, sum)), d, out + k);
    }
}

// Adds to what a unit sums up, of as many chips as a register has lanes of 32 bits, the products of a pair of values
// and its two weights. ReorderWidenMulAccumulate keeps the sum in two halves. Registers of scalable length cannot be
// members: no class holds the halves.
template <class D, class Values, class Sum>
HWY_INLINE void add_pair(D d, Values values, const std::int16_t* weights, Sum& sum, Sum& other) {
    std::int32_t both;
    std::memcpy(&both, weights, sizeof both);
    const auto in_all = hn::BitCast(hn::Repartition<std::int16_t, D>(), hn::Set(d, both));
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
    // Left to itself GCC adds in another order and runs out of registers.
    asm("vpaddd %1, %0, %0"
        : "+v"(sum.raw)
        : "v"(hn::ReorderWidenMulAccumulate(d, values, in_all, hn::Zero(d), other).raw));
#else
    sum = hn::ReorderWidenMulAccumulate(d, values, in_all, sum, other);
#endif
}

// The layers of a ChipNet, where values stand by pairs: [pair][chip], 16 bits each. Eight sums in hand, so that none
// waits for another: of four units and two registers of chips, which share what is loaded of weights; or where a row at
// 8 kHz fills but one register, of eight units.
struct ByPairs {
    static constexpr std::size_t most = hn::MaxLanes(hn::CappedTag<std::int32_t, most_lanes>());
    static constexpr std::size_t registers = most < most_lanes ? 2 : 1;  // of chips
    static constexpr std::size_t four_registers = 2 * registers;         // for four values of every chip

    // The first two and the last two values of four, kept within a byte.
    template <class D16, class Pair>
    static HWY_INLINE void put(D16 d16, Pair first, Pair last, std::int16_t* to) {
        const auto zero = hn::Zero(d16), most = hn::Set(d16, 255);
        hn::StoreU(hn::Min(hn::Max(first, zero), most), d16, to);
        hn::StoreU(hn::Min(hn::Max(last, zero), most), d16, to + registers * hn::Lanes(d16));
    }

    template <class D>
    static HWY_INLINE void layer(D d, const std::int16_t* in, int fours, const ChipNet& net, int first_weight,
                                 const std::int32_t* biases, int units, std::int16_t* out) {
        constexpr int further = registers == 2 ? 0 : 4;  // units between the first four sums and the others
        const hn::Repartition<std::int16_t, D> d16;
        const std::size_t width = hn::Lanes(d16), further_in = (registers - 1) * width;
        for (int unit = 0; unit < units; unit += 8 / static_cast<int>(registers)) {
            auto a = hn::Zero(d), b = a, c = a, e = a, f = a, g = a, h = a, l = a;
            auto a2 = a, b2 = a, c2 = a, e2 = a, f2 = a, g2 = a, h2 = a, l2 = a;
            const std::int16_t *own = net.pairs + first_weight + 2 * unit, *from = in;
            for (int pair = 0; pair < 2 * fours; ++pair, own += 2 * units, from += registers * width) {
                const auto x = hn::LoadU(d16, from), y = hn::LoadU(d16, from + further_in);
                const std::int16_t* const others = own + 2 * further;
                add_pair(d, x, own, a, a2);
                add_pair(d, y, others, f, f2);
                add_pair(d, x, own + 2, b, b2);
                add_pair(d, y, others + 2, g, g2);
                add_pair(d, x, own + 4, c, c2);
                add_pair(d, y, others + 4, h, h2);
                add_pair(d, x, own + 6, e, e2);
                add_pair(d, y, others + 6, l, l2);
            }
            const auto whole = [&](auto sum, auto other, int at) HWY_ATTR {
                return hn::Add(hn::RearrangeToOddPlusEven(sum, other), hn::Set(d, biases[at]));
            };
            const auto shifted = [&](auto even, auto odd) HWY_ATTR {
                return hn::OddEven(hn::BitCast(d16, hn::ShiftLeft<16 - net_shift>(odd)),
                                   hn::BitCast(d16, hn::ShiftRight<net_shift>(even)));
            };
            std::int16_t* const to = out + static_cast<std::size_t>(unit / 4) * four_registers * width;
            put(d16, shifted(whole(a, a2, unit), whole(b, b2, unit + 1)),
                shifted(whole(c, c2, unit + 2), whole(e, e2, unit + 3)), to);
            const int other_unit = unit + further;
            put(d16, shifted(whole(f, f2, other_unit), whole(g, g2, other_unit + 1)),
                shifted(whole(h, h2, other_unit + 2), whole(l, l2, other_unit + 3)),
                registers == 2 ? to + width : to + four_registers * width);
        }
    }

    template <class D>
    static HWY_INLINE auto output(D d, const std::int16_t* in, int fours, const ChipNet& net, int first_weight,
                                  std::int32_t bias) {
        const hn::Repartition<std::int16_t, D> d16;
        auto sum = hn::Zero(d), other = sum;
        for (int pair = 0; pair < 2 * fours; ++pair)
            add_pair(d, hn::LoadU(d16, in + static_cast<std::size_t>(pair) * registers * hn::Lanes(d16)),
                     net.pairs + first_weight + 2 * pair, sum, other);
        return hn::Add(hn::RearrangeToOddPlusEven(sum, other), hn::Set(d, bias));
    }
};

#if HWY_TARGET == HWY_AVX3
// The same where values stand by fours, 8 bits each: VNNI multiplies and adds four in one instruction, and Highway 1.0
// has no word for it, nor for narrowing 16 bits to 8.
struct ByFours {
    static constexpr std::size_t registers = 1, four_registers = 1;

    template <class D16, class Pair>
    static HWY_INLINE void put(D16 d16, Pair first, Pair last, std::int16_t* to) {
        const hn::Repartition<std::uint8_t, D16> bytes;
        alignas(16) static constexpr std::array<std::uint8_t, 16> by_chips{0, 1, 8,  9,  2, 3, 10, 11,
                                                                           4, 5, 12, 13, 6, 7, 14, 15};
        const decltype(hn::Zero(bytes)) both{_mm512_packus_epi16(first.raw, last.raw)};
        hn::StoreU(hn::BitCast(d16, hn::TableLookupBytes(both, hn::LoadDup128(bytes, by_chips.data()))), d16, to);
    }

    template <class Values, class Sum>
    static HWY_INLINE void add(Values values, const std::int8_t* weights, Sum& sum) {
        using Four = const std::int8_t(*)[4];
        asm("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(sum.raw) : "v"(values.raw), "m"(*reinterpret_cast<Four>(weights)));
    }

    template <class D>
    static HWY_INLINE void layer(D d, const std::int16_t* in, int fours, const ChipNet& net, int first_weight,
                                 const std::int32_t* biases, int units, std::int16_t* out) {
        constexpr int side = 16;  // so many sums in hand that none waits for another
        constexpr std::size_t width = 2 * most_lanes;
        const hn::Repartition<std::int16_t, D> d16;
        const hn::Repartition<std::uint8_t, D> bytes;
        alignas(16) static constexpr std::array<std::uint8_t, 16> by_chips{0, 4, 8,  12, 1, 5, 9,  13,
                                                                           2, 6, 10, 14, 3, 7, 11, 15};
        const auto order = hn::LoadDup128(bytes, by_chips.data());
        for (int unit = 0; unit < units; unit += side) {
            hn::Vec<D> sums[side];
            for (int i = 0; i < side; ++i) sums[i] = hn::Set(d, biases[unit + i]);
            const std::int8_t* own = net.bytes + first_weight + 4 * unit;
            for (int four = 0; four < fours; ++four, own += 4 * units) {
                const auto x = hn::BitCast(d, hn::LoadU(d16, in + width * static_cast<std::size_t>(four)));
                for (int i = 0; i < side; ++i) add(x, own + 4 * i, sums[i]);
            }
            // What passes 16 bits passes a byte when shifted down, too.
            const auto shifted = [&](int i) HWY_ATTR {
                return hn::ShiftRight<net_shift>(hn::ReorderDemote2To(d16, sums[i], sums[i + 1]));
            };
            for (int i = 0; i < side; i += 4) {
                const decltype(hn::Zero(bytes)) all{_mm512_packus_epi16(shifted(i).raw, shifted(i + 2).raw)};
                hn::StoreU(hn::BitCast(d16, hn::TableLookupBytes(all, order)), d16,
                           out + width * static_cast<std::size_t>(unit + i) / 4);
            }
        }
    }

    template <class D>
    static HWY_INLINE auto output(D d, const std::int16_t* in, int fours, const ChipNet& net, int first_weight,
                                  std::int32_t bias) {
        const hn::Repartition<std::int16_t, D> d16;
        auto sum = hn::Set(d, bias);
        for (int four = 0; four < fours; ++four)
            add(hn::BitCast(d, hn::LoadU(d16, in + 2 * most_lanes * static_cast<std::size_t>(four))),
                net.bytes + first_weight + 4 * four, sum);
        return sum;
    }
};
#endif

template <class Layers>
void chip_net(const ChipNet& net, const ChipView& view, int count, std::int8_t* out) {
    const hn::CappedTag<std::int32_t, most_lanes> d;
    const hn::Repartition<std::int16_t, decltype(d)> d16;
    const hn::Rebind<std::int8_t, decltype(d)> narrow;
    const hn::Rebind<float, decltype(d)> real;
    alignas(64) static constexpr auto places = [] {
        std::array<std::int32_t, most_lanes> all{};
        for (std::size_t lane = 0; lane < most_lanes; ++lane) all[lane] = 8 * static_cast<std::int32_t>(lane);
        return all;
    }();
    const std::size_t lanes = hn::Lanes(d), width = hn::Lanes(d16), four_values = Layers::four_registers * width;
    const auto base = hn::Set(d16, static_cast<std::int16_t>(view.level + net.least));
    const auto under = hn::Set(d, std::clamp((view.loudest - view.level) * level_scale >> 16, 0, 255) << 16);
    const int fours = net.rows + 1, second_weights = 4 * fours * net.first,
              last_weights = second_weights + net.first * net.second;
    HWY_ALIGN std::int16_t in[most_net_values * most_lanes];
    HWY_ALIGN std::int16_t first[most_net_values * most_lanes];
    HWY_ALIGN std::int16_t second[most_net_values * most_lanes];
    const auto take = [&](std::size_t k, std::int16_t* to) HWY_ATTR {
        const auto pair_at = [&](const std::int16_t* bands) HWY_ATTR {
            return hn::MulHigh(hn::SaturatedSub(hn::LoadU(d16, bands + 2 * k), base), hn::Set(d16, level_scale));
        };
        const auto of_chip = [&](const std::int16_t* bands) HWY_ATTR {
            const auto both = hn::BitCast(d, hn::LoadU(d16, bands + 1 + 2 * k));
            return hn::Add(hn::ShiftRight<16>(hn::ShiftLeft<16>(both)), hn::ShiftRight<16>(both));
        };
        for (int r = 0; r < net.rows; ++r, to += four_values)
            Layers::put(d16, pair_at(view.rows[r]), pair_at(view.rows[r] + 2), to);
        const auto over_floor = hn::Sub(hn::ShiftRight<2>(hn::Add(of_chip(view.first), of_chip(view.second))),
                                        hn::ShiftRight<1>(of_chip(view.floor)));
        const auto taken_over = hn::ShiftRight<16>(hn::Mul(over_floor, hn::Set(d, level_scale)));
        const auto over = hn::Min(hn::Max(taken_over, hn::Zero(d)), hn::Set(d, most_over_floor));
        const auto place = hn::Min(hn::Add(hn::LoadU(d, places.data()), hn::Set(d, static_cast<std::int32_t>(8 * k))),
                                   hn::Set(d, 255));
        Layers::put(d16, hn::BitCast(d16, hn::Or(place, under)), hn::BitCast(d16, over), to);
    };
    for (std::size_t k = 0; k < static_cast<std::size_t>(count); k += Layers::registers * lanes) {
        for (std::size_t r = 0; r < Layers::registers; ++r) take(k + r * lanes, in + r * width);
        Layers::layer(d, in, fours, net, 0, net.biases, net.first, first);
        Layers::layer(d, first, net.first / 4, net, second_weights, net.biases + net.first, net.second, second);
        for (std::size_t r = 0; r < Layers::registers; ++r) {
            const auto sum = Layers::output(d, second + r * width, net.second / 4, net, last_weights,
                                            net.biases[net.first + net.second]);
            const auto value = hn::NearestInt(hn::Mul(hn::ConvertTo(real, sum), hn::Set(real, net.scale)));
            const auto kept = hn::Min(hn::Max(value, hn::Set(d, -127)), hn::Set(d, 127));
            hn::StoreU(hn::DemoteTo(narrow, kept), narrow, out + k + r * lanes);
        }
    }
}

void symmetric_filter(const float* in, const float* taps, int pairs, int count, float* out) {
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        const float *before = in + i + pairs - 1, *after = in + i + pairs;
        auto sum = hn::Zero(d);
        for (int j = 0; j < pairs; ++j)
            sum = hn::MulAdd(hn::Set(d, taps[j]), hn::Add(hn::LoadU(d, before - j), hn::LoadU(d, after + j)), sum);
        hn::StoreU(sum, d, out + i);
    });
}

// Where bands lie three bins apart, as they do wherever the window fits the transform: bins are taken apart by threes
// once, and the fourth tap is the first of the next band.
void band_energies(const float* power, const std::int32_t* first, int step, const float* weights, int taps, int count,
                   float floor, float* out) {
    constexpr int most = 4 * most_lanes;
    const bool by_threes = step == 3 && taps <= 4 && count > 0 && count <= most;
    HWY_ALIGN float starts[most + most_lanes];
    if (by_threes && taps == 4) starts[count] = power[first[0] + 3 * count];
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        auto sum = hn::Set(d, floor);
        const auto add = [&](int tap, auto bins)
                             HWY_ATTR { sum = hn::MulAdd(hn::LoadU(d, weights + tap * count + i), bins, sum); };
        if (by_threes) {
            hn::Vec<decltype(d)> bins0, bins1, bins2;
            hn::LoadInterleaved3(d, power + first[i], bins0, bins1, bins2);
            if (taps > 0) add(0, bins0);
            if (taps > 1) add(1, bins1);
            if (taps > 2) add(2, bins2);
            hn::StoreU(bins0, d, starts + i);
        } else {
            const hn::Rebind<std::int32_t, decltype(d)> index;
            for (int tap = 0; tap < taps; ++tap) add(tap, hn::GatherIndex(d, power + tap, hn::LoadU(index, first + i)));
        }
        hn::StoreU(sum, d, out + i);
    });
    if (!by_threes || taps < 4) return;
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto sum = hn::LoadU(d, out + i), weight = hn::LoadU(d, weights + 3 * count + i);
        hn::StoreU(hn::MulAdd(weight, hn::LoadU(d, starts + i + 1), sum), d, out + i);
    });
}

std::int16_t levels(const float* nepers, int count, std::int16_t* out) {
    const hn::CappedTag<float, most_lanes> d;
    const hn::Rebind<std::int16_t, decltype(d)> narrow;
    const hn::Rebind<std::int32_t, decltype(d)> whole;
    const int lanes = static_cast<int>(hn::Lanes(d));
    auto top = hn::Set(whole, hwy::LowestValue<std::int16_t>());
    for (int i = 0; i < count; i += lanes) {
        const int at = std::min(i, count - lanes);  // the last register goes back as far as it must to be whole
        const auto level = hn::NearestInt(hn::Mul(hn::LoadU(d, nepers + at), hn::Set(d, float{level_steps})));
        hn::StoreU(hn::DemoteTo(narrow, level), narrow, out + at);
        top = hn::Max(top, level);
    }
    return static_cast<std::int16_t>(hn::GetLane(hn::MaxOfLanes(whole, top)));
}

void follow_floor(const std::int16_t* levels, int count, std::int16_t rise, std::int16_t* floor) {
    for_each(count, [&](auto d, std::size_t i) HWY_ATTR {
        const hn::Rebind<std::int16_t, decltype(d)> whole;
        const auto risen = hn::SaturatedAdd(hn::LoadU(whole, floor + i), hn::Set(whole, rise));
        hn::StoreU(hn::Min(hn::LoadU(whole, levels + i), risen), whole, floor + i);
    });
}

// Which lanes of one register, or of two with four each, as bits from the lowest on.
template <class D, class Mask>
HWY_INLINE void store_bits(D d, Mask mask, int place, std::uint8_t* bits) {
    std::uint8_t bytes[8];  // what StoreMaskBits may write
    hn::StoreMaskBits(d, mask, bytes);
    const int lanes = static_cast<int>(hn::Lanes(d));
    for (int byte = 0; byte < lanes / 8; ++byte) bits[place / 8 + byte] = bytes[byte];
    if (lanes < 8) {
        const int before = place % 8 == 0 ? 0 : bits[place / 8];
        bits[place / 8] = static_cast<std::uint8_t>(before | (bytes[0] & ((1 << lanes) - 1)) << place % 8);
    }
}

int advance(const float* scores, const std::int16_t* correlations, const float* energies, int count,
            const PathStep& path, float* next, std::uint8_t* moves) {
    constexpr int at_once = 16, period = 8;
    const hn::CappedTag<float, at_once> d;
    const hn::Rebind<std::int32_t, decltype(d)> whole;
    const hn::Rebind<std::int16_t, decltype(d)> narrow;
    const int lanes = static_cast<int>(hn::Lanes(d));
    HWY_ALIGN float costs[2 * period];
    for (int i = 0; i < 2 * period; i += period)
        for_each(period, [&](auto part, std::size_t r) HWY_ATTR {
            const auto energy = hn::LoadU(part, energies + r);
            hn::StoreU(hn::MulAdd(hn::Set(part, path.cost), energy, hn::Set(part, path.base)), part, costs + i + r);
        });
    const auto keep = hn::Set(d, path.keep), step = hn::Set(d, path.step), anywhere = hn::Set(d, path.anywhere),
               gain = hn::Set(d, path.gain);
    auto most = hn::Set(d, hwy::LowestValue<float>());
    auto from_below = hn::LoadU(d, scores - 1);  // before next, in its place, is written
    for (int p = 0; p < count;) {
        for (int i = 0; i < at_once; i += lanes, p += lanes) {
            const auto kept = hn::Add(hn::LoadU(d, scores + p), keep);
            const auto below = hn::Add(from_below, step);
            const auto above = hn::Add(hn::LoadU(d, scores + p + 1), step);
            if (p + lanes < count) from_below = hn::LoadU(d, scores + p + lanes - 1);
            const auto is_below = hn::Gt(below, kept);
            auto best = hn::Max(kept, below);
            const auto is_above = hn::Gt(above, best);
            best = hn::Max(best, above);
            const auto is_jump = hn::Gt(anywhere, best);
            best = hn::Max(best, anywhere);
            store_bits(d, hn::Or(is_jump, hn::AndNot(is_above, is_below)), p, moves);
            store_bits(d, hn::Or(is_jump, is_above), count + p, moves);
            const auto correlation = hn::ConvertTo(d, hn::PromoteTo(whole, hn::LoadU(narrow, correlations + p)));
            const auto evidence = hn::MulSub(gain, correlation, hn::LoadU(d, costs + i % period));
            const auto score = hn::Add(best, evidence);
            most = hn::Max(most, score);
            hn::StoreU(score, d, next + p);
        }
    }
    most = hn::MaxOfLanes(d, most);
    for (int p = 0; p < count; p += lanes) {
        const auto found = hn::FindFirstTrue(d, hn::Eq(hn::LoadU(d, next + p), most));
        if (found >= 0) return p + static_cast<int>(found);
    }
    return 0;
}

// Sums over pairs of what `turned` + the offset of each pair takes of its values; two registers at a time share the
// values. add(d, m, sum) takes them.
template <class D>
HWY_INLINE auto picked(D d, const PairValues& values, const std::uint16_t* picks) {
    const hn::Repartition<std::uint8_t, D> bytes;
    const auto from = hn::BitCast(bytes, hn::LoadDup128(d, values.data()));
    const auto which = hn::LoadU(bytes, reinterpret_cast<const std::uint8_t*>(picks));
    return hn::BitCast(d, hn::TableLookupBytes(from, which));
}

void choose(const std::int8_t* residuals, int stride, int bands, BandChoices* out) {
    constexpr int rows = slot_chips * hops_in_chip;
    HWY_ALIGN std::int16_t columns[4][rows] = {};
    for (int band = 0; band < bands; ++band)
        for (int row = 0; row < rows; ++row) columns[band][row] = residuals[row * stride + band];
    const hn::CappedTag<std::int16_t, 32> d;
    for (int row = 0; row < rows; row += static_cast<int>(hn::Lanes(d)))
        for (int i = 0; i < 2; ++i)
            for (int k = 0; k < 2; ++k) {
                const auto a = hn::Load(d, columns[i] + row), b = hn::Load(d, columns[2 + k] + row);
                const auto sum = hn::Add(a, b), difference = hn::Sub(a, b);
                const auto store = [&](auto value, int choice)
                                       HWY_ATTR { hn::StoreU(value, d, &out->of[0][0] + choice * rows + row); };
                store(sum, i + 4 * k);
                store(difference, i + 4 * (k + 2));
                store(hn::Neg(difference), i + 2 + 4 * k);
                store(hn::Neg(sum), i + 2 + 4 * (k + 2));
            }
}

// A packet row meets the slot's chips one after the other at as many phases one after the other: whole runs are added.
// A row stands 8 sums before the one behind it: in turns in rings of their own, lest every row read what has just been
// written.
void correlate(const BandChoices* slot, const ChosenRows* chosen, int groups, int place, std::int16_t* sums) {
    constexpr int run = slot_chips * hops_in_chip, around = chip_rows_in_packet * hops_in_chip, rings = 4;
    const hn::CappedTag<std::int16_t, 32> d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    HWY_ALIGN std::int16_t ring[rings][around + run] = {};
    for (int row = 0; row < chip_rows_in_packet; ++row) {
        std::int16_t* const to =
            ring[row % rings] + hops_in_chip * ((place - row + chip_rows_in_packet) % chip_rows_in_packet);
        for (int i = 0; i < run; i += 4 * lanes) {
            auto sum0 = hn::LoadU(d, to + i), sum1 = hn::LoadU(d, to + i + lanes),
                 sum2 = hn::LoadU(d, to + i + 2 * lanes), sum3 = hn::LoadU(d, to + i + 3 * lanes);
            for (int group = 0; group < groups; ++group) {
                const std::int16_t* const from = &slot[group].of[0][0] + run * (&chosen[group][0])[row] + i;
                sum0 = hn::Add(sum0, hn::LoadU(d, from));
                sum1 = hn::Add(sum1, hn::LoadU(d, from + lanes));
                sum2 = hn::Add(sum2, hn::LoadU(d, from + 2 * lanes));
                sum3 = hn::Add(sum3, hn::LoadU(d, from + 3 * lanes));
            }
            hn::StoreU(sum0, d, to + i);
            hn::StoreU(sum1, d, to + i + lanes);
            hn::StoreU(sum2, d, to + i + 2 * lanes);
            hn::StoreU(sum3, d, to + i + 3 * lanes);
        }
    }
    for (int i = 0; i < around; i += lanes) {
        auto sum = hn::LoadU(d, sums + i);
        for (const auto& part : ring) {
            sum = hn::Add(sum, hn::LoadU(d, part + i));
            if (i < run) sum = hn::Add(sum, hn::LoadU(d, part + around + i));
        }
        hn::StoreU(sum, d, sums + i);
    }
}

bool passes(const std::int16_t* const* correlations, int arrays, const std::int16_t* limits, int count) {
    const hn::CappedTag<std::int16_t, 32> d;
    for (int i = 0; i < count; i += static_cast<int>(hn::Lanes(d))) {
        auto sum = hn::Zero(d);
        auto over = hn::Set(d, hwy::LowestValue<std::int16_t>());  // the most by which a limit is passed
        for (int n = 0; n < arrays; ++n) {
            sum = hn::SaturatedAdd(sum, hn::LoadU(d, correlations[n] + i));
            over = hn::Max(over, hn::SaturatedSub(sum, hn::LoadDup128(d, limits + 8 * n)));
        }
        if (!hn::AllFalse(d, hn::Gt(over, hn::Zero(d)))) return true;
    }
    return false;
}

void accumulate(const PairValues* values, int pairs, const PairPicks* picks, int place, std::int32_t* const* sums,
                const std::int32_t* least, int count, std::int32_t* tops) {
    const hn::CappedTag<std::int16_t, 32> d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    HWY_ALIGN std::int16_t gains[chip_rows_in_packet];
    for (int m = 0; m < chip_rows_in_packet; m += 2 * lanes) {
        auto sum0 = hn::Zero(d), sum1 = hn::Zero(d);
        for (int pair = 0; pair < pairs; ++pair) {
            const std::uint16_t* const which = picks[pair].data() + place + m;
            sum0 = hn::Add(sum0, picked(d, values[pair], which));
            sum1 = hn::Add(sum1, picked(d, values[pair], which + lanes));
        }
        hn::Store(sum0, d, gains + m);
        hn::Store(sum1, d, gains + m + lanes);
    }
    const hn::CappedTag<std::int32_t, most_lanes> wide;
    const hn::Rebind<std::int16_t, decltype(wide)> narrow;
    for (int i = 0; i < count; ++i) {
        auto top = hn::Set(wide, hwy::LowestValue<std::int32_t>());
        const auto from = hn::Set(wide, least[i]);
        for (int m = 0; m < chip_rows_in_packet; m += static_cast<int>(hn::Lanes(wide))) {
            const auto gain = hn::PromoteTo(wide, hn::LoadU(narrow, gains + m));
            const auto sum = hn::Add(hn::Max(hn::LoadU(wide, sums[i] + m), from), gain);
            hn::StoreU(sum, wide, sums[i] + m);
            top = hn::Max(top, sum);
        }
        if (!hn::AllFalse(wide, hn::Gt(top, hn::Set(wide, tops[i])))) tops[i] = hn::GetLane(hn::MaxOfLanes(wide, top));
    }
}

// Of each row the first 16 bands and, where there are more, the last 16: the one that both hold counts in the first.
// Those that do not count are multiplied by 0.
void fold_rows(const std::int8_t* residuals, int stride, int bands, int times, int place, std::int16_t* folded) {
    constexpr int half = most_bands / 2, width = most_bands - 1;
    const hn::CappedTag<std::int16_t, half> d;
    const hn::Rebind<std::int8_t, decltype(d)> narrow;
    const int lanes = static_cast<int>(hn::Lanes(d)), starts[] = {0, width - half};
    HWY_ALIGN std::int16_t factors[2 * half] = {};
    for (int band = 0; band < bands; ++band)
        factors[band < half ? band : band - starts[1] + half] = static_cast<std::int16_t>(times);
    for (int chip = 0; chip < slot_chips; ++chip) {
        const std::int8_t* const from = residuals + chip * stride;
        std::int16_t* const to = folded + (place + chip) % chip_rows_in_packet * width;
        for (int part = 0; part < (bands > half ? 2 : 1); ++part)
            for (int lane = 0; lane < half; lane += lanes) {
                const int band = starts[part] + lane;
                const auto residual = hn::PromoteTo(d, hn::LoadU(narrow, from + band));
                const auto more = hn::Mul(residual, hn::Load(d, factors + part * half + lane));
                hn::StoreU(hn::Add(hn::LoadU(d, to + band), more), d, to + band);
            }
    }
}

// A row at a time, the last from a copy: what is read behind its end stands against a sign of 0. Squares of eight rows
// fit 32 bits in every lane: 8191^2 once or twice a pair.
FoldSums fold_sums(const std::int8_t* signs, const std::int16_t* folded) {
    constexpr int rows_at_once = 8, last = chip_rows_in_packet - 1;
    const hn::CappedTag<std::int16_t, most_bands> d;
    const hn::Rebind<std::int8_t, decltype(d)> narrow;
    const hn::RepartitionToWide<decltype(d)> wide;
    const int lanes = static_cast<int>(hn::Lanes(d));
    HWY_ALIGN std::int16_t last_row[most_bands] = {};
    std::memcpy(last_row, folded + last * (most_bands - 1), (most_bands - 1) * sizeof *folded);
    FoldSums sums{};
    auto along = hn::Zero(wide), other = along;
    for (int first = 0; first < chip_rows_in_packet; first += rows_at_once) {
        for (int band = 0; band < most_bands; band += lanes) {
            auto energy = hn::Zero(wide), other_energy = energy;
            for (int row = first; row < first + rows_at_once; ++row) {
                const std::int16_t* const from = row == last ? last_row : folded + row * (most_bands - 1);
                const auto sign = hn::PromoteTo(d, hn::LoadU(narrow, signs + row * most_bands + band));
                const auto residual = hn::LoadU(d, from + band);
                const auto kept = hn::Mul(sign, residual);
                along = hn::ReorderWidenMulAccumulate(wide, sign, residual, along, other);
                energy = hn::ReorderWidenMulAccumulate(wide, kept, kept, energy, other_energy);
            }
            const hn::Repartition<std::int64_t, decltype(d)> widest;
            const auto all = hn::RearrangeToOddPlusEven(energy, other_energy);
            const auto low = hn::ShiftRight<32>(hn::ShiftLeft<32>(hn::BitCast(widest, all)));
            const auto high = hn::ShiftRight<32>(hn::BitCast(widest, all));
            sums.energy += hn::GetLane(hn::SumOfLanes(widest, hn::Add(low, high)));
        }
    }
    sums.along = hn::GetLane(hn::SumOfLanes(wide, hn::RearrangeToOddPlusEven(along, other)));
    return sums;
}

// sin^2 by cos of the double angle, the sum of cosines by Clenshaw's recurrence (MTAC 9, 1955), many angles at once.
// Two angles that add up to pi have the same term.
double sign_peak(const double* weights) {
    const hn::CappedTag<double, 8> d;
    constexpr int half = sign_points / 2;
    double total = 0, odd = 0;
    for (int k = 1; k <= most_sign_level; ++k) {
        total += weights[k - 1];
        if (k % 2 != 0) odd += weights[k - 1];
    }
    auto sum = hn::Zero(d);
    for (int j = 0; j < half; j += static_cast<int>(hn::Lanes(d))) {
        const auto angle = hn::Mul(hn::Iota(d, j), hn::Set(d, 2 * std::numbers::pi / sign_points));
        const auto cosine = hn::Cos(d, angle), twice = hn::Add(cosine, cosine);
        auto next = hn::Zero(d), second = next;
        for (int k = most_sign_level; k > 0; --k) {
            const auto here = hn::MulAdd(twice, next, hn::Sub(hn::Set(d, weights[k - 1]), second));
            second = next;
            next = here;
        }
        const auto missing = hn::Sub(hn::Set(d, total), hn::MulSub(cosine, next, second));
        sum = hn::Add(sum, hn::Exp(d, hn::Mul(hn::Set(d, -0.25), missing)));
    }
    return (2 * hn::GetLane(hn::SumOfLanes(d, sum)) - 1 + std::exp(-odd / 2)) / sign_points;
}

const Kernels* table() {
    static const Kernels kernels{target_name(HWY_TARGET),
                                 usable,
                                 multiply,
                                 multiply_add,
                                 multiply_energy,
                                 power,
                                 mirror,
                                 window_pair,
                                 pair_powers,
                                 largest,
                                 log,
                                 depths,
                                 apply_gain,
                                 flatness,
                                 exceeds,
                                 mix,
                                 chip_filter,
                                 chip_net<ByPairs>,
                                 symmetric_filter,
                                 band_energies,
                                 levels,
                                 follow_floor,
                                 advance,
                                 choose,
                                 correlate,
                                 passes,
                                 accumulate,
                                 fold_rows,
                                 fold_sums,
                                 sign_peak};
    return &kernels;
}

#if HWY_TARGET == HWY_AVX3
const Kernels* vnni_table() {
    static const Kernels kernels = [] {
        Kernels all = *table();
        all.name = "AVX512VNNI";
        all.chip_net = chip_net<ByFours>;
        return all;
    }();
    return &kernels;
}
#endif
#endif

}  // namespace earmark::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace earmark::simd {

std::vector<const Kernels*> vector_kernels() {
    const std::int64_t machine = machine_targets() | HWY_STATIC_TARGET;
    std::vector<const Kernels*> all;
    // compiled: NULL where the compiler was not asked for this target. The static one may be one of the others, or
    // scalar.
    const auto add = [&](std::int64_t target, const Kernels* (*compiled)()) {
        const Kernels* const kernels = compiled != nullptr && (machine & target) != 0 ? compiled() : &scalar_kernels();
        if (kernels != &scalar_kernels() && (all.empty() || all.back() != kernels)) all.push_back(kernels);
    };
#if HWY_ARCH_X86
    add(HWY_AVX3_DL, HWY_CHOOSE_AVX3_DL(table));
#if HWY_TARGETS & HWY_AVX3
    if (machine_has_vnni()) add(HWY_AVX3, &N_AVX3::vnni_table);
#endif
    add(HWY_AVX3, HWY_CHOOSE_AVX3(table));
    add(HWY_AVX2, HWY_CHOOSE_AVX2(table));
    add(HWY_SSE4, HWY_CHOOSE_SSE4(table));
    add(HWY_SSSE3, HWY_CHOOSE_SSSE3(table));
#elif HWY_ARCH_ARM_A64
    add(HWY_SVE2_128, HWY_CHOOSE_SVE2_128(table));
    add(HWY_SVE_256, HWY_CHOOSE_SVE_256(table));
    add(HWY_SVE2, HWY_CHOOSE_SVE2(table));
    add(HWY_SVE, HWY_CHOOSE_SVE(table));
#endif
    add(HWY_STATIC_TARGET, &HWY_STATIC_DISPATCH(table));
    return all;
}

}  // namespace earmark::simd
#endif
