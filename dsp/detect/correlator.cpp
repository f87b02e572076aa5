#include "dsp/detect/correlator.hpp"

#include <algorithm>

namespace earmark {

namespace {

// Chip row of the packet at which a slot starts, were its phase 0.
int first_chip(long long slot_index) {
    return static_cast<int>(slot_index % (packet_hops / slot_rows)) * simd::slot_chips;
}

}  // namespace

static_assert(slot_rows == simd::slot_chips * simd::hops_in_chip && chip_hops == simd::hops_in_chip);
static_assert(chip_rows == simd::chip_rows_in_packet && padded_chip_bands == simd::most_bands);

ChoicesOfSlot::ChoicesOfSlot(int bands) : groups_((bands + group_bands - 1) / group_bands) {}

void ChoicesOfSlot::set(SlotView slot) noexcept {
    empty_ = slot.empty;
    if (empty_) return;
    for (std::size_t group = 0; group < groups_.size(); ++group) {
        const int first = static_cast<int>(group) * group_bands;
        simd::kernels().choose(slot.row(0) + first, slot.width, std::min(group_bands, slot.bands() - first),
                               &groups_[group]);
    }
}

// The deal gives at most one chip of a pair of bands to sync (carrier.hpp), and only the last pair may give none: it
// takes its second band then, which does not exist.
Correlator::Correlator(const Carrier& carrier) : kernels_(simd::kernels()) {
    constexpr int nothing = 4, missing_band = 1;
    for (simd::PairPicks& picks : picks_) picks.fill(simd::pick(nothing));
    for (int row = 0; row < chip_rows; ++row) {
        std::array<int, padded_chip_bands / 2> taken;
        taken.fill(missing_band);
        for (int band = 0; band < chip_bands; ++band) {
            const int chip = row * chip_bands + band;
            if (carrier.code_bit[chip] != -1) continue;
            taken[band / 2] = band % 2 + (carrier.sign[chip] > 0 ? 0 : 2);
            picks_[band / 2][row] = picks_[band / 2][row + chip_rows] = simd::pick(taken[band / 2]);
        }
        for (std::size_t group = 0; group < chosen_.size(); ++group)
            chosen_[group][row] = static_cast<std::uint8_t>(taken[2 * group] + 4 * taken[2 * group + 1]);
    }
}

void Correlator::correlate(SlotView slot, long long slot_index, PhaseCorrelations& out) const noexcept {
    out.fill(0);
    if (slot.empty) return;
    simd::BandChoices choices;
    for (int first = 0; first < slot.bands(); first += group_bands) {
        kernels_.choose(slot.row(0) + first, slot.width, std::min(group_bands, slot.bands() - first), &choices);
        kernels_.correlate(&choices, &chosen_[first / group_bands], 1, first_chip(slot_index), out.data());
    }
}

void Correlator::correlate(const ChoicesOfSlot& slot, long long slot_index, PhaseCorrelations& out) const noexcept {
    out.fill(0);
    if (slot.empty_) return;
    kernels_.correlate(slot.groups_.data(), chosen_.data(), static_cast<int>(slot.groups_.size()),
                       first_chip(slot_index), out.data());
}

}  // namespace earmark
