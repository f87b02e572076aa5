#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace earmark {

Fold fold(std::span<const SlotEvidence> slots, long long first_slot, const Track& track) {
    Fold folded{};
    for (std::size_t s = 0; s < track.phases.size(); ++s) {
        const SlotView slot = slots[track.first + s].slot;
        if (slot.empty) continue;
        const int phase = track.phases[s];
        const long long start = (first_slot + track.first + static_cast<long long>(s)) * slot_rows;
        for (int i = phase % chip_hops; i < slot_rows; i += chip_hops) {  // slots start at multiples of chip_hops
            float* row = folded.data() + packet_row_at(start + i, phase) * chip_bands;
            const std::int8_t* const residuals = slot.row(i);
            for (int band = 0; band < slot.bands(); ++band) row[band] += residuals[band];
        }
    }
    return folded;
}

SignTail::SignTail(std::span<const float> residuals) {
    double energy = 0;
    for (const float r : residuals) {
        if (r != 0 && count_ < sizes_.size()) sizes_[count_++] = std::abs(r);
        energy += static_cast<double>(r) * r;
    }
    root_energy_ = std::sqrt(energy);
    for (std::size_t i = 0; i < count_; ++i) sizes_[i] /= root_energy_;
}

SignTail::Point SignTail::at(double x) const {
    return simd::kernels().sign_tail(sizes_.data(), static_cast<int>(count_), x);
}

// sup over x of x t - sum ln cosh(x R_j). The slope is concave in x, so Newton's steps come from below and never pass
// the best x; stopping early only weakens the bound.
double SignTail::exponent(double t) const {
    if (t <= 0 || count_ == 0) return 0;
    const double target = t / root_energy_;
    double x = target;  // the best x if the tail were Gaussian
    double best = 0;
    for (int i = 0; i < 50; ++i) {
        const Point point = at(x);
        const double exponent = x * target - point.value;
        if (exponent < best + 1e-6) return std::max(best, exponent);
        best = exponent;
        if (point.curvature <= 1e-12) break;  // every sign agrees: the exponent has met its ceiling
        x += (target - point.slope) / point.curvature;
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
    double sum = 0;
    for (int chip = 0; chip < packet_chips; ++chip) {
        if (carrier.code_bit[chip] != -1) continue;
        residuals[count++] = fold[chip];
        sum += carrier.sign[chip] * fold[chip];
    }
    return SignTail({residuals.data(), count}).exponent(sum);
}

double log10_p(double exponent, double log_q) {
    return std::min(0.0, (-exponent - log_q) / std::numbers::ln10);
}

}  // namespace earmark
