#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace earmark {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// -ln of 3.18 exp(-z^2 / 2) / (z sqrt(2 pi)).
double normal_exponent(double z) {
    return z * z / 2 + std::log(z * std::sqrt(2 * std::numbers::pi) / 3.18);
}

// Its inverse, a hair less: convex in ln z, and Newton's steps on z^2 / 2 + ln z meet it from above.
double least_normal_z(double exponent) {
    constexpr double hair = 1e-9;
    double z = std::sqrt(2 * exponent) + 2;
    for (int i = 0; i < 20; ++i) z -= (normal_exponent(z) - exponent) / (z + 1 / z);
    return z * (1 - hair);
}

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

double sync_correlation(const Fold& fold, const Carrier& carrier) noexcept {
    return sync_sum(fold, carrier).correlation;
}

SlotSum sync_sum(const Fold& fold, const Carrier& carrier) noexcept {
    const simd::FoldSums sums = simd::kernels().fold_sums(carrier.sync_sign.data(), fold.data());
    return {static_cast<double>(sums.along), static_cast<double>(sums.energy)};
}

SignTail::SignTail(std::span<const float> residuals) {
    double energy = 0;
    for (const float r : residuals) {
        if (r != 0 && count_ < sizes_.size()) sizes_[count_++] = std::abs(r);
        energy += static_cast<double>(r) * r;
    }
    root_energy_ = std::sqrt(energy);
    for (std::size_t i = 0; i < count_; ++i) {
        sizes_[i] /= root_energy_;
        sum_ += sizes_[i];
    }
}

SignTail::Point SignTail::at(double x) const {
    return simd::kernels().sign_tail(sizes_.data(), static_cast<int>(count_), x);
}

double SignTail::exponent(double t) const {
    if (t <= 0 || count_ == 0) return 0;
    const double z = t / root_energy_;
    return std::max(chernoff(z), normal_exponent(z));
}

double SignTail::least_sum(double exponent) const {
    if (exponent >= static_cast<double>(count_) * std::numbers::ln2) return infinity;
    return std::min(least_chernoff_z(exponent), least_normal_z(exponent)) * root_energy_;
}

// sup over x of x z - sum ln cosh(x R_j): concave in x, and any x gives a bound, so stopping early only weakens it.
// Where the signs agree well the slope creeps up to the sum of the |R_j| as 1 - exp(-2 x R) does, and Newton's steps
// double the way each time; on the logarithm of what is missing from that sum three or four steps do.
double SignTail::chernoff(double target) const {
    constexpr double nothing = 1e-11;  // of that sum is missing where every sign agrees
    const double last_room = std::max(sum_ - target, nothing * sum_);
    double x = sum_ / 2 * std::log((2 * sum_ - last_room) / last_room);  // the best x were all |R_j| equal
    double best = 0;
    for (int i = 0; i < 50; ++i) {
        const Point point = at(x);
        best = std::max(best, x * target - point.value);
        if (point.curvature <= 1e-12) break;  // every sign agrees: the exponent has met its ceiling
        const double missing = target - point.slope, room = sum_ - point.slope;
        const double step = (room > 0 ? std::log(room / last_room) * room : missing) / point.curvature;
        if (std::abs(missing * step) <= 1e-7) break;  // more than there is to gain
        // Small |R_j| beside large ones ask for far more than the first step: there the logarithm of x is taken on.
        x = step > x / 2 ? x * std::exp(std::min(step / x, 2.0)) : x + step;
    }
    return best;
}

// For which x, the best for z = slope(x), the exponent x z - sum ln cosh(x R_j) is the one asked for: its derivative is
// x times the curvature. At x = sqrt(2 exponent) it is too small (Hoeffding); from there by Newton's steps, kept
// between what is too small and what is too large. d exponent / d z = x says how far to go back to end on the side of
// too small.
double SignTail::least_chernoff_z(double exponent) const {
    constexpr double greatest = 1e6, hair = 1e-6;  // nepers: the caller tests the sum itself
    double low = 0, high = infinity, x = std::sqrt(2 * exponent);
    for (int i = 0; x < greatest && i < 100; ++i) {
        const Point point = at(x);
        const double missing = exponent - (x * point.slope - point.value);
        if (std::abs(missing) <= hair) return point.slope - 2 * std::max(0.0, -missing) / x;
        (missing > 0 ? low : high) = x;
        x = std::min(x + missing / (x * point.curvature), 2 * x);
        if (!(x > low && x < high)) x = (low + high) / 2;
    }
    return infinity;
}

// Which chips are for sync is as good as random, so nothing branches on it.
double sync_exponent(const Fold& fold, const Carrier& carrier) {
    std::array<float, sync_chips + 1> residuals;
    std::size_t count = 0;
    for (int chip = 0; chip < packet_chips; ++chip) {
        residuals[count] = fold[chip];
        count += carrier.code_bit[chip] == -1;
    }
    return SignTail({residuals.data(), count}).exponent(sync_correlation(fold, carrier));
}

double log10_p(double exponent, double log_q) {
    return std::min(0.0, (-exponent - log_q) / std::numbers::ln10);
}

}  // namespace earmark
