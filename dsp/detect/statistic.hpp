// The statistic and its proved bound.
//
// For fixed residuals R_j and independent uniform signs c_j, P(sum c_j R_j >= T) <= min over x of
// exp(sum ln cosh(x R_j) - x T) (Chernoff, Ann. Math. Stat. 1952; ln cosh y <= y^2 / 2 makes it Hoeffding's exp(-z^2 /
// 2) or sharper); and, z being T over the root of their energy, it is <= 3.18 P(N(0, 1) >= z) < 3.18 exp(-z^2 / 2) / (z
// sqrt(2 pi)) (Bentkus and Dzindzalieta, Bernoulli 21(2), 2015; Mills' ratio): a quarter of Hoeffding's near the
// threshold, where Chernoff's gains little. Both bound one event, so the lesser does. A track folds the signal on the
// packet first, so that every sign is used once; which rows go where, which bands are dead and how residuals are
// clipped is decided from the audio and the track alone. With weights q(h) that add up to at most 1 over all hypotheses
// h, P(some h has bound_h / q(h) <= p) <= p (union bound: h reaches it with probability at most p q(h)). So the least
// bound_h / q(h) bounds the false-alarm probability whatever the audio, and looking at fewer hypotheses than were
// counted only errs on the safe side.
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
double sync_correlation(const Fold& fold, const Carrier& carrier) noexcept;

// The tail of sum c_j R_j for random signs c_j.
class SignTail {
  public:
    explicit SignTail(std::span<const float> residuals);  // packet_chips / 2 at most; allocates nothing

    // -ln of the bound on P(sum >= t); 0 for t <= 0.
    double exponent(double t) const;
    // The least t with that exponent; infinity when no sum reaches it.
    double least_sum(double exponent) const;
    double root_energy() const { return root_energy_; }

  private:
    using Point = simd::TailSums;  // of sum ln cosh(x R_j)
    Point at(double x) const;
    double chernoff(double z) const;
    double least_chernoff_z(double exponent) const;

    std::array<double, packet_chips / 2> sizes_;  // |R_j| that are not 0, over the root of their energy
    std::size_t count_ = 0;
    double root_energy_ = 0, sum_ = 0;  // sum_: of sizes_, what the slope never reaches
};

// Exponent of the sync chips' correlation with the carrier.
double sync_exponent(const Fold& fold, const Carrier& carrier);

// log10 of min(1, exp(-exponent) / q).
double log10_p(double exponent, double log_q);

}  // namespace earmark
