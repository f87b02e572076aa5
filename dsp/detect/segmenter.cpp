#include "dsp/detect/segmenter.hpp"

#include "dsp/coding/codeword.hpp"
#include "dsp/detect/despreader.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace earmark {
namespace {

constexpr int least_gap_slots = 4;  // 2 s: pauses in speech are shorter; at the ends of a track any length goes
// What a run of slots must say against the mark before it is cut out, in nepers of likelihood: more than the odds
// against beginning anew at any of 128 slots and 512 phases.
constexpr double cut_evidence = 20;
constexpr double trim_evidence = 3;  // at the ends nothing begins anew

struct SlotSum {
    double correlation = 0, energy = 0;
};

struct Run {
    int from = 0, until = 0;
    double excess = 0;  // of the evidence against the mark over what is asked; 0 = no such run
};

// Per slot of the track: sign times residual over its sync chips or, given a codeword, over its payload chips.
std::vector<SlotSum> slot_sums(const Stretch& stretch, const Track& track, const Codeword* codeword) {
    std::vector<SlotSum> sums;
    for (int s = track.first; s < track.end(); ++s) {
        const Fold chips = fold(stretch.slots, stretch.first_slot, {s, {track.phases[s - track.first]}});
        SlotSum sum;
        for (int chip = 0; chip < packet_chips; ++chip) {
            const int bit = stretch.carrier.code_bit[chip];
            if ((bit >= 0) != (codeword != nullptr)) continue;
            const int sign = stretch.carrier.sign[chip] * (codeword != nullptr ? (*codeword)[bit] : 1);
            sum.correlation += sign * chips[chip];
            sum.energy += static_cast<double>(chips[chip]) * chips[chip];
        }
        sums.push_back(sum);
    }
    return sums;
}

// Mean of a chip's residual along its sign over its variance, of the whole track.
double strength(const std::vector<SlotSum>& sums) {
    SlotSum all;
    for (const SlotSum& sum : sums) {
        all.correlation += sum.correlation;
        all.energy += sum.energy;
    }
    return all.energy > 0 ? all.correlation / all.energy : 0;
}

// The run of slots that speaks most against a mark of that strength: log-likelihood ratio as in the tracker.
Run weakest_run(const std::vector<SlotSum>& sums, double strength) {
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

Track part(const Track& track, int from, int until) {
    return {track.first + from, {track.phases.begin() + from, track.phases.begin() + until}};
}

class Cutter {
  public:
    explicit Cutter(const Stretch& stretch) : stretch_(stretch) {}

    // Leaves out what carries no mark.
    void cut_gaps(const Track& track) {
        const std::vector<SlotSum> sums = slot_sums(stretch_, track, nullptr);
        const Run gap = weakest_run(sums, strength(sums));
        if (gap.excess == 0) return cut_payloads(track);
        if (gap.from > 0) cut_gaps(part(track, 0, gap.from));
        if (gap.until < std::ssize(sums)) cut_gaps(part(track, gap.until, static_cast<int>(sums.size())));
    }

    // Parts payloads: where the one read does not fit, and another is read instead. Where two of equal length leave
    // nothing to read in the whole, one of the halves tells.
    void cut_payloads(const Track& track) {
        const Candidate whole = weigh(stretch_, track);
        const auto reading = read(whole);
        const auto known = reading ? reading : read_either_half(track);
        if (!known) return add(whole, reading);
        const Codeword codeword = encode(known->payload);
        const double sync_strength = strength(slot_sums(stretch_, track, nullptr));
        const Run misfit = weakest_run(slot_sums(stretch_, track, &codeword), sync_strength);
        const int slots = static_cast<int>(track.phases.size());
        if (misfit.excess == 0 || misfit.until - misfit.from == slots) return add(whole, reading);
        const auto other = read(weigh(stretch_, part(track, misfit.from, misfit.until)));
        if (other ? other->payload == known->payload : reading.has_value()) return add(whole, reading);
        if (misfit.from > 0) cut_payloads(part(track, 0, misfit.from));
        cut_payloads(part(track, misfit.from, misfit.until));
        if (misfit.until < slots) cut_payloads(part(track, misfit.until, slots));
    }

    std::optional<Reading> read_either_half(const Track& track) const {
        const int slots = static_cast<int>(track.phases.size()), half = slots / 2;
        if (half < least_gap_slots) return {};
        const auto reading = read(weigh(stretch_, part(track, 0, half)));
        return reading ? reading : read(weigh(stretch_, part(track, half, slots)));
    }

    void add(const Candidate& candidate, const std::optional<Reading>& reading) {
        if (candidate.log10_p > std::log10(stretch_.p_max)) return;
        Segment segment{static_cast<double>(stretch_.first_slot + candidate.track.first) * slot_s,
                        static_cast<double>(stretch_.first_slot + candidate.track.end()) * slot_s,
                        candidate.log10_p,
                        {},
                        0};
        if (reading) {
            segment.payload = reading->payload;
            segment.payload_log10_p = reading->log10_p;
        }
        segments.push_back(segment);
    }

    std::optional<Reading> read(const Candidate& candidate) const {
        return read_payload(candidate.folded, stretch_.carrier, candidate.log_q, stretch_.p_max);
    }

    std::vector<Segment> segments;

  private:
    const Stretch& stretch_;
};

}  // namespace

Candidate weigh(const Stretch& stretch, Track track) {
    Candidate candidate;
    candidate.log_q = stretch.log_weight + log_prior(track, static_cast<int>(stretch.slots.size()));
    candidate.folded = fold(stretch.slots, stretch.first_slot, track);
    candidate.log10_p = log10_p(sync_exponent(candidate.folded, stretch.carrier), candidate.log_q);
    candidate.track = std::move(track);
    return candidate;
}

std::vector<Segment> cut_into_segments(const Stretch& stretch, const Candidate& candidate) {
    Cutter cutter(stretch);
    cutter.cut_gaps(candidate.track);
    if (cutter.segments.empty()) cutter.add(candidate, cutter.read(candidate));  // only the whole is evidence enough
    return std::move(cutter.segments);
}

}  // namespace earmark
