// Where the mark stands and how its phase runs: a Viterbi search over "no mark" and 512 phases, slot by slot.
#pragma once

#include "dsp/detect/correlator.hpp"
#include "dsp/simd/kernels.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace earmark {

inline constexpr int most_track_slots = 256;

// The phases of a track, held in place.
class Phases {
  public:
    Phases() = default;
    Phases(std::span<const std::int16_t> phases) { append(phases); }
    Phases(const std::vector<int>& phases) {  // NOLINT: a list of phases is one
        for (const int phase : phases) push_back(phase);
    }
    Phases(std::initializer_list<int> phases) {
        for (const int phase : phases) push_back(phase);
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    int operator[](std::size_t index) const { return phases_[index]; }
    int back() const { return phases_[size_ - 1]; }
    const std::int16_t* begin() const { return phases_.data(); }
    const std::int16_t* end() const { return phases_.data() + size_; }
    void push_back(int phase) {  // beyond most_track_slots: nothing
        if (size_ < most_track_slots) phases_[size_++] = static_cast<std::int16_t>(phase);
    }
    void append(std::span<const std::int16_t> phases) {
        for (const int phase : phases) push_back(phase);
    }
    bool operator==(const Phases& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

  private:
    std::array<std::int16_t, most_track_slots> phases_;
    std::size_t size_ = 0;
};

// One hypothesis: the mark stands in slots first .. first + phases.size() - 1 of the stretch, with these phases.
struct Track {
    int first = 0;
    Phases phases;
    int end() const { return first + static_cast<int>(phases.size()); }
};

// What the tracker sees of one slot.
struct SlotEvidence {
    const PhaseCorrelations* correlations;  // where they are not kept: nullptr
    SlotView slot;
};

// ln of the prior weight of a track among all tracks in a stretch of `slots` slots. The weights of all tracks add up to
// at most 1, whatever `slots` is (tests/detect/test_track.cpp adds them up): the larger part for the whole stretch, the
// rest for its parts, 1/512 for each first phase, then for each slot 0.98 to keep the phase, 0.005 each for one hop
// forth and back (clock drift), 0.01/512 for any phase (lost or inserted audio).
double log_prior(const Track& track, int slots);

// ln of the weight of the moves of a track, without that of its place and first phase.
double log_moves(const Phases& phases);

// The tracks worth weighing: a few paths through the stretch, and the marked parts of each.
class TrackList {
  public:
    static constexpr std::int16_t off = packet_hops;

    void clear() noexcept { paths_ = count_ = 0; }
    // A path of `slots` states, phases or off; as many in every path. One that is known is left out.
    void add(const std::int16_t* path, int slots) noexcept;
    int size() const noexcept { return count_; }
    Track operator[](int index) const noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(states_, paths_, parts_, count_);
    }

  private:
    struct Part {
        std::int16_t path, from, until;
    };
    static constexpr int most_paths = 5, most_parts = 96;

    std::array<std::array<std::int16_t, most_track_slots>, most_paths> states_;
    std::array<Part, most_parts> parts_;
    int paths_ = 0, count_ = 0;
};

// Assumed mean of a chip's residual over its deviation: from AMR 4.75 to a clean signal.
inline constexpr std::array<float, 4> assumed_strengths{0.07f, 0.14f, 0.28f, 0.56f};
// For many keys, of which the search would take half of the time. Too small a strength costs less evidence than one as
// much too large.
inline constexpr std::array<float, 2> few_strengths{0.09f, 0.32f};

// The search itself, kept from slot to slot: for each assumed strength the best way to every state, and how it came
// there over the last `slots_held` slots.
// Real time: push(), reset() and the look-backs allocate nothing.
class Tracker {
  public:
    // strengths: up to as many as assumed_strengths has, rising; they are not copied.
    explicit Tracker(int slots_held, std::span<const float> strengths = assumed_strengths);
    void reset() noexcept;
    void push(SlotView slot, const PhaseCorrelations& correlations) noexcept;

    long long slots() const noexcept { return slots_; }  // pushed so far
    int slots_held() const noexcept { return held_; }
    // How much better the best marked state is than "no mark", nepers, where the last slot ended.
    float lead(int strength) const noexcept {
        const auto s = static_cast<std::size_t>(strength);
        return scores_[s][1 + static_cast<std::size_t>(best_[s])];
    }
    int strengths() const noexcept { return static_cast<int>(strengths_.size()); }
    int leading_strength() const noexcept;  // of the greatest lead
    int nearest_strength(double strength) const noexcept;
    float deviation() const noexcept;  // of a residual, so far
    // The states of the last `count` <= slots_held slots on the best path.
    void look_back(int strength, int count, std::int16_t* path) const noexcept;
    // Of the best path that ends marked, the phases of the last slots as far back as it is marked, at most `count`: at
    // the end of a path of `count` slots. How many there are.
    int last_run(int strength, int count, std::int16_t* path) const noexcept;
    // The phase that fits the whole signal best, while it is no longer than what is held.
    int steady_phase() const noexcept;
    // The tracks in the last `count` slots: the steady phase if that is the whole signal, the best path for each
    // strength.
    void collect(int count, TrackList& tracks) const noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(scores_, best_, moves_, jumps_, energy_, chips_, slots_, steady_sum_, steady_energy_);
    }

  private:
    static constexpr int off = packet_hops;
    using Scores = std::array<float, packet_hops + 2>;        // [1 + phase], each end once more beside the other
    using Moves = std::array<std::uint8_t, packet_hops / 4>;  // two bits a phase: see simd::Kernels::advance
    struct Jumps {
        std::int16_t to_phase, to_off;  // where from
    };

    struct SlotOdds {
        float sigma, begin, leave;  // of a residual; ln of the odds of beginning anywhere, and of leaving
    };
    int state_before(int strength, int state, int age) const noexcept;
    void advance(int strength, const float* energies, const PhaseCorrelations& correlations,
                 const SlotOdds& odds) noexcept;

    const simd::Kernels& kernels_;
    int held_;
    std::span<const float> strengths_;
    std::array<Scores, assumed_strengths.size()> scores_;
    std::array<std::int32_t, assumed_strengths.size()> best_;         // phase of the best score
    std::vector<std::array<Moves, assumed_strengths.size()>> moves_;  // a ring
    std::vector<std::array<Jumps, assumed_strengths.size()>> jumps_;
    double energy_ = 0, chips_ = 0;
    long long slots_ = 0;
    std::array<std::int32_t, packet_hops> steady_sum_;
    std::array<float, chip_hops> steady_energy_;
};

// Candidate tracks of a stretch: its steady phase, then those of the best path for each assumed mark strength; the
// caller weighs them exactly.
std::vector<Track> find_tracks(std::span<const SlotEvidence> slots);

}  // namespace earmark
