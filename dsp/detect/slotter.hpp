// Gathers rows into slots: log energies -> chip residuals -> dead bands out.
#pragma once

#include "dsp/detect/cells.hpp"
#include "dsp/detect/slot.hpp"
#include "dsp/detect/whitening.hpp"

#include <array>

namespace earmark {

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

  private:
    bool add(const CellRow& row) noexcept;
    void follow_levels(const CellRow& row) noexcept;
    void complete_slot() noexcept;

    int bands_;
    Whitening whitening_;
    std::array<float, grid_bands> peak_{}, slot_peak_{};
    CellRow last_row_{};
    int rows_to_skip_ = 0, filled_ = 0;
    Slot slot_;
};

}  // namespace earmark
