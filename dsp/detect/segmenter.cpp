#include "dsp/detect/segmenter.hpp"

#include "dsp/coding/codeword.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace earmark {
namespace {

constexpr int least_gap_slots = 4;  // 2 s: pauses in speech are shorter; at the ends of a track any length goes
// What a run of slots must say against the mark before it is cut out, in nepers of likelihood: more than the odds
// against beginning anew at any of 128 slots and 512 phases.
constexpr double cut_evidence = 20;
constexpr double trim_evidence = 3;  // at the ends nothing begins anew

struct Run {
    int from = 0, until = 0;
    double excess = 0;  // of the evidence against the mark over what is asked; 0 = no such run
};

using SlotSums = std::span<const SlotSum>;

// Sign times residual over the payload chips, given the codeword.
SlotSum payload_sum(const Stretch& stretch, int slot, int phase, const Codeword& codeword) noexcept {
    const SlotView view = stretch.slots[static_cast<std::size_t>(slot)].slot;
    const long long start = (stretch.first_slot + slot) * slot_rows;
    std::int64_t correlation = 0, energy = 0;
    for (int i = phase % chip_hops; i < slot_rows && !view.empty; i += chip_hops) {
        const int first_chip = packet_row_at(start + i, phase) * chip_bands;
        const std::int8_t* const residuals = view.row(i);
        for (int band = 0; band < view.bands(); ++band) {
            const auto chip = static_cast<std::size_t>(first_chip + band);
            const int bit = stretch.carrier.code_bit[chip];
            if (bit < 0) continue;
            const int sign = codeword[static_cast<std::size_t>(bit)];
            correlation += sign * stretch.carrier.sign[chip] * residuals[band];
            energy += residuals[band] * residuals[band];
        }
    }
    return {static_cast<double>(correlation), static_cast<double>(energy)};
}

// Of so many bands, known when this is compiled: every slot of every track is added up here.
template <int bands>
SlotSum sync_sum_of(const Carrier& carrier, SlotView slot, long long start, int phase) noexcept {
    int correlation = 0, energy = 0;  // 16 rows of at most 31 squares of 127
    for (int i = phase % chip_hops; i < slot_rows; i += chip_hops) {
        const std::int8_t* const signs = carrier.sync_sign.data() + packet_row_at(start + i, phase) * padded_chip_bands;
        const std::int8_t* const residuals = slot.row(i);
        for (int band = 0; band < bands; ++band) {
            const int along = signs[band] * residuals[band];
            correlation += along;
            energy += along * along;
        }
    }
    return {static_cast<double>(correlation), static_cast<double>(energy)};
}

// Mean of a chip's residual along its sign over its variance, of the whole track.
double strength(SlotSums sums) {
    SlotSum all;
    for (const SlotSum& sum : sums) {
        all.correlation += sum.correlation;
        all.energy += sum.energy;
    }
    return all.energy > 0 ? all.correlation / all.energy : 0;
}

// The run of slots that speaks most against a mark of that strength: log-likelihood ratio as in the tracker.
Run weakest_run(SlotSums sums, double strength) {
    Run weakest;
    for (int from = 0; from < std::ssize(sums); ++from) {
        double sum = 0;
        for (int s = from; s < std::ssize(sums); ++s) {
            sum += strength * sums[s].correlation - strength * strength / 2 * sums[s].energy;
            const bool at_an_end = from == 0 || s + 1 == std::ssize(sums);
            if (!at_an_end && s + 1 - from < least_gap_slots) continue;
            const double excess = -sum - (at_an_end ? trim_evidence : cut_evidence);
            if (excess > weakest.excess) weakest = {from, s + 1, excess};
        }
    }
    return weakest;
}

// The sums of all slots of a track, for the length of a call.
struct TrackSums {
    TrackSums(const Stretch& stretch, const Track& track, const Codeword* codeword = nullptr)
        : count(track.phases.size()) {
        for (std::size_t s = 0; s < count; ++s)
            sums[s] = codeword == nullptr
                          ? sync_sum(stretch, track.first + static_cast<int>(s), track.phases[s])
                          : payload_sum(stretch, track.first + static_cast<int>(s), track.phases[s], *codeword);
    }
    SlotSums all() const { return {sums.data(), count}; }

