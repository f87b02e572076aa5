#include "dsp/detect/piecewise_channel.hpp"

#include <algorithm>
#include <utility>

namespace earmark {

PiecewiseChannel::PiecewiseChannel(const StreamParts& parts, int most_pieces)
    : plan_(parts.cells), levels_(plan_->bands()), next_start_(levels_), channel_(std::make_unique<Channel>(parts)) {
    for (int i = 0; i < most_pieces; ++i) {
        Piece& piece = pieces_.emplace_back();
        piece.rows.reserve(piece_rows);
        piece.cells.emplace(plan_, [&rows = piece.rows](const CellRow& row) { rows.push_back(row); });
        piece.heard.rows.reserve(piece_rows);
        piece.heard.read.reserve(piece_rows);
        piece.heard.slots.reserve(piece_rows / slot_rows);
    }
    last_rows_.reserve(lead_rows);
}

void PiecewiseChannel::make_rows(std::int64_t first_row, std::span<const float> from_window, int index) noexcept {
    Piece& piece = pieces_[static_cast<std::size_t>(index)];
    const std::int64_t row = first_row + std::int64_t{index} * piece_rows;
    const std::int64_t from = plan_->window_start(row);
    const std::int64_t until = plan_->window_start(row + piece_rows - 1) + plan_->window_samples;
    piece.rows.clear();
    piece.cells->begin(row);
    piece.cells->push(from_window.data() + (from - plan_->window_start(first_row)),
                      static_cast<std::size_t>(until - from));
}

void PiecewiseChannel::follow_levels(int pieces) noexcept {
    for (int i = 0; i < pieces; ++i) {
        Piece& piece = pieces_[static_cast<std::size_t>(i)];
        piece.start.emplace(*next_start_);
        const auto lead = piece.rows.end() - lead_rows;
        std::for_each(piece.rows.begin(), lead, [this](const CellRow& row) { levels_.follow(row); });
        next_start_.emplace(levels_);
        std::for_each(lead, piece.rows.end(), [this](const CellRow& row) { levels_.follow(row); });
    }
}

std::span<const CellRow> PiecewiseChannel::rows_before(std::size_t piece) const noexcept {
    if (piece == 0) return last_rows_;
    return std::span(pieces_[piece - 1].rows).last(lead_rows);
}

void PiecewiseChannel::read(int index) noexcept {
    Piece& piece = pieces_[static_cast<std::size_t>(index)];
    Heard& heard = piece.heard;
    Slotter& slotter = *piece.start;
    heard.rows.clear();
    heard.read.clear();
    heard.slots.clear();
    for (const CellRow& row : rows_before(static_cast<std::size_t>(index))) slotter.hear(row);
    for (const CellRow& cells : piece.rows) {
        const HeardRow row = slotter.hear(cells);
        heard.rows.push_back({row.active, row.read != nullptr, row.slot != nullptr});
        if (row.read != nullptr) heard.read.push_back(*row.read);
        if (row.slot != nullptr) heard.slots.push_back(*row.slot);
    }
}

void PiecewiseChannel::end_wave(int pieces) noexcept {
    const auto last = rows_before(static_cast<std::size_t>(pieces));
    last_rows_.assign(last.begin(), last.end());
    heard_pieces_ = pieces;
}

void PiecewiseChannel::take_wave() noexcept {
    const int pieces = std::exchange(heard_pieces_, 0);
    for (int i = 0; i < pieces; ++i) {
        const Heard& heard = pieces_[static_cast<std::size_t>(i)].heard;
        const std::array<WholeRow, 2>* read = heard.read.data();
        const Slot* slot = heard.slots.data();
        for (const Heard::Row& row : heard.rows)
            channel_->take({row.active, row.ends_slot ? slot++ : nullptr, row.is_read ? read++ : nullptr});
    }
}

void PiecewiseChannel::finish(std::int64_t first_row, std::span<const float> from_window, std::int64_t samples) {
    Slotter slotter(*next_start_);
    for (const CellRow& row : last_rows_) slotter.hear(row);
    Cells cells(plan_, [&](const CellRow& row) { channel_->take(slotter.hear(row)); });
    cells.begin(first_row);
    cells.push(from_window.data(), from_window.size());
    cells.finish();
    channel_->end(slotter.finish() ? &slotter.slot() : nullptr, samples);
}

}  // namespace earmark
