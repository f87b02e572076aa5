// Gathers rows into slots: log energies -> chip residuals -> dead bands out.
//
// A chip's residual swings with a period of 32 ms, the rows are 4 ms apart: every second row is read by the net and
// the rows between are the means of their neighbours. On the tuning speakers that costs at most 1 % of z after any
// codec and in noise (benchmarks/strength.py), and it halves the work of the net.
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
    bool active;                                    // as CellRow
    const Slot* slot = nullptr;                     // with the row that completes it
    const std::array<WholeRow, 2>* read = nullptr;  // with every second row, see Slotter::read_rows()
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

    // After every second push, without waiting for the slot: residuals of the two rows up to the one
    // whitening_look_ahead before the last one pushed, bands that seem dead by now out.
    bool has_read() const noexcept { return newest_read() > 0 && is_read(newest_read()); }
    const std::array<WholeRow, 2>& read_rows() noexcept;

    // All of this for one row.
    HeardRow hear(const CellRow& row) noexcept;
    // In the place of push(), at a tenth of the work: follows the levels and reads nothing. Slots and rows are
    // right again from the second slot on that is pushed after it.
    void follow(const CellRow& row) noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(whitening_, peak_, slot_peak_, rows_to_skip_, filled_, rows_, slot_, read_, living_);
    }

  private:
    static bool is_read(long long row) noexcept { return row % 2 == 1; }
    long long newest_read() const noexcept { return rows_ - 1 - whitening_look_ahead; }  // row, from the start
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
    WholeRow read_{};    // the last that the net has read
    WholeRow living_{};  // living() as rows go by it, found anew every chip_hops rows
    std::array<WholeRow, 2> read_rows_{};
};

}  // namespace earmark
