#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earmark {

Fold fold(std::span<const SlotEvidence> slots, long long first_slot, const Track& track) {
    Fold folded{};
    for (std::size_t s = 0; s < track.phases.size(); ++s) {
        const Slot& slot = *slots[track.first + s].slot;
        if (slot.empty) continue;
        const int phase = track.phases[s];
        const long long start = (first_slot + track.first + static_cast<long long>(s)) * slot_rows;
        for (int i = phase % chip_hops; i < slot_rows; i += chip_hops) {  // slots start at multiples of chip_hops
            float* row = folded.data() + packet_row_at(start + i, phase) * chip_bands;
            for (int band = 0; band < chip_bands; ++band) row[band] += slot.residuals[i][band];
        }
    }
    return folded;
}

double sync_z(const Fold& fold, const Carrier& carrier) {
    double sum = 0, energy = 0;
    for (int chip = 0; chip < packet_chips; ++chip) {
        if (carrier.code_bit[chip] != -1) continue;
        sum += carrier.sign[chip] * fold[chip];
        energy += static_cast<double>(fold[chip]) * fold[chip];
    }
    return energy > 0 ? sum / std::sqrt(energy) : 0;
}

double log10_p(double z, double log_q) {
    if (z <= 0) return 0;
    return std::min(0.0, (-z * z / 2 - log_q) / std::numbers::ln10);
}

double least_z(double log_q, double p_max) {
    return std::sqrt(2 * (-log_q - std::log(p_max)));
}

}  // namespace earmark
