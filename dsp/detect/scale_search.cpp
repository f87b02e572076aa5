#include "dsp/detect/scale_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <span>
#include <utility>

namespace earmark {
namespace {

constexpr float least_score = 14;        // of a candidate; unmarked audio has one of this size in most stretches
constexpr double worth_moving = -1;      // log10 p, weights left aside, from where on a candidate is moved about
constexpr int on_family_time_steps = 8;  // how near a family a scale must lie to be tried on it
constexpr int on_family_frequency_steps = 2;
constexpr std::size_t most_points = 8;  // the last scale, and what a scan gives

// The evidence at one scale, and the tracks in it.
std::span<const SlotEvidence> read_at(const ReceivedRows& rows, const Correlator& correlator, ScaleSteps steps,
                                      ScaleMemory& memory) {
    slots_at(rows.spectrogram, scale_at(steps), rows.from, rows.until, memory.scaled);
    const std::size_t count = memory.scaled.slots.size();
    memory.correlations.resize(count);
    memory.evidence.clear();
    memory.tracker.reset();
    for (std::size_t s = 0; s < count; ++s) {
        const Slot& slot = memory.scaled.slots[s];
        correlator.correlate(slot, memory.scaled.first_slot + static_cast<long long>(s), memory.correlations[s]);
        memory.evidence.push_back({&memory.correlations[s], slot});
        memory.tracker.push(slot, memory.correlations[s]);
    }
    memory.tracker.collect(static_cast<int>(count), memory.tracks);
    return memory.evidence;
}

// How many hops a slot the phase creeps, jumps left aside: what is wrong with the time scale.
double creep(const Track& track) {
    constexpr int jump = 4;
    double sum = 0;
    int count = 0;
    for (std::size_t s = 1; s < track.phases.size(); ++s) {
        int move = (track.phases[s] - track.phases[s - 1] + packet_hops) % packet_hops;
        if (move > packet_hops / 2) move -= packet_hops;
        if (std::abs(move) > jump) continue;
        sum += move;
        ++count;
    }
    return count > 0 ? sum / count : 0;
}

struct Point {
    ScaleSteps steps;
    double log10_p = 0;  // weight of the scale counted
    double creep = 0;
    double plain_log10_p() const { return log10_p + log_scale_weight(steps) / std::log(10); }
};

// Moves a scale to where the evidence is best.
class Climb {
  public:
    Climb(const ReceivedRows& rows, const Carrier& carrier, const Correlator& correlator, double log_weight,
          ScaleMemory& memory)
        : rows_(rows), carrier_(carrier), correlator_(correlator), log_weight_(log_weight), memory_(memory) {}

    Point from(ScaleSteps start) {
        best_ = weigh_at(start);
        follow_creep();
        if (best_.plain_log10_p() > worth_moving) return best_;
        for (const int stride : {2, 1}) {
            for (const int direction : {-1, 1})
                while (try_at({best_.steps.time, best_.steps.frequency + direction * stride})) continue;
            follow_creep();
        }
        try_families();
        return best_;
    }

  private:
    Point weigh_at(ScaleSteps steps) const {
        Point point{steps};
        const auto evidence = read_at(rows_, correlator_, steps, memory_);
        const Stretch stretch{evidence, memory_.scaled.first_slot, carrier_, log_weight_ + log_scale_weight(steps), 1};
        for (int t = 0; t < memory_.tracks.size(); ++t) {
            const Track track = memory_.tracks[t];
            const double log10_p = weigh(stretch, track).log10_p;
            if (log10_p < point.log10_p) point = {steps, log10_p, creep(track)};
        }
        return point;
    }

    bool try_at(ScaleSteps steps) {
        if (std::isinf(log_scale_weight(steps))) return false;
        const Point point = weigh_at(steps);
        if (point.log10_p >= best_.log10_p) return false;
        best_ = point;
        return true;
    }

