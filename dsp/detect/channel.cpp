#include "dsp/detect/channel.hpp"

#include "dsp/detect/budget.hpp"
#include "dsp/detect/held_slots.hpp"

#include <cmath>

namespace earmark {
namespace {

constexpr int stretch_step = stretch_slots / 2;  // and half of a stretch again with the next
constexpr int spare_slots = 4;                   // a stretch is judged while so many more arrive
constexpr int publish_rows = 64;                 // 0.256 s, in step with the slots
constexpr std::size_t most_readings = 48;        // of one stretch and key
constexpr std::size_t most_unscreened_keys = 4;  // see detector.hpp
constexpr int live_candidates = 8;               // a live payload is tried more often: each try must be surer

// One key in one channel.
double log_trace_weight(const StreamParts& parts) {
    return -std::log(static_cast<double>(parts.keys.size()) * parts.config.channels);
}

// What of its weight a search leaves to unchanged speed and pitch.
double log_unscaled_weight(const DetectConfig& config) {
    return config.search == Search::full ? log_scale_weight({}) : 0;
}

}  // namespace

StreamParts::StreamParts(const DetectConfig& c)
    : config(c),
      cells(std::make_shared<const CellPlan>(config.sample_rate_hz,
                                             config.search == Search::full ? spectrogram_top_hz : 0)),
      keys(c.keys.begin(), c.keys.end()) {
    for (NamedKey& key : config.keys) key.name.shrink_to_fit();
}

// Gives what the log holds; the first payload beyond it is left to the despreader, unless there is time for all.
class Channel::LoggedReader : public PayloadReader {
  public:
    LoggedReader(Channel& channel, const KeyParts& key, bool at_once)
        : channel_(channel), key_(key), at_once_(at_once) {}

    std::optional<Reading> read(const Candidate& candidate) override {
        if (!key_.reads() || waits_) return {};
        if (next_ < channel_.log_.size()) {
            const Logged& logged = channel_.log_[next_++];
            if (!logged.read) return {};
            return Reading{logged.payload, logged.log10_p};
        }
        if (channel_.log_.size() == most_readings) return {};
        channel_.despreader_.start(candidate.folded, key_.carrier, candidate.log_q, channel_.parts_.config.p_max);
        if (!at_once_) {
            channel_.reading_ = Reads::stretch;
            waits_ = true;
            return {};
        }
        while (channel_.despreader_.step()) continue;
        channel_.note_reading();
        ++next_;
        return channel_.despreader_.reading();
    }
    bool waits() const { return waits_; }

