#include "dsp/detect/track.hpp"

#include <cmath>

namespace earmark {
namespace {

constexpr double keep_weight = 0.98, step_weight = 0.005, jump_weight = 0.01 / packet_hops;
const double log_keep = std::log(jump_weight + keep_weight), log_step = std::log(jump_weight + step_weight),
             log_jump = std::log(jump_weight);
constexpr double whole_weight = 0.85;  // of the whole stretch among all its parts

int wrap(int phase) {
    return (phase + packet_hops) % packet_hops;
}

const float keep = std::log(static_cast<float>(keep_weight));
const float step = std::log(static_cast<float>(step_weight));
const float jump = std::log(static_cast<float>(jump_weight));
const float log_hops = std::log(static_cast<float>(packet_hops));

enum Move : std::uint8_t { kept, from_below, from_above, jumped };

}  // namespace

double log_moves(const Phases& phases) {
    double log_weight = 0;
    for (std::size_t i = 1; i < phases.size(); ++i) {
        const int move = wrap(phases[i] - phases[i - 1]);
        log_weight += move == 0 ? log_keep : move == 1 || move == packet_hops - 1 ? log_step : log_jump;
    }
    return log_weight;
}

double log_prior(const Track& track, int slots) {
    const bool whole = track.first == 0 && track.end() == slots;
    const double part = (1 - whole_weight) / (slots * (slots + 1) / 2.0);
    return std::log(whole ? whole_weight + part : part) - std::log(packet_hops) + log_moves(track.phases);
}

void TrackList::add(const std::int16_t* path, int slots) noexcept {
    if (paths_ == most_paths) return;
    for (int known = 0; known < paths_; ++known)
        if (std::equal(path, path + slots, states_[static_cast<std::size_t>(known)].begin())) return;
    std::copy_n(path, slots, states_[static_cast<std::size_t>(paths_)].begin());
    for (int s = 0; s < slots;) {
        const int from = s;
        while (s < slots && path[s] != off) ++s;
        if (s > from && count_ < most_parts)
            parts_[static_cast<std::size_t>(count_++)] = {
                static_cast<std::int16_t>(paths_), static_cast<std::int16_t>(from), static_cast<std::int16_t>(s)};
        while (s < slots && path[s] == off) ++s;
    }
    ++paths_;
}

Track TrackList::operator[](int index) const noexcept {
    const Part& part = parts_[static_cast<std::size_t>(index)];
    const auto& states = states_[static_cast<std::size_t>(part.path)];
    return {part.from, Phases(std::span(states).subspan(static_cast<std::size_t>(part.from),
                                                        static_cast<std::size_t>(part.until - part.from)))};
}

Tracker::Tracker(int slots_held, std::span<const float> strengths)
    : kernels_(simd::kernels()),
      held_(slots_held),
      strengths_(strengths),
      moves_(static_cast<std::size_t>(slots_held)),
      jumps_(static_cast<std::size_t>(slots_held)) {
    reset();
}

void Tracker::reset() noexcept {
    for (Scores& scores : scores_) scores.fill(-1e6f);
    best_.fill(0);
    energy_ = chips_ = 0;
    slots_ = 0;
    steady_sum_.fill(0);
    steady_energy_.fill(0);
}

float Tracker::deviation() const noexcept {
    return chips_ > 0 ? static_cast<float>(std::sqrt(energy_ / chips_)) : 0;
}

void Tracker::push(SlotView slot, const PhaseCorrelations& correlations) noexcept {
    constexpr double forget = 1 - 1.0 / 128;
    if (!slot.empty) {
        energy_ *= forget;
        chips_ *= forget;
        for (const float e : *slot.sync_energy) energy_ += 2 * e;
        for (int band = 0; band < slot.bands(); ++band) chips_ += slot.row(0)[band] != 0 ? slot_rows : 0;
    }
    if (slots_ < held_) {
        for (std::size_t phase = 0; phase < packet_hops; ++phase) steady_sum_[phase] += correlations[phase];
        for (std::size_t r = 0; r < chip_hops; ++r) steady_energy_[r] += (*slot.sync_energy)[r];
    }
    const float log_count = std::log(static_cast<float>(std::clamp<long long>(slots_ + 1, 8, held_)));
    const SlotOdds odds{std::max(deviation(), 1.0f), -log_count - log_hops, -log_count};
    for (int strength = 0; strength < strengths(); ++strength)
        advance(strength, slot.sync_energy->data(), correlations, odds);
    ++slots_;
}

// Log-likelihood ratios of "marked with this strength" against "not marked", Gaussian residuals; scores are kept
// relative to "no mark".
void Tracker::advance(int strength, const float* energies, const PhaseCorrelations& correlations,
                      const SlotOdds& odds) noexcept {
    const auto [sigma, begin, leave] = odds;
    Scores& scores = scores_[static_cast<std::size_t>(strength)];
    const auto place = static_cast<std::size_t>(slots_ % held_);
    Jumps& jumps = jumps_[place][static_cast<std::size_t>(strength)];
    Moves& moves = moves_[place][static_cast<std::size_t>(strength)];

    std::int32_t& best = best_[static_cast<std::size_t>(strength)];
    const float best_score = lead(strength);
    const bool begins = begin > best_score + jump;
    const float anywhere = begins ? begin : best_score + jump;
    jumps.to_phase = static_cast<std::int16_t>(begins ? off : best);
    const bool stays_off = best_score + leave <= 0;
    jumps.to_off = static_cast<std::int16_t>(stays_off ? off : best);
    const float next_off = stays_off ? 0 : best_score + leave;

    const float assumed = strengths_[static_cast<std::size_t>(strength)];
    const simd::PathStep path{keep, step, anywhere, assumed / sigma, assumed * assumed / 2 / (sigma * sigma), next_off};

    scores.front() = scores[packet_hops];
    scores.back() = scores[1];
    float* const phases = scores.data() + 1;
    best = kernels_.advance(phases, correlations.data(), energies, packet_hops, path, phases, moves.data());
}

int Tracker::leading_strength() const noexcept {
    int leading = 0;
    for (int strength = 1; strength < strengths(); ++strength)
        if (lead(strength) > lead(leading)) leading = strength;
    return leading;
}

int Tracker::nearest_strength(double strength) const noexcept {
    const auto away = [&](float assumed) { return std::abs(std::log(strength / assumed)); };
    const auto nearest =
        std::min_element(strengths_.begin(), strengths_.end(), [&](float a, float b) { return away(a) < away(b); });
    return static_cast<int>(nearest - strengths_.begin());
}

// age: of the slot that ended in `state`, 1 for the last.
int Tracker::state_before(int strength, int state, int age) const noexcept {
    // Of 32 bits, as in History: a division of 64 takes several times as long.
    const std::size_t place = static_cast<std::uint32_t>(slots_ - age) % static_cast<std::uint32_t>(held_);
    const Jumps& jumps = jumps_[place][static_cast<std::size_t>(strength)];
    if (state == off) return jumps.to_off;
    const Moves& moves = moves_[place][static_cast<std::size_t>(strength)];
    const auto byte = static_cast<std::size_t>(state) / 8;
    const int low = moves[byte] >> state % 8 & 1, high = moves[byte + packet_hops / 8] >> state % 8 & 1;
    switch (low + 2 * high) {
        case kept:
            return state;
        case from_below:
            return wrap(state - 1);
        case from_above:
            return wrap(state + 1);
        default:
            return jumps.to_phase;
    }
}

void Tracker::look_back(int strength, int count, std::int16_t* path) const noexcept {
    int state = lead(strength) > 0 ? best_[static_cast<std::size_t>(strength)] : off;
    for (int age = 1; age <= count; state = state_before(strength, state, age++))
        path[count - age] = static_cast<std::int16_t>(state);
}

int Tracker::last_run(int strength, int count, std::int16_t* path) const noexcept {
    int age = 1;
    for (int state = best_[static_cast<std::size_t>(strength)]; age <= count && state != off;
         state = state_before(strength, state, age++))
        path[count - age] = static_cast<std::int16_t>(state);
    return age - 1;
}

int Tracker::steady_phase() const noexcept {
    int best = 0;
    float best_z = -1;
    for (int phase = 0; phase < packet_hops; ++phase) {
        const float z = static_cast<float>(steady_sum_[static_cast<std::size_t>(phase)]) /
                        std::sqrt(steady_energy_[static_cast<std::size_t>(phase % chip_hops)] + 1e-20f);
        if (z > best_z) {
            best_z = z;
            best = phase;
        }
    }
    return best;
}

void Tracker::collect(int count, TrackList& tracks) const noexcept {
    tracks.clear();
    if (deviation() == 0) return;
    std::array<std::int16_t, most_track_slots> path;
    if (count == slots_) {
        std::fill_n(path.begin(), count, static_cast<std::int16_t>(steady_phase()));
        tracks.add(path.data(), count);
    }
    for (int strength = 0; strength < strengths(); ++strength) {
        look_back(strength, count, path.data());
        tracks.add(path.data(), count);
    }
}

std::vector<Track> find_tracks(std::span<const SlotEvidence> slots) {
    const int count = static_cast<int>(slots.size());
    Tracker tracker(count);
    for (const SlotEvidence& evidence : slots) tracker.push(evidence.slot, *evidence.correlations);
    TrackList list;
    tracker.collect(count, list);
    std::vector<Track> tracks;
    for (int i = 0; i < list.size(); ++i) tracks.push_back(list[i]);
    return tracks;
}

}  // namespace earmark
