#include "dsp/detect/channel.hpp"

#include "dsp/detect/budget.hpp"
#include "dsp/detect/held_slots.hpp"

#include <cmath>

namespace earmark {
namespace {

constexpr int stretch_step = stretch_slots / 2;  // and half of a stretch again with the next
constexpr int spare_slots = 4;                   // a stretch is judged while so many more arrive
constexpr int publish_rows = 64;                 // 0.256 s, in step with the slots
constexpr std::size_t most_answers = 64;         // kept, of one stretch and key; beyond it is judged at once
constexpr int most_readings = 48;                // of one stretch and key
// Steps a row: of a live payload; of a judgement, nearly all of which are through before the last of the spare slots,
// at an even pace. Where keys or segments are many that slot is for the rest, so that little is left when time is up.
constexpr int reading_steps = 4, judging_steps = 2, hurried_steps = 32;
constexpr int hurry_after_rows = (spare_slots - 1) * slot_rows;
constexpr int pause_rows = 4;  // behind a step that took long: no 20 ms have two of them

// Where a slot ends there is enough to do: 20 ms on either side nothing else is.
bool rests(std::int64_t rows) {
    constexpr int rest_rows = 5;
    const auto in_slot = (rows - whitening_look_ahead) % slot_rows;
    return in_slot < rest_rows || in_slot > slot_rows - rest_rows;
}
constexpr std::size_t most_unscreened_keys = 4;  // see detector.hpp

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

std::unique_ptr<ScaleMemory> StreamParts::scale_memory() const {
    if (config.search != Search::full) return nullptr;
    return std::make_unique<ScaleMemory>(stretch_slots * slot_rows + whitening_look_ahead, config.scores);
}

// Gives what the log holds; the first question beyond it is left to the inquiry.
class Channel::LoggedAnswers : public Answers {
  public:
    LoggedAnswers(Channel& channel, const Stretch& stretch) : channel_(channel), stretch_(stretch) {}

    Answer ask(const Question& question) override {
        if (channel_.asked_) return {};
        if (question.about == Question::About::payload && (!reads() || ++readings_ > most_readings)) return {};
        if (next_ < channel_.log_.size()) return channel_.log_[next_++];
        channel_.inquiry_.start(question);
        channel_.asked_ = channel_.log_.size() < most_answers;
        if (channel_.asked_) return {};
        while (channel_.inquiry_.step(stretch_)) continue;
        return channel_.inquiry_.answer();
    }
    bool waits() const override { return channel_.asked_; }

  private:
    bool reads() const { return channel_.parts_.keys[channel_.judged_key_].reads(); }

