#include "dsp/detect/scale_search.hpp"

#include "dsp/detect/scaled_slots.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <utility>

namespace earmark {
namespace {

constexpr float least_score = 14;        // of a candidate; unmarked audio has one of this size in most stretches
constexpr double worth_moving = -1;      // log10 p, weights left aside, from where on a candidate is moved about
constexpr int on_family_time_steps = 8;  // how near a family a scale must lie to be tried on it
constexpr int on_family_frequency_steps = 2;

// The slots of a stretch at one scale, and what the key says of them.
struct ScaledEvidence {
    ScaledSlots scaled;
    std::deque<PhaseCorrelations> correlations;
    std::vector<SlotEvidence> evidence;
};

ScaledEvidence read_at(const ReceivedRows& rows, const Correlator& correlator, ScaleSteps steps) {
    ScaledEvidence reading{slots_at(rows.spectrogram, scale_at(steps), rows.from, rows.until), {}, {}};
    for (std::size_t s = 0; s < reading.scaled.slots.size(); ++s) {
        reading.correlations.emplace_back();
        correlator.correlate(reading.scaled.slots[s], reading.scaled.first_slot + static_cast<long long>(s),
                             reading.correlations.back());
        reading.evidence.push_back({&reading.correlations.back(), &reading.scaled.slots[s]});
    }
    return reading;
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
    Climb(const ReceivedRows& rows, const Carrier& carrier, const Correlator& correlator, double log_weight)
        : rows_(rows), carrier_(carrier), correlator_(correlator), log_weight_(log_weight) {}

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
        const ScaledEvidence reading = read_at(rows_, correlator_, steps);
        const Stretch stretch{reading.evidence, reading.scaled.first_slot, carrier_,
                              log_weight_ + log_scale_weight(steps), 1};
        for (const Track& track : find_tracks(stretch.slots)) {
            const double drift = creep(track);
            const double log10_p = weigh(stretch, track).log10_p;
            if (log10_p < point.log10_p) point = {steps, log10_p, drift};
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
    Point best_;
};

// The same mark read a little differently.
bool near(ScaleSteps a, ScaleSteps b) {
    return std::abs(a.time - b.time) * time_step < 0.02 && std::abs(a.frequency - b.frequency) * frequency_step < 0.02;
}

// Whether a verdict at (1, 1) leaves nothing to ask: a mark over most of the stretch whose phase hardly moves. One that
// jumps along may be the shadow of another scale.
bool settled(const StretchVerdict& verdict, double stretch_s, double log_weight) {
    const double to_stand_anywhere = 8 + 2 * std::log(stretch_s / slot_s);  // nepers, with some to spare
    constexpr double to_move_per_s = 0.8;                                   // a step in 7 s or a jump in 14
    double marked_s = 0;
    for (const Segment& segment : verdict.segments) marked_s += segment.end_s - segment.start_s;
    return marked_s >= 0.75 * stretch_s && log_weight - verdict.log_q <= to_stand_anywhere + to_move_per_s * stretch_s;
}

}  // namespace

StretchVerdict stronger(StretchVerdict a, StretchVerdict b) {
    if (b.log10_p < a.log10_p) std::swap(a, b);
    const std::vector<Segment> own = a.segments;
    for (Segment& segment : b.segments)
        if (std::none_of(own.begin(), own.end(), [&](const Segment& other) {
                return other.start_s < segment.end_s && segment.start_s < other.end_s;
            }))
            a.segments.push_back(std::move(segment));
    std::sort(a.segments.begin(), a.segments.end(),
              [](const Segment& x, const Segment& y) { return x.start_s < y.start_s; });
    return a;
}

ScaleSearch::ScaleSearch(const Carrier& carrier) : carrier_(carrier), correlator_(carrier), scan_(carrier) {}

// The verdict at one scale, its times on the received signal's clock.
StretchVerdict ScaleSearch::judge_at(const ReceivedRows& rows, ScaleSteps steps, double log_weight,
                                     double p_max) const {
    const ScaledEvidence reading = read_at(rows, correlator_, steps);
    const Scale scale = scale_at(steps);
    StretchVerdict verdict =
        judge(reading.evidence, reading.scaled.first_slot, carrier_, log_weight + log_scale_weight(steps), p_max);
    for (Segment& segment : verdict.segments) {
        segment.start_s /= scale.time;
        segment.end_s /= scale.time;
        segment.time_scale = scale.time;
        segment.frequency_scale = scale.frequency;
    }
    for (Score& score : verdict.scores) score.start_s /= scale.time;
    return verdict;
}

StretchVerdict ScaleSearch::search(const ReceivedRows& rows, const StretchVerdict& unscaled, double log_weight,
                                   double p_max) {
    const double log10_p_max = std::log10(p_max);
    Climb climb(rows, carrier_, correlator_, log_weight);
    std::vector<Point> points;  // none near another
    const auto look_at = [&](ScaleSteps start) {
        const Point point = climb.from(start);
        // (1, 1) has been judged by the detector's own reading: a second one would spend its weight twice.
        if (point.steps == ScaleSteps{}) return;
        if (near(point.steps, {}) && point.log10_p >= unscaled.log10_p) return;
        const auto known =
            std::find_if(points.begin(), points.end(), [&](const Point& p) { return near(p.steps, point.steps); });
        if (known == points.end())
            points.push_back(point);
        else if (point.log10_p < known->log10_p)
            *known = point;
    };
    if (settled(unscaled, static_cast<double>(rows.until - rows.from) * hop_s, log_weight + log_scale_weight({}))) {
        look_at({});
    } else {
        if (last_ != ScaleSteps{}) look_at(last_);
        if (points.empty() || points.front().log10_p > log10_p_max)
            for (const ScaleCandidate& candidate :
                 scan_.scan(rows.spectrogram, std::max(rows.from, rows.fresh), rows.until))
                if (candidate.score >= least_score) look_at(nearest_steps(candidate.scale));
    }
    std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.log10_p < b.log10_p; });
    last_ = !points.empty() && points.front().log10_p <= log10_p_max ? points.front().steps : ScaleSteps{};
    StretchVerdict verdict;
    for (const Point& point : points)
        if (point.log10_p < verdict.log10_p || point.log10_p <= log10_p_max)
            verdict = stronger(std::move(verdict), judge_at(rows, point.steps, log_weight, p_max));
    return verdict;
}

}  // namespace earmark