  private:
    Channel& channel_;
    const KeyParts& key_;
    bool at_once_, waits_ = false;
    std::size_t next_ = 0;
};

Channel::Channel(const StreamParts& parts)
    : parts_(parts),
      cells_(parts.cells, [this](const CellRow& row) { take_row(row); }),
      slotter_(parts.cells->bands()),
      history_(parts.cells->bands() / 2, stretch_slots + spare_slots) {
    const double log_weight = log_unscaled_weight(parts.config) + log_trace_weight(parts);
    const bool screened = parts.keys.size() > most_unscreened_keys;
    for (const KeyParts& key : parts.keys)
        traces_.push_back(
            std::make_unique<Trace>(key, TraceConfig{log_weight, parts.config.p_max, parts.config.scores, screened}));
    if (screened) screening_ = std::make_unique<Screening>(parts.cells->bands() / 2);
    listeners_.reserve(traces_.size());
    if (parts.config.search == Search::full) {
        const int rows = (stretch_slots + spare_slots) * slot_rows;
        spectrogram_.emplace(rows, static_cast<int>(parts.cells->bins), parts.cells->bin_hz(),
                             parts.config.sample_rate_hz / 2.0);
        for (const KeyParts& key : parts.keys) scales_.emplace_back(key.carrier);
    }
    log_.reserve(most_readings);
    verdict_.segments.reserve(most_stretch_segments);
    if (parts.config.scores) verdict_.scores.reserve(stretch_slots);
    reset();
}

void Channel::reset() noexcept {
    cells_.reset();
    slotter_.reset();
    history_.clear();
    if (screening_) screening_->prompts.clear();
    for (auto& trace : traces_) trace->reset();
    choose_listeners();
    rows_ = active_rows_ = shown_rows_ = shown_active_rows_ = 0;
    news_ = judging_ = false;
    reading_ = Reads::none;
    reading_key_ = judged_key_ = 0;
    stretches_ = judged_until_ = stretch_first_ = stretch_end_ = scored_from_ = 0;
    log_.clear();
    if (spectrogram_) spectrogram_->reset();
    for (ScaleSearch& scales : scales_) scales.reset();
}

void Channel::choose_listeners() noexcept {
    listeners_.clear();
    for (const auto& trace : traces_)
        if (trace->listens()) listeners_.push_back(trace.get());
}

bool Channel::take_prompt(const WholeRow& prompt) noexcept {
    if (screening_) screening_->prompts.push(prompt);
    if (listeners_.empty()) return false;
    const RowBets bets(prompt, parts_.cells->bands() / 2);
    bool found = false;
    for (Trace* const trace : listeners_) found |= trace->push(bets, rows_ - 1 - prompt_look_ahead);
    return found;
}

void Channel::take_row(const CellRow& row) noexcept {
    ++rows_;
    active_rows_ += row.active;
    if (spectrogram_) spectrogram_->push(cells_.power());
    bool found = false;
    const bool slot_ended = slotter_.push(row);
    if (slotter_.has_prompt()) found = take_prompt(slotter_.prompt());
    step();
    if (slot_ended) take_slot();
    if (found || slot_ended || rows_ % publish_rows == whitening_look_ahead) publish();
}

void Channel::publish() noexcept {
    shown_rows_ = rows_;
    shown_active_rows_ = active_rows_;
    for (auto& trace : traces_) trace->publish(static_cast<double>(rows_) * hop_s);
    news_ = true;
}

void Channel::take_slot() noexcept {
    if (judging_ && history_.end() == stretch_end_ + spare_slots - 1) finish_stretch();
    history_.push(slotter_.slot());
    if (screening_) screening_->end_slot(history_);
    for (std::size_t k = 0; k < traces_.size(); ++k)
        if (traces_[k]->end_slot(history_, screening_.get()) && reading_ == Reads::none && !judging_) read_live(k);
    choose_listeners();
    if (history_.end() >= stretch_slots && history_.end() - judged_until_ >= stretch_step) {
        finish_stretch();
        begin_stretch();
    }
}

void Channel::read_live(std::size_t key) noexcept {
    const Candidate candidate = traces_[key]->live_candidate(history_);
    despreader_.start(candidate.folded, parts_.keys[key].carrier, candidate.log_q, parts_.config.p_max,
                      live_candidates);
    if (!despreader_.busy()) return;
    reading_ = Reads::live;
    reading_key_ = key;
}

void Channel::begin_stretch() noexcept {
    const int slots = static_cast<int>(std::min<long long>(history_.end(), stretch_slots));
    ++stretches_;
    scored_from_ = judged_until_;
    judged_until_ = stretch_end_ = history_.end();
    stretch_first_ = stretch_end_ - slots;
    for (auto& trace : traces_) trace->collect_tracks(slots);
    log_.clear();
    judged_key_ = 0;
    judging_ = true;
}

void Channel::note_reading() noexcept {
    const auto& reading = despreader_.reading();
    log_.push_back(reading ? Logged{true, reading->payload, reading->log10_p} : Logged{});
}

void Channel::step() noexcept {
    if (reading_ == Reads::none) {
        if (judging_) judge_next(false);
        return;
    }
    if (despreader_.step()) return;
    if (reading_ == Reads::stretch) {
        note_reading();
    } else {
        traces_[reading_key_]->take_live_reading(despreader_.reading());
        if (despreader_.reading()) publish();
    }
    reading_ = Reads::none;
}

// Judges the stretch for the next key, or finds out what payload that takes.
void Channel::judge_next(bool at_once) noexcept {
    Trace& trace = *traces_[judged_key_];
    const HeldSlots slots(history_, stretch_first_, stretch_end_);
    LoggedReader reader(*this, parts_.keys[judged_key_], at_once);
    const double log_weight = log_stretch_weight(stretches_) + log_trace_weight(parts_);
    judge({slots.view(), stretch_first_, trace.key().carrier, log_weight + log_unscaled_weight(parts_.config),
           parts_.config.p_max, &reader},
          trace.tracks(), verdict_);
    if (reader.waits()) return;
    if (spectrogram_) judge_scales(log_weight);
    trace.take(verdict_, static_cast<double>(stretch_end_) * slot_s, scored_from_);
    log_.clear();
    judging_ = ++judged_key_ < traces_.size();
    if (!verdict_.segments.empty()) publish();
}

// Adds to the verdict of the stretch what stands at other scales.
void Channel::judge_scales(double log_weight) {
    const long long from = std::max(stretch_first_ * slot_rows, spectrogram_->first_row());
    const long long until = std::min(stretch_end_ * slot_rows + whitening_look_ahead, spectrogram_->end_row());
    StretchVerdict scaled = scales_[judged_key_].search({*spectrogram_, from, until, scored_from_ * slot_rows},
                                                        verdict_, log_weight, parts_.config.p_max);
    verdict_ = stronger(std::move(verdict_), std::move(scaled));
    verdict_.segments.reserve(most_stretch_segments);
}

void Channel::finish_stretch() noexcept {
    if (reading_ == Reads::stretch) {
        while (despreader_.step()) continue;
        note_reading();
        reading_ = Reads::none;
    }
    if (judging_) reading_ = Reads::none;
    while (judging_) judge_next(true);
}

void Channel::finish() {
    cells_.finish();
    while (reading_ == Reads::live) step();
    finish_stretch();
    if (slotter_.finish()) take_slot();
    while (reading_ == Reads::live) step();
    finish_stretch();
    const double heard_s = static_cast<double>(cells_.samples()) / parts_.config.sample_rate_hz;
    for (auto& trace : traces_) trace->end_signal(heard_s);
    if (history_.end() > judged_until_) {
        begin_stretch();
        finish_stretch();
    }
    publish();
}

}  // namespace earmark
