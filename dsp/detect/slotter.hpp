// Gathers rows into slots: log energies -> chip residuals -> dead bands out.
#pragma once

#include "dsp/detect/cells.hpp"
#include "dsp/detect/slot.hpp"
#include "dsp/detect/whitening.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace earmark {

inline constexpr float dead_log = 11.5f;  // 50 dB under the loudest band: carries nothing but rounding noise

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

    // Residuals of the row prompt_look_ahead before the last one pushed, bands that seem dead by now out; nothing when
    // that row lies before the start.
    bool has_prompt() const noexcept { return rows_ > prompt_look_ahead; }
    WholeRow prompt() const noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(whitening_, peak_, slot_peak_, last_row_, rows_to_skip_, filled_, rows_, slot_);
    }

  private:
    bool add(const CellRow& row) noexcept;
    void follow_levels(const CellRow& row) noexcept;
    void complete_slot() noexcept;
    void silence_dead(std::span<WholeRow> rows) const noexcept;

    const simd::Kernels& kernels_;
    int bands_;
    Whitening whitening_;
    std::array<float, grid_bands> peak_{}, slot_peak_{};
    CellRow last_row_{};
    int rows_to_skip_ = 0, filled_ = 0;
    long long rows_ = 0;
    Slot slot_;
};

}  // namespace earmark
