#include "dsp/detect/slow_search.hpp"

#include "dsp/detect/slotter.hpp"
#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace earmark {
namespace {

constexpr int phases = packet_hops / slow_hops;
constexpr int chip_steps = slow_cells * cell_hops / slow_hops;  // rows from slow chip to slow chip
constexpr int steps_a_slot = slot_rows / slow_hops;
// Wiener's filter for a slow chip comes out as this, on the tuning speakers with and without a phase vocoder: what the
// neighbours on either side say is taken off, z grows by 12 % over the plain difference.
constexpr float neighbour_share = 0.35f;
constexpr float rows_clip = 1.5f;  // deviations; z is flat from 1.5 to 3

using PhaseChips = std::array<SlowRow, phases>;

// Received rows, the bands where the frequency scale has put them; dead ones say nothing.
void read_rows(const Spectrogram& spectrogram, double frequency, long long from, long long until,
               std::vector<SlowRow>& rows) {
    ScaledBands bands(spectrogram, frequency);
    rows.clear();
    std::array<float, grid_bands> peak;
    peak.fill(-1e9f);
    BandEnergies energies;
    double squares = 0;
    for (long long row = from; row < until && rows.size() < rows.capacity(); row += slow_hops) {
        bands.read(row, energies);
        for (int band = 0; band < grid_bands; ++band) peak[band] = std::max(peak[band], energies[band]);
        SlowRow& out = rows.emplace_back();
        for (int chip = 0; chip < slow_bands; ++chip) {
            const int low = 2 * (chip + first_slow_chip), above = std::min(low + 2, grid_bands - 1);
            out[chip] = energies[low] - energies[low + 1] - neighbour_share * (energies[low - 1] - energies[above]);
        }
    }
    const float dead = *std::max_element(peak.begin(), peak.end()) - dead_log;
    std::size_t live = 0;
    for (int chip = 0; chip < slow_bands; ++chip) {
        const int low = 2 * (chip + first_slow_chip);
        if (low + 1 < bands.bands() && peak[low] > dead && peak[low + 1] > dead) {
            ++live;
            for (const SlowRow& row : rows) squares += static_cast<double>(row[chip]) * row[chip];
        } else {
            for (SlowRow& row : rows) row[chip] = 0;
        }
    }
    if (live == 0) rows.clear();
    const float clip = rows_clip * static_cast<float>(std::sqrt(squares / static_cast<double>(rows.size() * live + 1)));
    for (SlowRow& row : rows)
        for (float& value : row) value = std::clamp(value, -clip, clip);
}

// Where in the packet a received row falls, the first being at 0.
int place_of(std::size_t row, double time) {
    return static_cast<int>(static_cast<double>(row) * time) % phases;
}

// On the marked signal's clock; then every phase has the sum of the slow chip that begins there.
void fold_chips(const std::vector<SlowRow>& rows, double time, PhaseChips& chips) {
    PhaseChips fold{};
    for (std::size_t r = 0; r < rows.size(); ++r) {
        SlowRow& sum = fold[place_of(r, time)];
        for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += rows[r][c];
    }
    for (int phase = 0; phase < phases; ++phase) {
        chips[phase].fill(0);
        for (int step = 0; step < chip_steps; ++step)
            for (std::size_t c = 0; c < chips[phase].size(); ++c) chips[phase][c] += fold[(phase + step) % phases][c];
    }
}

// z of the phases `step`, `step` + chip_steps, ...
template <class SignTable>
std::array<float, slow_rows> correlate(const SignTable& signs, const PhaseChips& chips, int step) {
    std::array<float, slow_rows> sums{};
    float energy = 0;
    for (int row = 0; row < slow_rows; ++row) {
        const SlowRow& chip = chips[row * chip_steps + step];
        for (int band = 0; band < slow_bands; ++band) {
            const float* const sign = signs[band].data() + slow_rows - 1 - row;
            for (int phase = 0; phase < slow_rows; ++phase) sums[phase] += chip[band] * sign[phase];
            energy += chip[band] * chip[band];
        }
    }
    const float scale = energy > 0 ? 1 / std::sqrt(energy) : 0;
    for (float& sum : sums) sum *= scale;
    return sums;
}

struct Run {
    std::size_t first, end;
};

// The slots that speak most for a mark as strong as all of them together have it (Kadane).
Run marked_run(std::span<const SlotSum> slots) {
    SlotSum all;
    for (const SlotSum& slot : slots) all += slot;
    double sum = 0, most = 0;
    Run run{}, best{};
    for (run.end = 1; run.end <= slots.size(); ++run.end) {
        if (sum <= 0) run.first = run.end - 1;
        sum = std::max(sum, 0.0) + slots[run.end - 1].evidence(all.strength());
        if (sum <= most) continue;
        most = sum;
        best = run;
    }
    return best;
}

}  // namespace

