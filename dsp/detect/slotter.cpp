#include "dsp/detect/slotter.hpp"

#include "dsp/carrier/chip_filter.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr float forget_log_per_slot = 0.5f;
constexpr float nothing_heard = -1e9f;
// A voice sampled at 8 kHz and brought to a higher rate by a short filter (Opus decodes its narrow band that way) has
// images of its highest bands behind 4 kHz: they carry no mark and take 8 % of the energy, 4 % of z. Where nothing is
// heard from 5 kHz on, what stands between is taken for such images.
constexpr int first_image_chip = 16, end_of_image_chips = 20;  // 4,125 Hz, 5,125 Hz

WholeRow mean(const WholeRow& a, const WholeRow& b) noexcept {
    WholeRow row;
    for (std::size_t chip = 0; chip < row.size(); ++chip) row[chip] = static_cast<std::int8_t>((a[chip] + b[chip]) / 2);
    return row;
}

void keep(const WholeRow& mask, WholeRow& row) noexcept {
    for (std::size_t chip = 0; chip < row.size(); ++chip) row[chip] &= mask[chip];
}

}  // namespace

Slotter::Slotter(int bands) : kernels_(simd::kernels()), bands_(bands), whitening_(bands) {
    reset();
}

void Slotter::reset() noexcept {
    whitening_.reset();
    peak_.fill(nothing_heard);
    slot_peak_.fill(nothing_heard);
    rows_to_skip_ = whitening_look_ahead;
    filled_ = 0;
    rows_ = 0;
    slot_ = {};
    read_ = {};
    living_.fill(~0);
}

bool Slotter::push(const CellRow& row) noexcept {
    ++rows_;
    return take_in(row) && add();
}

HeardRow Slotter::hear(const CellRow& row) noexcept {
    HeardRow heard{row.active};
    if (push(row)) heard.slot = &slot_;
    if (has_read()) heard.read = &read_rows();
    return heard;
}

void Slotter::follow(const CellRow& row) noexcept {
    ++rows_;
    if (!take_in(row) || ++filled_ < slot_rows) return;
    remember_levels();
    filled_ = 0;
}

// True when the look-ahead is full, so that a row of a slot can be read.
bool Slotter::take_in(const CellRow& row) noexcept {
    follow_levels(row);
    whitening_.push(row);
    return look_ahead();
}

bool Slotter::look_ahead() noexcept {
    if (rows_to_skip_ == 0) return true;
    --rows_to_skip_;
    return false;
}

bool Slotter::add() noexcept {
    if (filled_ == 0) slot_ = {};
    if (is_read(filled_)) fill(filled_);
    if (++filled_ < slot_rows) return false;
    complete_slot();
    return true;
}

// The row that is read, and the one before it.
void Slotter::fill(int row) noexcept {
    const WholeRow newest = whitening_.residual();
    read_rows_ = {mean(read_, newest), newest};
    std::copy(read_rows_.begin(), read_rows_.end(), slot_.residuals.begin() + row - 1);
    read_ = newest;
}

bool Slotter::finish() noexcept {
    if (rows_to_skip_ == whitening_look_ahead) return false;  // not one row came
    // The rows still in the filter's look-ahead come out behind copies of the last row; a slot can fill up meanwhile
    // only at its end, so the rest is simply dropped: 32 ms at most. So is a last row that waits for the next one.
    for (int i = 0; i < whitening_look_ahead; ++i) {
        whitening_.push_again();
        if (look_ahead() && add()) return true;
    }
    if (filled_ == 0) return false;
    complete_slot();
    return true;
}

void Slotter::follow_levels(const CellRow& row) noexcept {
    for (int band = 0; band < bands_; ++band) slot_peak_[band] = std::max(slot_peak_[band], row.log_energy[band]);
}

// Of every chip 0 where its bands say nothing, else all bits.
WholeRow Slotter::living() const noexcept {
    WholeRow living;
    living.fill(~0);
    std::array<float, grid_bands> level, under;
    for (int band = 0; band < bands_; ++band) level[band] = std::max(peak_[band], slot_peak_[band]);
    for (int band = 0; band < bands_; ++band) under[band] = -level[band];
    const float dead = kernels_.largest(level.data(), bands_) - dead_log;
    if (-kernels_.largest(under.data(), bands_) > dead) return living;
    const auto lives = [&](int chip) { return level[2 * chip] > dead && level[2 * chip + 1] > dead; };
    const int chips = bands_ / 2;
    int end = chips;  // behind the last that lives
    while (end > 0 && !lives(end - 1)) --end;
    if (chips > end_of_image_chips && end <= end_of_image_chips) end = std::min(end, first_image_chip);
    for (int chip = 0; chip < chips; ++chip)
        if (chip >= end || !lives(chip)) living[chip] = 0;
    return living;
}

const std::array<WholeRow, 2>& Slotter::read_rows() noexcept {
    if (rows_ % chip_hops == 0) living_ = living();
    for (WholeRow& row : read_rows_) keep(living_, row);
    return read_rows_;
}

void Slotter::remember_levels() noexcept {
    for (int band = 0; band < bands_; ++band)
        peak_[band] = std::max(slot_peak_[band], peak_[band] - forget_log_per_slot);
    slot_peak_.fill(nothing_heard);
}

void Slotter::complete_slot() noexcept {
    remember_levels();
    const WholeRow heard = living();
    for (WholeRow& row : slot_.residuals) keep(heard, row);
    std::array<int, chip_hops> energy{};
    for (int i = 0; i < slot_rows; ++i)
        for (const std::int8_t r : slot_.residuals[i]) energy[i % chip_hops] += r * r;
    for (int r = 0; r < chip_hops; ++r) slot_.sync_energy[r] = static_cast<float>(energy[r]) / 2;
    slot_.empty = std::all_of(energy.begin(), energy.end(), [](int e) { return e == 0; });
    filled_ = 0;
}

}  // namespace earmark