    std::array<SlotSum, most_track_slots> sums;
    std::size_t count;
};

Run silent_run(const Stretch& stretch, const Track& track) {
    const TrackSums sums(stretch, track);
    return weakest_run(sums.all(), strength(sums.all()));
}

Run misfitting_run(const Stretch& stretch, const Track& track, const Payload& payload) {
    const Codeword codeword = encode(payload);
    const double sync_strength = strength(TrackSums(stretch, track).all());
    return weakest_run(TrackSums(stretch, track, &codeword).all(), sync_strength);
}

Track part(const Track& track, int from, int until) {
    return {track.first + from, Phases(std::span(track.phases.begin() + from, track.phases.begin() + until))};
}

// Keeps no fold while it goes down into the parts: a fold is 8 kB, and the audio thread's stack is not ours.
class Cutter {
  public:
    Cutter(const Stretch& stretch, std::vector<Segment>& segments) : stretch_(stretch), segments_(segments) {}

    // Leaves out what carries no mark.
    void cut_gaps(const Track& track) {
        const Run gap = silent_run(stretch_, track);
        if (gap.excess == 0) return cut_payloads(track);
        if (gap.from > 0) cut_gaps(part(track, 0, gap.from));
        const int slots = static_cast<int>(track.phases.size());
        if (gap.until < slots) cut_gaps(part(track, gap.until, slots));
    }

    // Parts payloads: where the one read does not fit, and another is read instead. Where two of equal length leave
    // nothing to read in the whole, one of the halves tells.
    void cut_payloads(const Track& track) {
        const auto reading = read(track);
        const auto known = reading ? reading : read_either_half(track);
        if (!known) return add(track, reading);
        const Run misfit = misfitting_run(stretch_, track, known->payload);
        const int slots = static_cast<int>(track.phases.size());
        if (misfit.excess == 0 || misfit.until - misfit.from == slots) return add(track, reading);
        const auto other = read(part(track, misfit.from, misfit.until));
        if (other ? other->payload == known->payload : reading.has_value()) return add(track, reading);
        if (misfit.from > 0) cut_payloads(part(track, 0, misfit.from));
        cut_payloads(part(track, misfit.from, misfit.until));
        if (misfit.until < slots) cut_payloads(part(track, misfit.until, slots));
    }

    std::optional<Reading> read_either_half(const Track& track) const {
        const int slots = static_cast<int>(track.phases.size()), half = slots / 2;
        if (half < least_gap_slots) return {};
        const auto reading = read(part(track, 0, half));
        return reading ? reading : read(part(track, half, slots));
    }

    void add(const Track& track, const std::optional<Reading>& reading) {
        const double log10_p = weigh(stretch_, track).log10_p;
        if (log10_p > std::log10(stretch_.p_max) || segments_.size() == segments_.capacity()) return;
        Segment segment{static_cast<double>(stretch_.first_slot + track.first) * slot_s,
                        static_cast<double>(stretch_.first_slot + track.end()) * slot_s,
                        log10_p,
                        {},
                        0};
        if (reading) {
            segment.payload = reading->payload;
            segment.payload_log10_p = reading->log10_p;
        }
        segments_.push_back(segment);
    }

    std::optional<Reading> read(const Track& track) const {
        const Candidate candidate = weigh(stretch_, track);
        if (stretch_.reader != nullptr) return stretch_.reader->read(candidate);
        return read_payload(candidate.folded, stretch_.carrier, candidate.log_q, stretch_.p_max);
    }

  private:
    const Stretch& stretch_;
    std::vector<Segment>& segments_;
};

}  // namespace

SlotSum sync_sum(const Stretch& stretch, int slot, int phase) noexcept {
    const SlotView view = stretch.slots[static_cast<std::size_t>(slot)].slot;
    const long long start = (stretch.first_slot + slot) * slot_rows;
    if (view.empty) return {};
    if (view.bands() <= padded_chip_bands / 2)
        return sync_sum_of<padded_chip_bands / 2>(stretch.carrier, view, start, phase);
    return sync_sum_of<padded_chip_bands>(stretch.carrier, view, start, phase);
}

Candidate weigh(const Stretch& stretch, const Track& track) {
    Candidate candidate;
    candidate.log_q = stretch.log_weight + log_prior(track, static_cast<int>(stretch.slots.size()));
    candidate.folded = fold(stretch.slots, stretch.first_slot, track);
    candidate.log10_p = log10_p(sync_exponent(candidate.folded, stretch.carrier), candidate.log_q);
    candidate.track = track;
    return candidate;
}

void cut_into_segments(const Stretch& stretch, const Track& track, std::vector<Segment>& segments) {
    Cutter cutter(stretch, segments);
    const std::size_t before = segments.size();
    cutter.cut_gaps(track);
    if (segments.size() == before) cutter.add(track, cutter.read(track));  // only the whole is evidence enough
}

}  // namespace earmark
