// The statistic and its proved bound.
//
// For fixed whole numbers R_j and independent uniform signs c_j let S be the sum of c_j R_j. With E_x, P_x under signs
// tilted by any x > 0 (Cramer; P_x(c_j) goes with exp(x c_j R_j)) and K = sum ln cosh(x R_j),
//   P(S >= T) = E_x[exp(K - x S); S >= T] <= exp(K - x T) max_s P_x(S = s) / (1 - exp(-2 x)),
// as S goes in steps of 2. Seen modulo 2 M a value is no less likely, so Fourier's inversion has max_s P_x(S = s) <=
// 1/M sum over j < M of prod |E_x exp(i t_j c_k R_k)| at t_j = pi j / M, with |.|^2 = 1 - sin^2(t R) / cosh^2(x R) <=
// exp(-sin^2(t R) / cosh^2(x R)). Without the last factors it is Chernoff's bound, so at most 1 is taken for them. Near
// the threshold it is within some percent of the tail itself; Chernoff's is 20 to 30 times that.
//
// A track folds the signal on the packet first, so that every sign is used once; which rows go where, which bands are
// dead and how residuals are clipped and rounded is decided from the audio and the track alone. With weights q(h) that
// add up to at most 1 over all hypotheses h, P(some h has bound_h / q(h) <= p) <= p (union bound: h reaches it with
// probability at most p q(h)). So the least bound_h / q(h) bounds the false-alarm probability whatever the audio, and
// looking at fewer hypotheses than were counted only errs on the safe side.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/slot.hpp"
#include "dsp/detect/track.hpp"
#include "dsp/simd/kernels.hpp"

#include <array>
#include <cmath>
#include <span>

namespace earmark {

// The residuals of a track summed on one packet, [row * chip_bands + band]. In steps of a residual: most_track_slots
// slots put at most 64 * 127 on a chip.
using Fold = std::array<std::int16_t, packet_chips>;

// Adds a slot that has the phase or, with times = -1, takes it out again. slot_index: from the start of the signal.
void fold_slot(Fold& folded, SlotView slot, long long slot_index, int phase, int times = 1) noexcept;

// first_slot: index of slots[0] from the start of the signal.
Fold fold(std::span<const SlotEvidence> slots, long long first_slot, const Track& track);

// Signs times residuals, and their energy, in one slot; of the sync chips whole numbers.
struct SlotSum {
    double correlation = 0, energy = 0;

    SlotSum& operator+=(const SlotSum& other) {
        correlation += other.correlation;
        energy += other.energy;
        return *this;
    }
    double z() const { return energy > 0 ? correlation / std::sqrt(energy) : 0; }
    // Mean of a residual along its sign over its variance: how strong a mark is.
    double strength() const { return energy > 0 ? correlation / energy : 0; }
    // Log-likelihood ratio of a mark of that strength, as in the tracker, nepers.
    double evidence(double of_strength) const { return of_strength * (correlation - of_strength / 2 * energy); }
};
SlotSum sync_sum(const Carrier& carrier, SlotView slot, long long slot_index, int phase) noexcept;
// The same of what a fold holds.
SlotSum sync_sum(const Fold& fold, const Carrier& carrier) noexcept;

// Residuals in whole numbers, 8 to their root mean square: rounded so they lose 1 part in 800 of their energy.
using SignLevel = std::int8_t;
inline constexpr double levels_a_deviation = 8;  // clipped at simd::most_sign_level, 3.9 deviations
// A level does not hang on the sign of its residual. levels: as many. Residuals of 0 count for nothing.
void to_levels(std::span<const float> residuals, SignLevel* levels) noexcept;

// The tail of sum c_j R_j for random signs c_j. Were all levels multiples of one number, the bound would be up to that
// many times too large (never more than Chernoff's); those of audio are not.
class SignTail {
  public:
    // |level| <= simd::most_sign_level; at most packet_chips / 2 of them.
    explicit SignTail(std::span<const SignLevel> levels) noexcept;

    // -ln of the bound on P(sum >= t), t one of the sums that there are; 0 for t <= 0.
    double exponent(int t) const noexcept;
    // A sum with a little less than that exponent, at most a neper; infinity when no sum reaches it.
    double least_sum(double exponent) const noexcept;
    double root_energy() const noexcept;

  private:
    struct Point {  // of sum ln cosh(x R_j): itself and its derivatives
        double value = 0, slope = 0, curvature = 0;
    };
    struct Tilt {
        double x, exponent;  // of Chernoff's bound
    };
    Point at(double x) const noexcept;
    Tilt chernoff(double t) const noexcept;
    double least_chernoff(double exponent) const noexcept;
    double more_than_chernoff(double x) const noexcept;

    std::array<std::int16_t, simd::most_sign_level> counts_{};  // of levels of either sign
    int count_ = 0, sum_ = 0, energy_ = 0;
};

// Exponent of signs times residuals, `along`, that add up to much.
double sign_exponent(std::span<const float> along) noexcept;

// Exponent of the sync chips' correlation with the carrier.
double sync_exponent(const Fold& fold, const Carrier& carrier);

// log10 of min(1, exp(-exponent) / q).
double log10_p(double exponent, double log_q);

}  // namespace earmark
