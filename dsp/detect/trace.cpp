#include "dsp/detect/trace.hpp"

#include "dsp/detect/budget.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

namespace earmark {
namespace {

constexpr int most_ended = 32;
constexpr std::size_t most_scores = std::size_t{1} << 18;  // 37 hours
constexpr int least_followed_slots = 2;                    // before "it has ended" means anything
constexpr int least_gap_slots = 4;                         // shorter pauses are no end (segmenter.cpp)

// z^2 / 2 of a track: Hoeffding's exponent, which Chernoff's is never below.
double quick_exponent(const SlotSum& all) {
    return all.correlation > 0 ? all.correlation * all.correlation / (2 * all.energy) : 0;
}

bool worth_reading(int slots) {
    return slots <= 8 || (slots <= 32 && slots % 4 == 0) || slots % 16 == 0;
}

}  // namespace

KeyParts::KeyParts(const NamedKey& named)
    : name(named.name),
      carrier(make_carrier(named.key)),
      correlator(carrier),
      reads_payload(std::holds_alternative<Key>(named.key)) {}

Segment LiveMark::segment() const {
    Segment segment{static_cast<double>(first_slot) * slot_s, end_s, log10_p, {}, 0};
    if (has_payload) {
        segment.payload = payload;
        segment.payload_log10_p = payload_log10_p;
    }
    return segment;
}

Trace::Trace(const KeyParts& key, const TraceConfig& config)
    : key_(&key),
      config_(config),
      tracker_(stretch_slots, config.screened ? std::span<const float>(few_strengths) : assumed_strengths),
      folded_(!config.screened) {
    if (config.screened) screen_.resize(1);
    ended_.reserve(most_ended);
    judged_.reserve(most_segments + 1);
    if (config.scores) scores_.reserve(most_scores);
    reset();
}

void Trace::reset() noexcept {
    sequential_.restart();
    awake_ = !config_.screened;
    for (Screen& screen : screen_) screen.reset();
    tracker_.reset();
    tracks_.clear();
    folded_.clear();
    following_ = false;
    live_ = {};
    tried_slots_ = 0;
    free_from_ = 0;
    ended_.clear();
    judged_.clear();
    scores_.clear();
    log10_p_ = log_q_ = shown_log10_p_ = shown_log_q_ = decided_s_ = 0;
}

void Trace::improve(double log10_p, double log_q) noexcept {
    if (log_q_ != 0 && log10_p >= log10_p_) return;
    log10_p_ = log10_p;
    log_q_ = log_q;
}

bool Trace::push(const RowBets& bets, long long row) noexcept {
    if (!listens() || !sequential_.push(bets, row, key_->correlator)) return false;
    const double log_weight = config_.log_weight + std::log(sequential_share);
    const double p = log10_p(sequential_.log_evidence(), log_weight);
    improve(p, log_weight + sequential_.log_q());
    if (p > std::log10(config_.p_max) || sequential_.first_slot() < free_from_) return false;
    const long long slot = row / slot_rows;
    begin(sequential_.first_slot(), slot + 1, static_cast<double>(row + 1) * hop_s, p);
    return true;
}

void Trace::begin(long long slot, long long end_slot, double end_s, double log10_p) noexcept {
    live_ = {};
    live_.first_slot = slot;
    live_.end_slot = end_slot;
    live_.end_s = end_s;
    live_.log10_p = log10_p;
    following_ = true;
    tried_slots_ = 0;
}

// A test that wakes up hears the packets that may still be running, as if it had been awake all the time.
void Trace::listen(const Screening& screening) noexcept {
    const bool was_awake = std::exchange(awake_, screen_.front().passes(screening.limits));
    if (!awake_ || was_awake || following_) return;
    const RowHistory& rows = screening.rows;
    const long long first = std::max({rows.end() / slot_rows - screen_slots, free_from_, 0LL}) * slot_rows;
    sequential_.restart();
    for (long long row = first; row < rows.end() && listens(); ++row) push(RowBets(rows.at(row), screening.bands), row);
}

bool Trace::end_slot(const History& history, const Screening* screening) noexcept {
    PhaseCorrelations own;
    PhaseCorrelations& correlations = screening != nullptr ? screen_.front().next() : own;
    const long long last = history.end() - 1;
    if (screening != nullptr)
        key_->correlator.correlate(screening->slot, last, correlations);
    else
        key_->correlator.correlate(history.at(last), last, correlations);
    tracker_.push(history.at(last), correlations);
    if (screening != nullptr) listen(*screening);
    if (!following_) config_.screened ? look_for_leading_track(history) : look_for_track(history);
    if (!following_) return false;
    follow(history);
    const int slots = static_cast<int>(live_.end_slot - live_.first_slot);
    if (!following_ || !key_->reads() || live_.has_payload || slots == tried_slots_ || !worth_reading(slots))
        return false;
    tried_slots_ = slots;
    return true;
}

int Trace::held_slots() const noexcept {
    return static_cast<int>(std::min<long long>(tracker_.slots(), stretch_slots));
}

// ln of what a live track weighs.
double Trace::live_log_q(const LiveTrack& track) const noexcept {
    return config_.log_weight + std::log(live_share) + log_start_weight(track.first) +
           log_length_weight(static_cast<int>(track.phases.size())) - std::log(packet_hops) + log_moves(track.phases);
}

// The marked slots at the end of the best path that ends marked; false when the last one is not.
bool Trace::last_track(const History& history, int strength, LiveTrack& track) const noexcept {
    std::array<std::int16_t, most_track_slots> path;
    const int count = held_slots();
    const long long first = history.end() - count,
                    marked_from = count - tracker_.last_run(strength, count, path.data());
    const int from = static_cast<int>(std::max(marked_from, free_from_ - first));
    if (from >= count) return false;
    track = {first + from,
             Phases(std::span<const std::int16_t>(path.data() + from, static_cast<std::size_t>(count - from)))};
    return true;
}

// Correlation and energy of its sync chips. Of many keys the energy of what is folded: under another key's mark the
// same signs come with every packet, and only folded do they show that they say nothing.
SlotSum Trace::fold_track(const History& history, const LiveTrack& track) noexcept {
    folded_.follow(history, track.first, track.phases, key_->carrier);
    const SlotSum sum = sync_sum(folded_.fold(), key_->carrier);
    return {sum.correlation, config_.screened ? sum.energy : folded_.energy()};
}

// Before folding.
double Trace::track_energy(const History& history, const LiveTrack& track) const noexcept {
    if (!config_.screened) return folded_.energy();
    double energy = 0;
    for (long long s = 0; s < std::ssize(track.phases); ++s)
        energy += sync_sum(key_->carrier, history.at(track.first + s), track.first + s,
                           track.phases[static_cast<std::size_t>(s)])
                      .energy;
    return energy;
}

void Trace::look_for_track(const History& history) noexcept {
    for (int strength = 0; strength < tracker_.strengths() && !following_; ++strength)
        look_along(history, strength, std::min(log10_p_, -1.0));
}

// Of many keys only the leading track is looked at, every second slot, and weighed only when it may be a verdict by
// now: a verdict of p = 1e-6 leads by some 10 nepers. Under another key's mark most keys have a track that leads: the
// same signs come with every packet.
void Trace::look_for_leading_track(const History& history) noexcept {
    constexpr float least_lead = 8;
    if ((history.end() - config_.turn) % 2 != 0) return;
    const int strength = tracker_.leading_strength();
    if (tracker_.lead(strength) >= least_lead) look_along(history, strength, std::log10(config_.p_max));
}

// The track that may be the one to follow from now on, if it is worth more than that.
void Trace::look_along(const History& history, int strength, double least_log10_p) noexcept {
    constexpr double most_over_quick = 1.5;
    LiveTrack track;
    if (tracker_.lead(strength) <= 0 || !last_track(history, strength, track)) return;
    const double log_q = live_log_q(track);
    const SlotSum sum = fold_track(history, track);
    if (log10_p(most_over_quick * quick_exponent(sum), log_q) >= least_log10_p) return;
    const double p = log10_p(sync_exponent(folded_.fold(), key_->carrier), log_q);
    improve(p, log_q);
    if (p > std::log10(config_.p_max)) return;
    begin(track.first, history.end(), static_cast<double>(history.end()) * slot_s, p);
    live_.strength = strength;
}

void Trace::follow(const History& history) noexcept {
    const bool young = history.end() - live_.first_slot <= least_followed_slots;
    LiveTrack track;
    if (last_track(history, live_.strength, track)) {
        const long long before = live_.first_slot - track.first;
        if (before > 0)
            track = {live_.first_slot, Phases(std::span(track.phases.begin() + before, track.phases.end()))};
        const double along = fold_track(history, track).correlation;
        if (along > 0)
            live_.strength = tracker_.nearest_strength(along / track_energy(history, track) * tracker_.deviation());
        const double log_q = live_log_q(track);
        const double p = log10_p(sync_exponent(folded_.fold(), key_->carrier), log_q);
        improve(p, log_q);
        live_.log10_p = std::min(live_.log10_p, p);
    }
    if (young || tracker_.lead(live_.strength) > 0) {
        live_.end_slot = history.end();
        live_.end_s = static_cast<double>(history.end()) * slot_s;
        return;
    }
    // The best path says where it ended; a pause is no end before it has lasted.
    std::array<std::int16_t, most_track_slots> path;
    const int count = held_slots();
    tracker_.look_back(live_.strength, count, path.data());
    long long end = history.end();
    for (int i = count; i > 0 && path[static_cast<std::size_t>(i - 1)] == TrackList::off; --i) --end;
    live_.end_slot = std::clamp(end, live_.first_slot + 1, history.end());
    if (history.end() - live_.end_slot < least_gap_slots) return;
    live_.end_s = static_cast<double>(live_.end_slot) * slot_s;
    stop();
}

void Trace::stop() noexcept {
    if (std::ssize(ended_) < most_ended) ended_.push_back(live_);
    following_ = false;
    free_from_ = live_.end_slot;
    sequential_.restart();
}

bool Trace::start_reading(const History& history, Despreader& despreader) noexcept {
    LiveTrack track;
    if (!last_track(history, live_.strength, track)) return false;
    fold_track(history, track);
    despreader.start(folded_.fold(), key_->carrier, live_log_q(track), config_.p_max);
    return despreader.busy();
}

void Trace::take_live_reading(const std::optional<Reading>& reading) noexcept {
    LiveMark* mark = following_ ? &live_ : ended_.empty() ? nullptr : &ended_.back();
    if (!reading || mark == nullptr || mark->has_payload) return;
    mark->has_payload = true;
    mark->payload = reading->payload;
    mark->payload_log10_p = reading->log10_p;
}

void Trace::end_signal(double heard_s) noexcept {
    if (!following_) return;
    live_.end_s = std::min(live_.end_s, heard_s);
    stop();
}

void Trace::take(const StretchVerdict& verdict, double until_s, long long scored_from) noexcept {
    improve(verdict.log10_p, verdict.log_q);
    merge_segments(judged_, verdict.segments);
    std::erase_if(ended_, [&](const LiveMark& mark) {
        return mark.end_s <= until_s && std::any_of(judged_.begin(), judged_.end(), [&](const Segment& segment) {
                   return segment.start_s < mark.end_s && static_cast<double>(mark.first_slot) * slot_s < segment.end_s;
               });
    });
    if (!config_.scores) return;
    for (const Score& score : verdict.scores)
        if (score.start_s >= (static_cast<double>(scored_from) - 0.5) * slot_s && scores_.size() < scores_.capacity())
            scores_.push_back(score);
}

void Trace::publish(double heard_s) noexcept {
    shown_log10_p_ = log10_p_;
    shown_log_q_ = log_q_;
    if (decided_s_ == 0 && (following_ || !ended_.empty() || !judged_.empty())) decided_s_ = heard_s;
}

void Trace::append_segments(std::vector<Segment>& segments) const {
    std::vector<Segment> live;
    for (const LiveMark& mark : ended_) live.push_back(mark.segment());
    if (following_) live.push_back(live_.segment());
    segments = judged_;
    segments.insert(segments.end(), live.begin(), live.end());
    std::stable_sort(segments.begin(), segments.end(),
                     [](const Segment& a, const Segment& b) { return a.start_s < b.start_s; });
    std::vector<Segment> merged;
    merge_segments(merged, segments);
    segments = std::move(merged);
}

}  // namespace earmark
