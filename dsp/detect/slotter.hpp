// Gathers rows into slots: log energies -> chip residuals -> dead bands out.
//
// A chip's residual swings with a period of 32 ms, the rows are 4 ms apart: every second row is read by the nets and
// the rows between are the means of their neighbours. On the tuning speakers that costs at most 1 % of z after any
// codec and in noise (benchmarks/strength.py), and it halves the work of the nets.
#pragma once

#include "dsp/detect/cells.hpp"
#include "dsp/detect/slot.hpp"
#include "dsp/detect/whitening.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace earmark {

inline constexpr float dead_log = 11.5f;  // 50 dB under the loudest band: carries nothing but rounding noise

// A row as a channel hears it. What it points to stays until the slotter's next row.
struct HeardRow {
    bool active;                                       // as CellRow
    const Slot* slot = nullptr;                        // with the row that completes it
    const std::array<WholeRow, 2>* prompts = nullptr;  // with every second row, see Slotter::prompts()
};

// A value: a copy goes on where the original stood.
// Real time: push() allocates nothing.
class Slotter {
  public:
    explicit Slotter(int bands);
    void reset() noexcept;

    // True when the row completed a slot: take it from slot() before the next push().
    bool push(const CellRow& row) noexcept;
    // The rows that still wait, padded with nothing; true if there were any. Call after the last row.
    bool finish() noexcept;
    const Slot& slot() const noexcept { return slot_; }

    // After every second push: residuals of the two rows up to the one prompt_look_ahead before the last one pushed,
    // bands that seem dead by now out. Call prompts() once for each.
    bool has_prompts() const noexcept { return newest_prompt() > 0 && is_read(newest_prompt()); }
    long long newest_prompt() const noexcept { return rows_ - 1 - prompt_look_ahead; }  // row, from the start
    std::array<WholeRow, 2> prompts() noexcept;

    // All of this for one row.
    HeardRow hear(const CellRow& row) noexcept;
    // In the place of push(), at a tenth of the work: follows the levels and reads nothing. Slots, and prompts, are
    // right again from the second slot on that is pushed after it.
    void follow(const CellRow& row) noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(whitening_, peak_, slot_peak_, rows_to_skip_, filled_, rows_, slot_, read_, read_promptly_, living_);
    }

  private:
    static bool is_read(long long row) noexcept { return row % 2 == 1; }
    bool take_in(const CellRow& row) noexcept;
    bool look_ahead() noexcept;
    bool add() noexcept;
    void fill(int row) noexcept;
    void follow_levels(const CellRow& row) noexcept;
    void complete_slot() noexcept;
    void remember_levels() noexcept;
    WholeRow living() const noexcept;

    const simd::Kernels& kernels_;
    int bands_;
    Whitening whitening_;
    std::array<float, grid_bands> peak_{}, slot_peak_{};
    int rows_to_skip_ = 0, filled_ = 0;
    long long rows_ = 0;
    Slot slot_;
    WholeRow read_{}, read_promptly_{};  // the last that a net has read
    WholeRow living_{};                  // living() as prompts go by it, found anew every chip_hops rows
    std::array<WholeRow, 2> heard_prompts_{};
};

}  // namespace earmark