    void follow_creep() {
        const double log_error = -std::log1p(best_.creep / slot_rows);
        const int steps = static_cast<int>(std::lround(log_error / time_step));
        if (steps != 0) try_at({best_.steps.time + steps, best_.steps.frequency});
    }

    // A change of one kind alone weighs far more than a pair: the same evidence there is worth more.
    void try_families() {
        const ScaleSteps at = best_.steps;
        const bool time_near = std::abs(at.time) <= on_family_time_steps;
        const bool frequency_near = std::abs(at.frequency) <= on_family_frequency_steps;
        const int speed = speed_frequency(at.time);
        if (frequency_near && at.frequency != 0) try_at({at.time, 0});
        if (time_near && at.time != 0) try_at({0, at.frequency});
        if (std::abs(at.frequency - speed) <= on_family_frequency_steps && at.frequency != speed)
            try_at({at.time, speed});
    }

    const ReceivedRows& rows_;
    const Carrier& carrier_;
    const Correlator& correlator_;
    double log_weight_;
    ScaleMemory& memory_;
    Point best_;
};

// The same mark read a little differently.
bool near(ScaleSteps a, ScaleSteps b) {
    return std::abs(a.time - b.time) * time_step < 0.02 && std::abs(a.frequency - b.frequency) * frequency_step < 0.02;
}

double marked_s(const StretchVerdict& verdict) {
    double sum = 0;
    for (const Segment& segment : verdict.segments) sum += segment.end_s - segment.start_s;
    return sum;
}

bool reads(const StretchVerdict& verdict) {
    return std::any_of(verdict.segments.begin(), verdict.segments.end(),
                       [](const Segment& segment) { return segment.payload.has_value(); });
}

// So that neither hides the other: the slow layer's segment begins where one that the chips tell at its start ends.
void begin_behind(const StretchVerdict& chips, StretchVerdict& slow) {
    for (Segment& segment : slow.segments)
        for (const Segment& before : chips.segments)
            if (before.start_s <= segment.start_s + slot_s)
                segment.start_s = std::min(std::max(segment.start_s, before.end_s), segment.end_s);
}

// Whether a verdict at (1, 1) leaves nothing to ask: a mark over most of the stretch whose phase hardly moves. One that
// jumps along may be the shadow of another scale.
bool settled(const StretchVerdict& verdict, double stretch_s, double log_weight) {
    const double to_stand_anywhere = 8 + 2 * std::log(stretch_s / slot_s);  // nepers, with some to spare
    constexpr double to_move_per_s = 0.8;                                   // a step in 7 s or a jump in 14
    return marked_s(verdict) >= 0.75 * stretch_s &&
           log_weight - verdict.log_q <= to_stand_anywhere + to_move_per_s * stretch_s;
}

}  // namespace

void strengthen(StretchVerdict& verdict, StretchVerdict& other) {
    if (other.log10_p < verdict.log10_p) std::swap(verdict, other);
    std::vector<Segment>& segments = verdict.segments;
    const auto own = static_cast<std::ptrdiff_t>(segments.size());
    for (const Segment& segment : other.segments)
        if (segments.size() < segments.capacity() &&
            std::none_of(segments.begin(), segments.begin() + own, [&](const Segment& one) {
                return one.start_s < segment.end_s && segment.start_s < one.end_s;
            }))
            segments.push_back(segment);
    std::sort(segments.begin(), segments.end(),
              [](const Segment& x, const Segment& y) { return x.start_s < y.start_s; });
}

ScaleMemory::ScaleMemory(int most_rows, bool scores)
    : scan(most_rows),
      slow(most_rows),
      tracker(static_cast<int>(most_rows * scale_at({tempo_high, 0}).time / slot_rows) + 2) {
    const auto most_slots = static_cast<std::size_t>(tracker.slots_held());
    scaled.slots.reserve(most_slots);
    correlations.reserve(most_slots);
    evidence.reserve(most_slots);
    for (StretchVerdict* each : {&verdict, &found}) {
        each->segments.reserve(most_stretch_segments);
        if (scores) each->scores.reserve(most_track_slots);
    }
}

ScaleSearch::ScaleSearch(const Carrier& carrier)
    : carrier_(carrier), correlator_(carrier), scan_(carrier), slow_(carrier) {}

// The verdict at one scale, its times on the received signal's clock.
void ScaleSearch::judge_at(const ReceivedRows& rows, ScaleSteps steps, double log_weight, double p_max,
                           ScaleMemory& memory) const {
    const auto evidence = read_at(rows, correlator_, steps, memory);
    const Scale scale = scale_at(steps);
    const Stretch stretch{evidence, memory.scaled.first_slot, carrier_, log_weight + log_scale_weight(steps), p_max};
    AnswersAtOnce answers(stretch, memory.despreader);
    judge(stretch, memory.tracks, answers, memory.verdict);
    for (Segment& segment : memory.verdict.segments) {
        segment.start_s /= scale.time;
        segment.end_s /= scale.time;
        segment.time_scale = scale.time;
        segment.frequency_scale = scale.frequency;
    }
    for (Score& score : memory.verdict.scores) score.start_s /= scale.time;
}

StretchVerdict& ScaleSearch::search(const ReceivedRows& rows, const StretchVerdict& unscaled, double log_weight,
                                    double p_max, ScaleMemory& memory) {
    const double log10_p_max = std::log10(p_max);
    Climb climb(rows, carrier_, correlator_, log_weight, memory);
    std::array<Point, most_points> points;  // none near another
    std::size_t count = 0;
    const auto look_at = [&](ScaleSteps start) {
        const Point point = climb.from(start);
        // (1, 1) has been judged by the detector's own reading: a second one would spend its weight twice.
        if (point.steps == ScaleSteps{}) return;
        if (near(point.steps, {}) && point.log10_p >= unscaled.log10_p) return;
        const auto end = points.begin() + static_cast<std::ptrdiff_t>(count);
        const auto known =
            std::find_if(points.begin(), end, [&](const Point& p) { return near(p.steps, point.steps); });
        if (known != end ? point.log10_p < known->log10_p : count < points.size()) *known = point;
        count += known == end && count < points.size();
    };
    const double stretch_s = static_cast<double>(rows.until - rows.from) * hop_s;
    if (settled(unscaled, stretch_s, log_weight + log_scale_weight({}))) {
        look_at({});
    } else {
        if (last_ != ScaleSteps{}) look_at(last_);
        if (count == 0 || points[0].log10_p > log10_p_max)
            for (const ScaleCandidate& candidate :
                 scan_.scan(rows.spectrogram, std::max(rows.from, rows.fresh), rows.until, memory.scan))
                if (candidate.score >= least_score) look_at(nearest_steps(candidate.scale));
    }
    const std::span found(points.data(), count);
    std::partial_sort(found.begin(), found.end(), found.end(),
                      [](const Point& a, const Point& b) { return a.log10_p < b.log10_p; });
    last_ = count > 0 && found[0].log10_p <= log10_p_max ? found[0].steps : ScaleSteps{};
    memory.found.log10_p = memory.found.log_q = 0;
    memory.found.segments.clear();
    memory.found.scores.clear();
    for (const Point& point : found)
        if (point.log10_p < memory.found.log10_p || point.log10_p <= log10_p_max) {
            judge_at(rows, point.steps, log_weight, p_max, memory);
            strengthen(memory.found, memory.verdict);
        }
    // A vocoder's first window or two are whole: what is found in those is not all there is.
    const bool told = reads(unscaled) || reads(memory.found);
    if (!told && marked_s(unscaled) + marked_s(memory.found) < stretch_s / 2) {
        slow_.search(rows.spectrogram, rows.from, rows.until, log_weight, p_max, memory.slow, memory.verdict);
        begin_behind(unscaled, memory.verdict);
        begin_behind(memory.found, memory.verdict);
        strengthen(memory.found, memory.verdict);
    }
    return memory.found;
}

}  // namespace earmark
