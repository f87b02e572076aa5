#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <numeric>

namespace earmark {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

// Slots start at multiples of chip_hops.
void fold_slot(Fold& folded, SlotView slot, long long slot_index, int phase, int times) noexcept {
    if (slot.empty) return;
    const int first = phase % chip_hops;
    simd::kernels().fold_rows(slot.row(first), chip_hops * slot.width, slot.bands(), times,
                              packet_row_at(slot_index * slot_rows + first, phase), folded.data());
}

Fold fold(std::span<const SlotEvidence> slots, long long first_slot, const Track& track) {
    Fold folded{};
    for (std::size_t s = 0; s < track.phases.size(); ++s) {
        const std::size_t place = static_cast<std::size_t>(track.first) + s;
        fold_slot(folded, slots[place].slot, first_slot + static_cast<long long>(place), track.phases[s]);
    }
    return folded;
}

// Without branches: every slot of every track is added up here.
SlotSum sync_sum(const Carrier& carrier, SlotView slot, long long slot_index, int phase) noexcept {
    if (slot.empty) return {};
    int correlation = 0, energy = 0;  // 16 rows of at most 31 squares of 127
    for (int i = phase % chip_hops; i < slot_rows; i += chip_hops) {
        const std::int8_t* const signs =
            carrier.sync_sign.data() + packet_row_at(slot_index * slot_rows + i, phase) * padded_chip_bands;
        const std::int8_t* const residuals = slot.row(i);
        for (int band = 0; band < slot.bands(); ++band) {
            const int along = signs[band] * residuals[band];
            correlation += along;
            energy += along * along;
        }
    }
    return {static_cast<double>(correlation), static_cast<double>(energy)};
}

SlotSum sync_sum(const Fold& fold, const Carrier& carrier) noexcept {
    const simd::FoldSums sums = simd::kernels().fold_sums(carrier.sync_sign.data(), fold.data());
    return {static_cast<double>(sums.along), static_cast<double>(sums.energy)};
}

void to_levels(std::span<const float> residuals, SignLevel* levels) noexcept {
    double energy = 0;
    int heard = 0;
    for (const float r : residuals) {
        energy += static_cast<double>(r) * r;
        heard += r != 0;
    }
    const double scale = energy > 0 ? levels_a_deviation * std::sqrt(heard / energy) : 0;
    constexpr double most = simd::most_sign_level;
    for (const float r : residuals)
        *levels++ = static_cast<SignLevel>(std::lrint(std::clamp(static_cast<double>(r) * scale, -most, most)));
}

SignTail::SignTail(std::span<const SignLevel> levels) noexcept {
    for (const int level : levels) {
        if (level == 0) continue;
        const int size = std::abs(level);
        ++counts_[static_cast<std::size_t>(size - 1)];
        ++count_;
        sum_ += size;
        energy_ += size * size;
    }
}

double SignTail::root_energy() const noexcept {
    return std::sqrt(static_cast<double>(energy_));
}

SignTail::Point SignTail::at(double x) const noexcept {
    Point sums;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] == 0) continue;
        const double count = counts_[i], level = static_cast<double>(i + 1), decay = std::exp(-2 * x * level),
                     tanh = (1 - decay) / (1 + decay);
        sums.slope += count * level * tanh;
        sums.curvature += count * level * level * (1 - tanh * tanh);
        sums.value += count * (x * level + std::log1p(decay) - std::numbers::ln2);  // ln cosh without overflow
    }
    return sums;
}

double SignTail::exponent(int t) const noexcept {
    if (t <= 0 || count_ == 0) return 0;
    const Tilt tilt = chernoff(t);
    return tilt.exponent + more_than_chernoff(tilt.x);
}

// What is more than Chernoff's grows with the logarithm of the sum and falls where hardly a sign is left to disagree; a
// quarter of a neper is more than it changes by.
double SignTail::least_sum(double exponent) const noexcept {
    constexpr double change = 0.25;
    if (exponent >= count_ * std::numbers::ln2) return infinity;
    const double less = more_than_chernoff(least_chernoff(exponent)) + change;
    return less < exponent ? at(least_chernoff(exponent - less)).slope : 0;
}

