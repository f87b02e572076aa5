// With many keys: which of them a sequential test is worth while for, at a hundredth of its cost.
//
// A key's test sleeps until its slot correlations, summed over the last one to four slots, pass some phase's limit;
// then the rows of the last packet are played to it again and it goes on row by row. Only when a test is looked at
// depends on this, never what it says: Ville's bound (sequential.hpp) holds at any looking times, so p stands, and what
// sleeps through a mark errs on the safe side.
#pragma once

#include "dsp/detect/correlator.hpp"
#include "dsp/detect/history.hpp"
#include "dsp/detect/sequential.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace earmark {

inline constexpr int screen_slots = packet_hops / slot_rows;

// What correlations of the last 1 .. screen_slots slots must pass, for each remainder of the phase: the same for all
// keys.
struct ScreenLimits {
    ScreenLimits() = default;
    explicit ScreenLimits(const History& history) noexcept;  // that holds a slot at least

    std::array<std::array<std::int16_t, chip_hops>, screen_slots> limits{};
};

// The rows of residuals of a packet and a slot, to be played again. Real time: push() allocates nothing. 20 kB.
class RowHistory {
  public:
    void clear() noexcept { end_ = 0; }
    void push(const WholeRow& row) noexcept { rows_[static_cast<std::size_t>(end_++ % held)] = row; }
    long long end() const noexcept { return end_; }  // index of the next row from the start of the signal
    const WholeRow& at(long long row) const noexcept { return rows_[static_cast<std::size_t>(row % held)]; }

    template <class Archive>
    void exchange(Archive& archive) {
        archive(rows_, end_);
    }

  private:
    static constexpr long long held = packet_hops + slot_rows;
    std::array<WholeRow, held> rows_{};
    long long end_ = 0;
};

// What the keys of one channel share.
struct Screening {
    explicit Screening(int chip_bands_heard) : bands(chip_bands_heard), slot(bands) {}
    void end_slot(const History& history) noexcept {
        limits = ScreenLimits(history);
        slot.set(history.at(history.end() - 1));
    }

    int bands;
    RowHistory rows;
    ScreenLimits limits;  // of the last slots
    ChoicesOfSlot slot;   // the last
};

// Of one key. Real time: nothing allocates. 4 kB.
class Screen {
  public:
    Screen() noexcept { reset(); }
    void reset() noexcept;
    // Where the correlations of the slot that has just ended are to stand: stays until the next slot.
    PhaseCorrelations& next() noexcept;
    // With them: may some phase carry the mark?
    bool passes(const ScreenLimits& limits) const noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(slots_, newest_);
    }

  private:
    std::array<PhaseCorrelations, screen_slots> slots_;  // a ring
    std::uint64_t newest_;
};

}  // namespace earmark
