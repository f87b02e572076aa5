// The statistic and its proved bound.
//
// For fixed residuals R_j and independent uniform signs c_j, P(sum c_j R_j > t sqrt(sum R_j^2)) <= exp(-t^2 / 2)
// (Hoeffding, JASA 1963, theorem 2). A track folds the signal on the packet first, so that every sign is used once;
// which rows go where, which bands are dead and how residuals are clipped is decided from the audio and the track
// alone. With weights q(h) that add up to at most 1 over all hypotheses h, P(some h has exp(-z_h^2 / 2) / q(h) <= p) <=
// p (union bound: h reaches it with probability at most p q(h)). So min over h of exp(-z_h^2 / 2) / q(h) bounds the
// false-alarm probability whatever the audio, and looking at fewer hypotheses than were counted only errs on the safe
// side.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/slot.hpp"
#include "dsp/detect/track.hpp"

#include <array>
#include <span>

namespace earmark {

// The residuals of a track summed on one packet, [row * chip_bands + band].
using Fold = std::array<float, packet_chips>;

// first_slot: index of slots[0] from the start of the signal.
Fold fold(std::span<const SlotEvidence> slots, long long first_slot, const Track& track);

// z of the sync chips: sum of sign times fold over the root of the sum of squares; 0 when nothing was heard.
double sync_z(const Fold& fold, const Carrier& carrier);

// log10 of min(1, exp(-z^2 / 2) / q): negative z is no evidence.
double log10_p(double z, double log_q);

// The smallest z whose bound is p_max: the inverse of log10_p.
double least_z(double log_q, double p_max);

}  // namespace earmark