    Channel& channel_;
    const Stretch& stretch_;
    int readings_ = 0;
    std::size_t next_ = 0;
};

Channel::Channel(const StreamParts& parts, ScaleMemory* memory)
    : parts_(parts),
      cells_(parts.cells, [this](const CellRow& row) { take_row(row); }),
      slotter_(parts.cells->bands()),
      history_(parts.cells->bands() / 2, stretch_slots + spare_slots),
      scale_memory_(memory) {
    const double log_weight = log_unscaled_weight(parts.config) + log_trace_weight(parts);
    const bool screened = parts.keys.size() > most_unscreened_keys;
    for (const KeyParts& key : parts.keys) {
        const TraceConfig config{log_weight, parts.config.p_max, parts.config.scores, screened,
                                 static_cast<int>(traces_.size() % 2)};
        traces_.push_back(std::make_unique<Trace>(key, config));
    }
    if (screened) screening_ = std::make_unique<Screening>(parts.cells->bands() / 2);
    listeners_.reserve(traces_.size());
    if (parts.config.search == Search::full) {
        const int rows = (stretch_slots + spare_slots) * slot_rows;
        spectrogram_.emplace(rows, static_cast<int>(parts.cells->bins), parts.cells->bin_hz(),
                             parts.config.sample_rate_hz / 2.0);
        for (const KeyParts& key : parts.keys) scales_.emplace_back(key.carrier);
    }
    log_.reserve(most_answers);
    verdict_.segments.reserve(most_stretch_segments);
    if (parts.config.scores) verdict_.scores.reserve(most_track_slots);  // as much as any it is exchanged with
    reset();
}

void Channel::reset() noexcept {
    cells_.reset();
    slotter_.reset();
    history_.clear();
    if (screening_) screening_->rows.clear();
    for (auto& trace : traces_) trace->reset();
    choose_listeners();
    rows_ = active_rows_ = shown_rows_ = shown_active_rows_ = 0;
    news_ = judging_ = asked_ = reads_live_ = false;
    reading_key_ = judged_key_ = 0;
    pause_ = judging_rows_ = 0;
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

bool Channel::take_residuals(const WholeRow& residuals, long long row) noexcept {
    if (screening_) screening_->rows.push(residuals);
    if (listeners_.empty()) return false;
    const RowBets bets(residuals, parts_.cells->bands() / 2);
    bool found = false;
    for (Trace* const trace : listeners_) found |= trace->push(bets, row);
    return found;
}

void Channel::take_row(const CellRow& row) noexcept {
    if (spectrogram_) spectrogram_->push(cells_.power());
    take(slotter_.hear(row));
}

void Channel::take(const HeardRow& row) noexcept {
    ++rows_;
    active_rows_ += row.active;
    bool found = false;
    if (row.read != nullptr) {
        const long long newest = rows_ - 1 - whitening_look_ahead;
        found = take_residuals((*row.read)[0], newest - 1);
        found |= take_residuals((*row.read)[1], newest);
    }
    work();
    if (row.slot != nullptr) take_slot(*row.slot);
    if (found || row.slot != nullptr || rows_ % publish_rows == whitening_look_ahead) publish();
}

void Channel::publish() noexcept {
    shown_rows_ = rows_;
    shown_active_rows_ = active_rows_;
    for (auto& trace : traces_) trace->publish(static_cast<double>(rows_) * hop_s);
    news_ = true;
}

void Channel::take_slot(const Slot& slot) noexcept {
    if (judging_ && history_.end() == stretch_end_ + spare_slots - 1) finish_stretch();
    history_.push(slot);
    if (screening_) screening_->end_slot(history_);
    for (std::size_t k = 0; k < traces_.size(); ++k)
        if (traces_[k]->end_slot(history_, screening_.get()) && !reads_live_ && !judging_) read_live(k);
    choose_listeners();
    if (history_.end() >= stretch_slots && history_.end() - judged_until_ >= stretch_step) {
        finish_stretch();
        begin_stretch();
    }
}

void Channel::read_live(std::size_t key) noexcept {
    reads_live_ = traces_[key]->start_reading(history_, despreader_);
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
    judging_rows_ = 0;
    judging_ = true;
}

void Channel::work() noexcept {
    judging_rows_ += judging_;
    const bool hurries = judging_ && judging_rows_ >= hurry_after_rows;
    if (rests(rows_)) return;
    if (pause_ > 0 && !hurries) {
        --pause_;
        return;
    }
    pause_ = 0;
    const int steps = reads_live_ ? reading_steps : hurries ? hurried_steps : judging_steps;
    for (int i = 0; i < steps && (reads_live_ || judging_) && (pause_ == 0 || hurries); ++i)
        if (reads_live_ ? read_on() : judge_on()) pause_ = pause_rows;
}

// True when the step took long.
bool Channel::read_on() noexcept {
    if (despreader_.step()) return despreader_.took_long();
    reads_live_ = false;
    traces_[reading_key_]->take_live_reading(despreader_.reading());
    if (despreader_.reading()) publish();
    return true;
}

template <class With>
void Channel::with_stretch(With with) {
    const HeldSlots slots(history_, stretch_first_, stretch_end_);
    const double log_weight =
        log_stretch_weight(stretches_) + log_trace_weight(parts_) + log_unscaled_weight(parts_.config);
    with(Stretch{slots.view(), stretch_first_, parts_.keys[judged_key_].carrier, log_weight, parts_.config.p_max});
}

bool Channel::judge_on() noexcept {
    if (!asked_) {
        judge_next();
        return false;
    }
    with_stretch([&](const Stretch& stretch) { asked_ = inquiry_.step(stretch); });
    if (!asked_) log_.push_back(inquiry_.answer());
    return inquiry_.took_long();
}

// Judges the stretch for the next key, or finds out what that asks for next.
void Channel::judge_next() noexcept {
    Trace& trace = *traces_[judged_key_];
    with_stretch([&](const Stretch& stretch) {
        LoggedAnswers answers(*this, stretch);
        judge(stretch, trace.tracks(), answers, verdict_);
    });
    if (asked_) return;
    if (spectrogram_) judge_scales(log_stretch_weight(stretches_) + log_trace_weight(parts_));
    trace.take(verdict_, static_cast<double>(stretch_end_) * slot_s, scored_from_);
    log_.clear();
    judging_ = ++judged_key_ < traces_.size();
    if (!verdict_.segments.empty()) publish();
}

// After restoring: the log says what was being asked, and the number of steps how far that had come.
void Channel::ask_again(std::uint64_t steps) noexcept {
    asked_ = false;
    judge_next();
    with_stretch([&](const Stretch& stretch) {
        while (inquiry_.steps() < steps) inquiry_.step(stretch);
    });
}

// Adds to the verdict of the stretch what stands at other scales.
void Channel::judge_scales(double log_weight) noexcept {
    const long long from = std::max(stretch_first_ * slot_rows, spectrogram_->first_row());
    const long long until = std::min(stretch_end_ * slot_rows + whitening_look_ahead, spectrogram_->end_row());
    strengthen(verdict_, scales_[judged_key_].search({*spectrogram_, from, until, scored_from_ * slot_rows}, verdict_,
                                                     log_weight, parts_.config.p_max, *scale_memory_));
}

void Channel::finish_stretch() noexcept {
    if (judging_) reads_live_ = false;
    while (judging_) judge_on();
}

void Channel::finish() {
    cells_.finish();
    end(slotter_.finish() ? &slotter_.slot() : nullptr, cells_.samples());
}

void Channel::end(const Slot* last, std::int64_t samples) {
    while (reads_live_) read_on();
    finish_stretch();
    if (last != nullptr) take_slot(*last);
    while (reads_live_) read_on();
    finish_stretch();
    const double heard_s = static_cast<double>(samples) / parts_.config.sample_rate_hz;
    for (auto& trace : traces_) trace->end_signal(heard_s);
    if (history_.end() > judged_until_) {
        begin_stretch();
        finish_stretch();
    }
    publish();
}

}  // namespace earmark
