#include "dsp/detect/inquiry.hpp"

#include "dsp/coding/codeword.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr int slots_a_step = 6;
constexpr int sums_a_step = 1024;   // of slots, that runs are made of
constexpr int least_gap_slots = 4;  // 2 s: pauses in speech are shorter; at the ends of a track any length goes
// What a run of slots must say against the mark before it is cut out, in nepers of likelihood: more than the odds
// against beginning anew at any of 128 slots and 512 phases.
constexpr double cut_evidence = 20;
// At the ends nothing begins anew, so anything said against the mark is enough, and so is silence: a slot that says
// less than this share of the mean one.
constexpr double least_share = 1.0 / 16;

SlotView slot_of(const Stretch& stretch, const Track& track, int place) {
    return stretch.slots[static_cast<std::size_t>(track.first + place)].slot;
}

// Sign times residual over the payload chips, were that the codeword.
SlotSum codeword_sum(const Carrier& carrier, SlotView slot, long long slot_index, int phase,
                     const Codeword& codeword) noexcept {
    int correlation = 0, energy = 0;
    for (int i = phase % chip_hops; i < slot_rows && !slot.empty; i += chip_hops) {
        const int first_chip = packet_row_at(slot_index * slot_rows + i, phase) * chip_bands;
        const std::int8_t* const residuals = slot.row(i);
        for (int band = 0; band < slot.bands(); ++band) {
            const auto chip = static_cast<std::size_t>(first_chip + band);
            const int bit = carrier.code_bit[chip];
            if (bit < 0) continue;
            correlation += codeword[static_cast<std::size_t>(bit)] * carrier.sign[chip] * residuals[band];
            energy += residuals[band] * residuals[band];
        }
    }
    return {static_cast<double>(correlation), static_cast<double>(energy)};
}

// Payload signs are independent of the audio and of all that sync gives, so to them the tracks read are fixed, up to
// the first payload that is read. They are read where sync has said "marked", in unmarked audio in at most p_max of the
// stretches by their weights, and before that first payload no more often than a stretch has slots (segmenter.cpp: a
// part once, again untrimmed, from 8 slots on its halves). So at most most_track_slots * p_max tracks are read of it in
// the mean: the bound of one reading, times that where it is more than 1, bounds them all.
double log_reading_weight(double p_max) {
    return -std::max(0.0, std::log(most_track_slots * p_max));
}

Answer weight_of(const Stretch& stretch, const Track& track, const Fold& folded) {
    Answer answer;
    answer.log_q = stretch.log_weight + log_prior(track, static_cast<int>(stretch.slots.size()));
    answer.log10_p = log10_p(sync_exponent(folded, stretch.carrier), answer.log_q);
    return answer;
}

}  // namespace

void Inquiry::start(const Question& question) noexcept {
    question_ = question;
    answer_ = {};
    steps_ = 0;
    strength_ = most_excess_ = 0;
    using enum Question::About;
    if (question.about == weight || question.about == payload)
        work_.emplace<Fold>();
    else
        work_.emplace<SlotSums>();
    enter(std::holds_alternative<Fold>(work_) ? Stage::fold : Stage::sync_sums);
}

void Inquiry::enter(Stage stage) noexcept {
    stage_ = stage;
    place_ = 0;
}

bool Inquiry::step(const Stretch& stretch) noexcept {
    ++steps_;
    took_long_ = false;
    switch (stage_) {
        case Stage::fold:
            return fold_more(stretch);
        case Stage::sync_sums:
        case Stage::codeword_sums:
            return sum_more(stretch);
        case Stage::runs:
            return look_for_runs();
        case Stage::reading:
            return read_more();
    }
    return false;
}

bool Inquiry::fold_more(const Stretch& stretch) noexcept {
    const Track& track = question_.track;
    Fold& folded = std::get<Fold>(work_);
    const int count = static_cast<int>(track.phases.size()), until = std::min(place_ + slots_a_step, count);
    if (place_ < count) {
        for (; place_ < until; ++place_)
            fold_slot(folded, slot_of(stretch, track, place_), stretch.first_slot + track.first + place_,
                      track.phases[static_cast<std::size_t>(place_)]);
        return true;
    }
    if (question_.about == Question::About::weight) {
        answer_ = weight_of(stretch, track, folded);
        took_long_ = true;
        return false;
    }
    despreader_.start(folded, stretch.carrier, log_reading_weight(stretch.p_max), stretch.p_max);
    enter(Stage::reading);
    return despreader_.busy();
}

bool Inquiry::read_more() noexcept {
    const bool more = despreader_.step();
    took_long_ = despreader_.took_long();
    if (more) return true;
    if (const auto& reading = despreader_.reading()) {
        answer_.read = true;
        answer_.payload = reading->payload;
        answer_.log10_p = reading->log10_p;
    }
    return false;
}

// The sums of each slot; first those of the sync chips, which say how strong the mark is.
bool Inquiry::sum_more(const Stretch& stretch) noexcept {
    const Track& track = question_.track;
    SlotSums& sums = std::get<SlotSums>(work_);
    const bool sync = stage_ == Stage::sync_sums;
    const Codeword codeword = sync ? Codeword{} : encode(question_.payload);
    const int count = static_cast<int>(track.phases.size()), until = std::min(place_ + slots_a_step, count);
    for (; place_ < until; ++place_) {
        const SlotView slot = slot_of(stretch, track, place_);
        const long long index = stretch.first_slot + track.first + place_;
        const int phase = track.phases[static_cast<std::size_t>(place_)];
        sums[static_cast<std::size_t>(place_)] = sync ? sync_sum(stretch.carrier, slot, index, phase)
                                                      : codeword_sum(stretch.carrier, slot, index, phase, codeword);
    }
    if (place_ < count) return true;
    if (sync) weigh_slots(std::span(sums).first(static_cast<std::size_t>(count)));
    enter(sync && question_.about == Question::About::misfit ? Stage::codeword_sums : Stage::runs);
    return true;
}

// How strong the mark is: mean of a chip's residual along its sign over its variance, of the whole track.
void Inquiry::weigh_slots(std::span<const SlotSum> sums) noexcept {
    SlotSum all;
    for (const SlotSum& sum : sums) all += sum;
    strength_ = all.strength();
    least_evidence_ = least_share * all.evidence(strength_) / static_cast<double>(sums.size());
}

// The run of slots that speaks most against a mark of that strength.
bool Inquiry::look_for_runs() noexcept {
    const SlotSums& sums = std::get<SlotSums>(work_);
    const int count = static_cast<int>(question_.track.phases.size());
    for (int done = 0; place_ < count && done < sums_a_step; done += count - place_, ++place_) {
        double sum = 0;
        for (int s = place_; s < count; ++s) {
            sum += sums[static_cast<std::size_t>(s)].evidence(strength_);
            const int slots = s + 1 - place_;
            const bool at_an_end = place_ == 0 || s + 1 == count;
            if (!at_an_end && slots < least_gap_slots) continue;
            const double excess = at_an_end ? slots * least_evidence_ - sum : -sum - cut_evidence;
            if (excess <= most_excess_) continue;
            most_excess_ = excess;
            answer_.from = static_cast<std::int16_t>(place_);
            answer_.until = static_cast<std::int16_t>(s + 1);
        }
    }
    return place_ < count;
}

Answer AnswersAtOnce::ask(const Question& question) {
    inquiry_.start(question);
    while (inquiry_.step(stretch_)) continue;
    return inquiry_.answer();
}

Answer weigh(const Stretch& stretch, const Track& track) {
    return weight_of(stretch, track, fold(stretch.slots, stretch.first_slot, track));
}

}  // namespace earmark
