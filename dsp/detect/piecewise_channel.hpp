// One channel of a long signal, heard in pieces by several threads at a time, with the result of a Channel that hears
// it all.
//
// What is heard of a row depends on the rows round it and on levels that are remembered without end. So a wave of
// pieces takes three steps: the rows of every piece (apart: only windows overlap), the levels through all of them (in
// turn, and quick), then what the net reads of every piece (apart, each from a copy of the slotter that stands
// lead_rows before it). The inquiry takes what was heard in turn, while the next wave is at its first step.
#pragma once

#include "dsp/detect/cells.hpp"
#include "dsp/detect/channel.hpp"
#include "dsp/detect/slotter.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace earmark {

inline constexpr int lead_rows = 2 * slot_rows;    // see Slotter::follow()
inline constexpr int piece_rows = 32 * slot_rows;  // 16.4 s

class PiecewiseChannel {
  public:
    PiecewiseChannel(const StreamParts& parts, int most_pieces);

    // A wave of pieces 0 .. pieces - 1, that begin with first_row, in this order; the first and the third step of
    // different pieces by any threads at once. from_window: the samples from the start of the first row's window on.
    void make_rows(std::int64_t first_row, std::span<const float> from_window, int piece) noexcept;
    void follow_levels(int pieces) noexcept;
    void read(int piece) noexcept;
    void end_wave(int pieces) noexcept;
    // Before the next wave is read.
    void take_wave() noexcept;

    // After the last wave: the rest of the signal, from first_row on; samples: of the whole signal.
    void finish(std::int64_t first_row, std::span<const float> from_window, std::int64_t samples);

    std::unique_ptr<Channel> release() noexcept { return std::move(channel_); }

  private:
    // Rows as heard, for the inquiry.
    struct Heard {
        struct Row {
            bool active, is_read, ends_slot;
        };
        std::vector<Row> rows;
        std::vector<std::array<WholeRow, 2>> read;
        std::vector<Slot> slots;
    };
    struct Piece {
        std::optional<Cells> cells;
        std::vector<CellRow> rows;
        std::optional<Slotter> start;  // where it stands lead_rows before the first row
        Heard heard;
    };

    std::span<const CellRow> rows_before(std::size_t piece) const noexcept;

    std::shared_ptr<const CellPlan> plan_;
    std::deque<Piece> pieces_;  // they stay where they are
    Slotter levels_;            // behind the last wave
    std::optional<Slotter> next_start_;
    std::vector<CellRow> last_rows_;
    int heard_pieces_ = 0;  // that the inquiry has not taken
    std::unique_ptr<Channel> channel_;
};

}  // namespace earmark
