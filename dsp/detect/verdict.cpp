#include "dsp/detect/verdict.hpp"

#include "dsp/detect/budget.hpp"
#include "dsp/detect/segmenter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace earmark {
namespace {

struct Ranked {
    double log10_p, log_q;
    int index;
};

constexpr std::size_t most_ranked = 96;

// Best first.
std::size_t rank(const TrackList& tracks, Answers& answers, std::array<Ranked, most_ranked>& ranked) {
    const std::size_t count = std::min<std::size_t>(static_cast<std::size_t>(tracks.size()), most_ranked);
    for (std::size_t i = 0; i < count; ++i) {
        const Answer weight = answers.ask({Question::About::weight, tracks[static_cast<int>(i)]});
        if (answers.waits()) return 0;
        ranked[i] = {weight.log10_p, weight.log_q, static_cast<int>(i)};
    }
    std::sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count),
              [](const Ranked& a, const Ranked& b) {
                  return a.log10_p != b.log10_p ? a.log10_p < b.log10_p : a.index < b.index;
              });
    return count;
}

bool overlap(const Track& a, const Track& b) {
    return a.first < b.end() && b.first < a.end();
}

void score_slots(const Stretch& stretch, const Track& best, std::vector<Score>& scores) {
    for (int s = 0; s < std::ssize(stretch.slots) && scores.size() < scores.capacity(); ++s) {
        const int within = std::clamp(s - best.first, 0, static_cast<int>(best.phases.size()) - 1);
        const SlotSum sum = sync_sum(stretch.carrier, stretch.slots[static_cast<std::size_t>(s)].slot,
                                     stretch.first_slot + s, best.phases[static_cast<std::size_t>(within)]);
        scores.push_back({static_cast<double>(stretch.first_slot + s) * slot_s, sum.z()});
    }
}

}  // namespace

double log_stretch_weight(long long k) {
    return std::log(k == 1 ? first_stretch_share
                           : later_stretches_share / (static_cast<double>(k) * static_cast<double>(k - 1)));
}

StretchVerdict judge(std::span<const SlotEvidence> slots, long long first_slot, const Carrier& carrier,
                     double log_weight, double p_max) {
    StretchVerdict verdict;
    verdict.segments.reserve(most_stretch_segments);
    verdict.scores.reserve(slots.size());
    const int count = static_cast<int>(slots.size());
    Tracker tracker(count);
    for (const SlotEvidence& evidence : slots) tracker.push(evidence.slot, *evidence.correlations);
    TrackList tracks;
    tracker.collect(count, tracks);
    const Stretch stretch{slots, first_slot, carrier, log_weight, p_max};
    Despreader despreader;
    AnswersAtOnce answers(stretch, despreader);
    judge(stretch, tracks, answers, verdict);
    return verdict;
}

void judge(const Stretch& stretch, const TrackList& tracks, Answers& answers, StretchVerdict& verdict) {
    verdict.segments.clear();
    verdict.scores.clear();
    verdict.log10_p = verdict.log_q = 0;
    std::array<Ranked, most_ranked> ranked;
    const std::size_t count = rank(tracks, answers, ranked);
    if (count == 0) return;
    verdict.log10_p = ranked[0].log10_p;
    verdict.log_q = ranked[0].log_q;

    std::array<int, most_ranked> taken;
    std::size_t taken_count = 0;
    for (std::size_t i = 0; i < count && ranked[i].log10_p <= std::log10(stretch.p_max); ++i) {
        const Track track = tracks[ranked[i].index];
        if (std::any_of(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(taken_count),
                        [&](int index) { return overlap(tracks[index], track); }))
            continue;
        taken[taken_count++] = ranked[i].index;
        cut_into_segments(stretch, track, answers, verdict.segments);
        if (answers.waits()) return;
    }
    score_slots(stretch, tracks[ranked[0].index], verdict.scores);
    std::sort(verdict.segments.begin(), verdict.segments.end(),
              [](const Segment& a, const Segment& b) { return a.start_s < b.start_s; });
}

namespace {

// Stretches may find a scale a little differently; a hundredth is another one.
bool same_scale(const Segment& a, const Segment& b) {
    return std::abs(a.time_scale - b.time_scale) < 0.01 * a.time_scale &&
           std::abs(a.frequency_scale - b.frequency_scale) < 0.01 * a.frequency_scale;
}

bool agree(const Segment& a, const Segment& b) {
    return same_scale(a, b) && (!a.payload || !b.payload || *a.payload == *b.payload);
}

bool touches(const Segment& earlier, const Segment& later) {
    return later.start_s <= earlier.end_s + slot_s / 2;
}

void absorb(Segment& into, const Segment& other) {
    into.start_s = std::min(into.start_s, other.start_s);
    into.end_s = std::max(into.end_s, other.end_s);
    if (other.log10_p < into.log10_p) {
        into.log10_p = other.log10_p;
        into.time_scale = other.time_scale;
        into.frequency_scale = other.frequency_scale;
    }
    if (other.payload && (!into.payload || other.payload_log10_p < into.payload_log10_p)) {
        into.payload = other.payload;
        into.payload_log10_p = other.payload_log10_p;
    }
}

}  // namespace

void merge_segments(std::vector<Segment>& all, const std::vector<Segment>& later) {
    for (const Segment& segment : later) {
        const bool agrees = !all.empty() && agree(all.back(), segment);
        if (all.empty() || !touches(all.back(), segment) || !agrees) {
            if (all.size() == most_segments) all.erase(all.begin());
            all.push_back(segment);
            if (all.size() > 1 && !agrees) {  // two payloads in one overlap: the later begins where the earlier ends
                Segment& last = all.back();
                last.start_s = std::max(last.start_s, all[all.size() - 2].end_s);
                if (last.end_s <= last.start_s) all.pop_back();
            }
            continue;
        }
        absorb(all.back(), segment);
        // What began earlier than the last one did may close the gap before it.
        while (all.size() > 1 && touches(all[all.size() - 2], all.back()) && agree(all[all.size() - 2], all.back())) {
            absorb(all[all.size() - 2], all.back());
            all.pop_back();
        }
    }
}

}  // namespace earmark
