#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace earmark {

// Slots start at multiples of chip_hops.
void fold_slot(Fold& folded, SlotView slot, long long slot_index, int phase, int times) noexcept {
    if (slot.empty) return;
    for (int i = phase % chip_hops; i < slot_rows; i += chip_hops) {
        std::int16_t* const row = folded.data() + packet_row_at(slot_index * slot_rows + i, phase) * chip_bands;
        const std::int8_t* const residuals = slot.row(i);
        for (int band = 0; band < slot.bands(); ++band)
            row[band] = static_cast<std::int16_t>(row[band] + times * residuals[band]);
    }
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
    int correlation = 0, energy = 0;  // 16 rows of 16 sync chips
    for (int i = phase % chip_hops; i < slot_rows; i += chip_hops) {
        const int first_chip = packet_row_at(slot_index * slot_rows + i, phase) * chip_bands;
        const std::int8_t* const residuals = slot.row(i);
        const std::int16_t* const bits = carrier.code_bit.data() + first_chip;
        const std::int8_t* const signs = carrier.sign.data() + first_chip;
        for (int band = 0; band < slot.bands(); ++band) {
            const int residual = bits[band] == -1 ? residuals[band] : 0;
            correlation += signs[band] * residual;
            energy += residual * residual;
        }
    }
    return {static_cast<double>(correlation), static_cast<double>(energy)};
}

double sync_correlation(const Fold& fold, const Carrier& carrier) noexcept {
    int sum = 0;
    for (int chip = 0; chip < packet_chips; ++chip)
        sum += carrier.code_bit[chip] == -1 ? carrier.sign[chip] * fold[chip] : 0;
    return sum;
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

// sup over x of x t - sum ln cosh(x R_j): concave in x, and any x gives a bound, so stopping early only weakens it.
// Where the signs agree well the slope creeps up to the sum of the |R_j| as 1 - exp(-2 x R) does, and Newton's steps
// double the way each time; on the logarithm of what is missing from that sum they are there after three or four.
double SignTail::exponent(double t) const {
    if (t <= 0 || count_ == 0) return 0;
    const double target = t / root_energy_;
    constexpr double nothing = 1e-11;  // of that sum is missing where every sign agrees
    double x = target;                 // the best x if the tail were Gaussian
    double best = 0;
    for (int i = 0; i < 50; ++i) {
        const Point point = at(x);
        best = std::max(best, x * target - point.value);
        if (point.curvature <= 1e-12) break;  // every sign agrees: the exponent has met its ceiling
        const double missing = target - point.slope, room = sum_ - point.slope;
        const double last_room = std::max(sum_ - target, nothing * sum_);
        const double step = (room > 0 ? std::log(room / last_room) * room : missing) / point.curvature;
        if (std::abs(missing * step) <= 1e-7) break;  // more than there is to gain
        x += step;
    }
    return best;
}

double SignTail::least_sum(double exponent) const {
    const auto reached = [&](const Point& point, double x) { return x * point.slope - point.value; };
    double high = 1;
    while (reached(at(high), high) < exponent) {
        high *= 2;
        if (high > 1e6) return std::numeric_limits<double>::infinity();
    }
    double low = high > 1 ? high / 2 : 0;
    for (int i = 0; i < 20; ++i) {
        const double middle = (low + high) / 2;
        (reached(at(middle), middle) < exponent ? low : high) = middle;
    }
    return at(low).slope * root_energy_;  // a hair under: the caller tests the sum itself
}

double sync_exponent(const Fold& fold, const Carrier& carrier) {
    std::array<float, sync_chips> residuals;
    std::size_t count = 0;
    for (int chip = 0; chip < packet_chips; ++chip)
        if (carrier.code_bit[chip] == -1) residuals[count++] = fold[chip];
    return SignTail({residuals.data(), count}).exponent(sync_correlation(fold, carrier));
}

double log10_p(double exponent, double log_q) {
    return std::min(0.0, (-exponent - log_q) / std::numbers::ln10);
}

}  // namespace earmark