// sup over x of x t - sum ln cosh(x R_j): concave in x, and any x gives a bound, so stopping early only weakens it.
// Where the signs agree well the slope creeps up to the sum of the |R_j| as 1 - exp(-2 x R) does, and Newton's steps
// double the way each time; on the logarithm of what is missing from that sum three or four steps do.
SignTail::Tilt SignTail::chernoff(double t) const noexcept {
    constexpr double nothing = 1e-11;  // of that sum is missing where every sign agrees
    const double last_room = std::max(sum_ - t, nothing * sum_);
    double x = 0.5 * sum_ / energy_ * std::log((2.0 * sum_ - last_room) / last_room);  // the best were all |R_j| equal
    Tilt best{x, 0};
    for (int i = 0; i < 50; ++i) {
        const Point point = at(x);
        if (x * t - point.value > best.exponent) best = {x, x * t - point.value};
        if (point.curvature <= 1e-12 * energy_) break;  // every sign agrees: the exponent has met its ceiling
        const double missing = t - point.slope, room = sum_ - point.slope;
        const double step = (room > 0 ? std::log(room / last_room) * room : missing) / point.curvature;
        if (std::abs(missing * step) <= 1e-7) break;  // more than there is to gain
        // Small |R_j| beside large ones ask for far more than the first step: there the logarithm of x is taken on.
        x = step > x / 2 ? x * std::exp(std::min(step / x, 2.0)) : x + step;
    }
    return best;
}

// For which x, the best for t = slope(x), the exponent x t - sum ln cosh(x R_j) is the one asked for: its derivative is
// x times the curvature. At x = sqrt(2 exponent / energy) it is too small (Hoeffding); from there by Newton's steps,
// kept between what is too small and what is too large.
double SignTail::least_chernoff(double exponent) const noexcept {
    constexpr double hair = 1e-6;
    double low = 0, high = infinity, x = std::sqrt(2 * exponent / energy_);
    for (int i = 0; i < 100; ++i) {
        const Point point = at(x);
        const double missing = exponent - (x * point.slope - point.value);
        if (std::abs(missing) <= hair) break;
        (missing > 0 ? low : high) = x;
        x = std::min(x + missing / (x * point.curvature), 2 * x);
        if (!(x > low && x < high)) x = (low + high) / 2;
    }
    return x;
}

// -ln of the factors behind Chernoff's bound.
double SignTail::more_than_chernoff(double x) const noexcept {
    std::array<double, simd::most_sign_level> weights;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double cosh = std::cosh(std::min(x * static_cast<double>(i + 1), 300.0));
        weights[i] = counts_[i] / (cosh * cosh);
    }
    return std::max(0.0, std::log(-std::expm1(-2 * x) / simd::kernels().sign_peak(weights.data())));
}

double sign_exponent(std::span<const float> along) noexcept {
    std::array<SignLevel, packet_chips / 2> levels;
    to_levels(along, levels.data());
    const std::span<const SignLevel> heard(levels.data(), along.size());
    return SignTail(heard).exponent(std::accumulate(heard.begin(), heard.end(), 0));
}

// Which chips are for sync is as good as random, so nothing branches on it.
double sync_exponent(const Fold& fold, const Carrier& carrier) {
    std::array<float, sync_chips + 1> along;
    std::size_t count = 0;
    for (int chip = 0; chip < packet_chips; ++chip) {
        along[count] = static_cast<float>(carrier.sign[chip] * fold[chip]);
        count += carrier.code_bit[chip] == -1;
    }
    return sign_exponent({along.data(), count});
}

double log10_p(double exponent, double log_q) {
    return std::min(0.0, (-exponent - log_q) / std::numbers::ln10);
}

}  // namespace earmark
