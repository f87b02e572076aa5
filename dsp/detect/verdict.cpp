#include "dsp/detect/verdict.hpp"

#include "dsp/detect/segmenter.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace earmark {
namespace {

std::vector<Candidate> weigh_tracks(const Stretch& stretch) {
    std::vector<Candidate> candidates;
    for (Track& track : find_tracks(stretch.slots)) candidates.push_back(weigh(stretch, std::move(track)));
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.log10_p < b.log10_p; });
    return candidates;
}

bool overlap(const Track& a, const Track& b) {
    return a.first < b.end() && b.first < a.end();
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
    const Stretch stretch{slots, first_slot, carrier, log_weight, p_max};
    const std::vector<Candidate> candidates = weigh_tracks(stretch);
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
        for (Segment& segment : cut_into_segments(stretch, candidate)) verdict.segments.push_back(std::move(segment));
    }
    std::sort(verdict.segments.begin(), verdict.segments.end(),
              [](const Segment& a, const Segment& b) { return a.start_s < b.start_s; });
    return verdict;
}

namespace {

// Stretches may find a scale a little differently; a hundredth is another one.
bool same_scale(const Segment& a, const Segment& b) {
    return std::abs(a.time_scale - b.time_scale) < 0.01 * a.time_scale &&
           std::abs(a.frequency_scale - b.frequency_scale) < 0.01 * a.frequency_scale;
}

}  // namespace

void merge_segments(std::vector<Segment>& all, const std::vector<Segment>& later) {
    for (const Segment& segment : later) {
        const bool agrees = !all.empty() && same_scale(all.back(), segment) &&
                            (!all.back().payload || !segment.payload || *all.back().payload == *segment.payload);
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
        if (segment.log10_p < last.log10_p) {
            last.log10_p = segment.log10_p;
            last.time_scale = segment.time_scale;
            last.frequency_scale = segment.frequency_scale;
        }
        if (segment.payload && (!last.payload || segment.payload_log10_p < last.payload_log10_p)) {
            last.payload = segment.payload;
            last.payload_log10_p = segment.payload_log10_p;
        }
    }
}

}  // namespace earmark
