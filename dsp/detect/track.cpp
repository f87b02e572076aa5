#include "dsp/detect/track.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace earmark {
namespace {

constexpr double keep_weight = 0.98, step_weight = 0.005, jump_weight = 0.01 / packet_hops;
// Assumed mean of a chip's residual over its deviation: from AMR 4.75 to a clean signal.
constexpr std::array<float, 4> assumed_strengths{0.07f, 0.14f, 0.28f, 0.56f};

constexpr int off = packet_hops;  // state "no mark"; states 0..511 are phases
constexpr int states = packet_hops + 1;
using Scores = std::array<float, states>;
using Origins = std::array<std::int16_t, states>;

int wrap(int phase) {
    return (phase + packet_hops) % packet_hops;
}

// Deviation of a residual over the stretch, so that strengths are in its units.
float deviation(std::span<const SlotEvidence> slots) {
    double energy = 0, chips = 0;
    for (const SlotEvidence& evidence : slots) {
        if (evidence.slot->empty) continue;
        for (const float e : evidence.slot->sync_energy) energy += 2 * e;
        for (const float r : evidence.slot->residuals[0]) chips += r != 0 ? slot_rows : 0;
    }
    return chips > 0 ? static_cast<float>(std::sqrt(energy / chips)) : 0;
}

// Log-likelihood ratio of "marked with this strength" against "not marked", Gaussian residuals.
float likelihood(const SlotEvidence& evidence, int phase, float strength, float sigma) {
    const float correlation = (*evidence.correlations)[phase] / sigma;
    const float energy = evidence.slot->sync_energy[phase % chip_hops] / (sigma * sigma);
    return strength * correlation - strength * strength / 2 * energy;
}

class Trellis {
  public:
    Trellis(std::span<const SlotEvidence> slots, float sigma) : slots_(slots), sigma_(sigma), origins_(slots.size()) {
        const float count = static_cast<float>(slots.size());
        begin_ = -std::log(count * packet_hops);
        leave_ = -std::log(count);
    }

    void run(float strength) {
        Scores scores;
        scores.fill(begin_);
        scores[off] = 0;
        for (std::size_t s = 0; s < slots_.size(); ++s) advance(scores, s, strength);
        last_ = static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    }

    // The marked stretches of the best path.
    void collect(std::vector<Track>& tracks) const {
        std::vector<int> path(slots_.size());
        int state = last_;
        for (int s = static_cast<int>(slots_.size()) - 1; s >= 0; --s) {
            path[s] = state;
            state = origins_[s][state];
        }
        for (std::size_t s = 0; s < path.size();) {
            Track track{static_cast<int>(s), {}};
            for (; s < path.size() && path[s] != off; ++s) track.phases.push_back(path[s]);
            if (!track.phases.empty())
                tracks.push_back(std::move(track));
            else
                ++s;
        }
    }

  private:
    void advance(Scores& scores, std::size_t s, float strength) {
        static const float keep = std::log(static_cast<float>(keep_weight));
        static const float step = std::log(static_cast<float>(step_weight));
        static const float jump = std::log(static_cast<float>(jump_weight));
        Scores next;
        Origins& origins = origins_[s];
        const int best_phase = static_cast<int>(std::max_element(scores.begin(), scores.end() - 1) - scores.begin());
        const bool begins = scores[off] + begin_ > scores[best_phase] + jump;
        const float anywhere = begins ? scores[off] + begin_ : scores[best_phase] + jump;
        const std::int16_t anywhere_from = static_cast<std::int16_t>(begins ? off : best_phase);
        for (int phase = 0; phase < packet_hops; ++phase) {
            float best = scores[phase] + keep;
            std::int16_t from = static_cast<std::int16_t>(phase);
            for (const int neighbour : {wrap(phase - 1), wrap(phase + 1)})
                if (scores[neighbour] + step > best) {
                    best = scores[neighbour] + step;
                    from = static_cast<std::int16_t>(neighbour);
                }
            if (anywhere > best) {
                best = anywhere;
                from = anywhere_from;
            }
            next[phase] = best + likelihood(slots_[s], phase, strength, sigma_);
            origins[phase] = from;
        }
        const bool stays_off = scores[off] >= scores[best_phase] + leave_;
        next[off] = stays_off ? scores[off] : scores[best_phase] + leave_;
        origins[off] = static_cast<std::int16_t>(stays_off ? off : best_phase);
        scores = next;
    }

    std::span<const SlotEvidence> slots_;
    float sigma_, begin_, leave_;
    std::vector<Origins> origins_;
    int last_ = off;
};

Track whole_stretch(std::span<const SlotEvidence> slots) {
    PhaseCorrelations sum{};
    std::array<float, chip_hops> energy{};
    for (const SlotEvidence& evidence : slots) {
        for (int phase = 0; phase < packet_hops; ++phase) sum[phase] += (*evidence.correlations)[phase];
        for (int r = 0; r < chip_hops; ++r) energy[r] += evidence.slot->sync_energy[r];
    }
    int best = 0;
    float best_z = -1;
    for (int phase = 0; phase < packet_hops; ++phase) {
        const float z = sum[phase] / std::sqrt(energy[phase % chip_hops] + 1e-20f);
        if (z > best_z) {
            best_z = z;
            best = phase;
        }
    }
    return {0, std::vector<int>(slots.size(), best)};
}

}  // namespace

double log_prior(const Track& track, int slots) {
    const bool whole = track.first == 0 && track.end() == slots;
    const double parts = slots * (slots + 1) / 2.0;
    double log_weight = std::log(whole ? 0.5 + 0.5 / parts : 0.5 / parts) - std::log(packet_hops);
    for (std::size_t i = 1; i < track.phases.size(); ++i) {
        const int move = wrap(track.phases[i] - track.phases[i - 1]);
        double weight = jump_weight;
        if (move == 0) weight += keep_weight;
        if (move == 1 || move == packet_hops - 1) weight += step_weight;
        log_weight += std::log(weight);
    }
    return log_weight;
}

std::vector<Track> find_tracks(std::span<const SlotEvidence> slots) {
    std::vector<Track> tracks;
    const float sigma = deviation(slots);
    if (sigma == 0) return tracks;
    tracks.push_back(whole_stretch(slots));
    Trellis trellis(slots, sigma);
    for (const float strength : assumed_strengths) {
        trellis.run(strength);
        trellis.collect(tracks);
    }
    return tracks;
}

}  // namespace earmark