SlowSearch::SlowSearch(const Carrier& carrier) {
    for (int band = 0; band < slow_bands; ++band)
        for (int i = 0; i < 2 * slow_rows; ++i)
            signs_[band][i] = carrier.slow_sign[(2 * slow_rows - 1 - i) % slow_rows * slow_bands + band];
}

void SlowSearch::try_scale(const std::vector<SlowRow>& rows, ScaleSteps steps, Hypothesis& best) const {
    if (rows.empty()) return;
    PhaseChips chips;
    fold_chips(rows, scale_at(steps).time, chips);
    for (int step = 0; step < chip_steps; ++step) {
        const auto z = correlate(signs_, chips, step);
        const auto top = std::max_element(z.begin(), z.end());
        const double log_likely = *top > 0 ? *top * *top / 2 + log_slow_weight(steps) : 0;
        if (log_likely <= best.log_likely) continue;
        best = {steps, static_cast<int>(top - z.begin()) * chip_steps + step, log_likely};
    }
}

double SlowSearch::exponent(const std::vector<SlowRow>& rows, const Hypothesis& at) const {
    PhaseChips chips;
    fold_chips(rows, scale_at(at.steps).time, chips);
    std::array<float, slow_chips> along;
    for (int row = 0; row < slow_rows; ++row)
        for (int band = 0; band < slow_bands; ++band)
            along[row * slow_bands + band] =
                signs_[band][slow_rows - 1 - row] * chips[(at.phase + row * chip_steps) % phases][band];
    return sign_exponent(along);
}

// What each slot of the rows says along the hypothesis.
SlowSearch::SlotSums SlowSearch::sum_slots(const std::vector<SlowRow>& rows, const Hypothesis& at) const {
    SlotSums slots{};
    const double time = scale_at(at.steps).time;
    for (std::size_t r = 0; r < std::min(rows.size(), slots.size() * steps_a_slot); ++r) {
        const int place = (place_of(r, time) - at.phase + phases) % phases;
        for (int band = 0; band < slow_bands; ++band) {
            const double along = signs_[band][slow_rows - 1 - place / chip_steps] * rows[r][band];
            slots[r / steps_a_slot] += {along, along * along};
        }
    }
    return slots;
}

void SlowSearch::search(const Spectrogram& spectrogram, long long from, long long until, double log_weight,
                        double p_max, SlowMemory& memory, StretchVerdict& verdict) const {
    std::vector<SlowRow>& rows = memory.rows;
    verdict.log10_p = verdict.log_q = 0;
    verdict.segments.clear();
    verdict.scores.clear();
    Hypothesis best;
    read_rows(spectrogram, 1, from, until, rows);
    for (int time = slow_tempo_low; time <= slow_tempo_high; ++time)
        try_scale(rows, {time * slow_time_stride, 0}, best);
    for (int frequency = slow_pitch_low; frequency <= slow_pitch_high; ++frequency) {
        if (frequency == 0) continue;  // was among the tempi
        const ScaleSteps steps{0, frequency * slow_frequency_stride};
        read_rows(spectrogram, scale_at(steps).frequency, from, until, rows);
        try_scale(rows, steps, best);
    }
    if (best.log_likely <= 0) return;
    read_rows(spectrogram, scale_at(best.steps).frequency, from, until, rows);
    verdict.log_q = log_weight + log_slow_weight(best.steps) - std::log(phases);
    verdict.log10_p = log10_p(exponent(rows, best), verdict.log_q);
    if (verdict.log10_p > std::log10(p_max)) return;
    const SlotSums sums = sum_slots(rows, best);
    const std::size_t count = std::min(sums.size(), (rows.size() + steps_a_slot - 1) / steps_a_slot);
    const std::span<const SlotSum> slots(sums.data(), count);
    const auto [first, end] = marked_run(slots);
    const Scale scale = scale_at(best.steps);
    const auto second = [&](std::size_t slot) {
        return static_cast<double>(std::min(from + static_cast<long long>(slot) * slot_rows, until)) * hop_s;
    };
    verdict.segments.push_back({second(first), second(end), verdict.log10_p, {}, 0, scale.time, scale.frequency});
    for (std::size_t s = 0; s < count && s < verdict.scores.capacity(); ++s)
        verdict.scores.push_back({second(s), slots[s].z()});
}

}  // namespace earmark
