#include "dsp/detect/verdict.hpp"

#include "dsp/detect/despreader.hpp"
#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

struct Candidate {
    Track track;
    Fold folded;
    double log_q, log10_p;
};

std::vector<Candidate> weigh(std::span<const SlotEvidence> slots, long long first_slot, const Carrier& carrier,
                             double log_weight) {
    std::vector<Candidate> candidates;
    for (Track& track : find_tracks(slots)) {
        Candidate candidate;
        candidate.log_q = log_weight + log_prior(track, static_cast<int>(slots.size()));
        candidate.folded = fold(slots, first_slot, track);
        candidate.log10_p = log10_p(sync_exponent(candidate.folded, carrier), candidate.log_q);
        candidate.track = std::move(track);
        candidates.push_back(std::move(candidate));
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.log10_p < b.log10_p; });
    return candidates;
}

bool overlap(const Track& a, const Track& b) {
    return a.first < b.end() && b.first < a.end();
}

Segment make_segment(const Candidate& candidate, long long first_slot, const Carrier& carrier, double p_max) {
    Segment segment{(first_slot + candidate.track.first) * slot_s,
                    (first_slot + candidate.track.end()) * slot_s,
                    candidate.log10_p,
                    {},
                    0};
    if (const auto reading = read_payload(candidate.folded, carrier, candidate.log_q, p_max)) {
        segment.payload = reading->payload;
        segment.payload_log10_p = reading->log10_p;
    }
    return segment;
}

std::vector<Score> score_slots(std::span<const SlotEvidence> slots, long long first_slot, const Track& best) {
    std::vector<Score> scores;
    for (int s = 0; s < static_cast<int>(slots.size()); ++s) {
        const int within = std::clamp(s - best.first, 0, static_cast<int>(best.phases.size()) - 1);
        const int phase = best.phases[within];
        const double energy = slots[s].slot->sync_energy[phase % chip_hops];
        const double z = energy > 0 ? (*slots[s].correlations)[phase] / std::sqrt(energy) : 0;
        scores.push_back({(first_slot + s) * slot_s, z});
    }
    return scores;
}

}  // namespace

double log_stretch_weight(long long k) {
    return std::log(k == 1 ? 0.9 : 0.1 / (static_cast<double>(k) * static_cast<double>(k - 1)));
}

StretchVerdict judge(std::span<const SlotEvidence> slots, long long first_slot, const Carrier& carrier,
                     double log_weight, double p_max) {
    StretchVerdict verdict;
    const std::vector<Candidate> candidates = weigh(slots, first_slot, carrier, log_weight);
    if (candidates.empty()) return verdict;
    verdict.log10_p = candidates.front().log10_p;
    verdict.log_q = candidates.front().log_q;
    verdict.scores = score_slots(slots, first_slot, candidates.front().track);

    std::vector<const Track*> taken;
    for (const Candidate& candidate : candidates) {
        if (candidate.log10_p > std::log10(p_max)) break;
        if (std::any_of(taken.begin(), taken.end(), [&](const Track* t) { return overlap(*t, candidate.track); }))
            continue;
        taken.push_back(&candidate.track);
        verdict.segments.push_back(make_segment(candidate, first_slot, carrier, p_max));
    }
    std::sort(verdict.segments.begin(), verdict.segments.end(),
              [](const Segment& a, const Segment& b) { return a.start_s < b.start_s; });
    return verdict;
}

void merge_segments(std::vector<Segment>& all, const std::vector<Segment>& later) {
    for (const Segment& segment : later) {
        const bool agrees =
            !all.empty() && (!all.back().payload || !segment.payload || *all.back().payload == *segment.payload);
        if (all.empty() || segment.start_s > all.back().end_s + slot_s / 2 || !agrees) {
            all.push_back(segment);
            if (all.size() > 1 && !agrees) {  // two payloads in one overlap: the later begins where the earlier ends
                Segment& last = all.back();
                last.start_s = std::max(last.start_s, all[all.size() - 2].end_s);
                if (last.end_s <= last.start_s) all.pop_back();
            }
            continue;
        }
        Segment& last = all.back();
        last.start_s = std::min(last.start_s, segment.start_s);
        last.end_s = std::max(last.end_s, segment.end_s);
        last.log10_p = std::min(last.log10_p, segment.log10_p);
        if (segment.payload && (!last.payload || segment.payload_log10_p < last.payload_log10_p)) {
            last.payload = segment.payload;
            last.payload_log10_p = segment.payload_log10_p;
        }
    }
}

}  // namespace earmark
