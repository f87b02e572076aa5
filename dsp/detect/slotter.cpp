#include "dsp/detect/slotter.hpp"

#include "dsp/carrier/chip_filter.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr float forget_log_per_slot = 0.5f;
constexpr float nothing_heard = -1e9f;

}  // namespace

WholeRow whole(const ResidualRow& residual) noexcept {
    WholeRow row;
    simd::kernels().round(residual.data(), padded_chip_bands, largest_residual / residual_clip, row.data());
    return row;
}

Slotter::Slotter(int bands) : bands_(bands), whitening_(bands) {
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
}

bool Slotter::push(const CellRow& row) noexcept {
    last_row_ = row;
    ++rows_;
    return add(row);
}

bool Slotter::add(const CellRow& row) noexcept {
    follow_levels(row);
    const ResidualRow& residual = whitening_.push(row);
    if (rows_to_skip_ > 0) {
        --rows_to_skip_;
        return false;
    }
    if (filled_ == 0) slot_ = {};
    slot_.residuals[filled_++] = whole(residual);
    if (filled_ < slot_rows) return false;
    complete_slot();
    return true;
}

bool Slotter::finish() noexcept {
    if (rows_to_skip_ == whitening_look_ahead) return false;  // not one row came
    // The rows still in the filter's look-ahead come out behind copies of the last row; a slot can fill up meanwhile
    // only at its end, so the rest is simply dropped: 32 ms at most.
    for (int i = 0; i < whitening_look_ahead; ++i)
        if (add(last_row_)) return true;
    if (filled_ == 0) return false;
    complete_slot();
    return true;
}

void Slotter::follow_levels(const CellRow& row) noexcept {
    for (int band = 0; band < bands_; ++band) slot_peak_[band] = std::max(slot_peak_[band], row.log_energy[band]);
}

bool Slotter::alive(int chip, float dead_level) const noexcept {
    const auto lives = [&](int band) { return std::max(peak_[band], slot_peak_[band]) > dead_level; };
    return 2 * chip + 1 < bands_ && lives(2 * chip) && lives(2 * chip + 1);
}

float Slotter::dead_level() const noexcept {
    float loudest = nothing_heard;
    for (int band = 0; band < bands_; ++band) loudest = std::max({loudest, peak_[band], slot_peak_[band]});
    return loudest - dead_log;
}

WholeRow Slotter::prompt() const noexcept {
    WholeRow row = whole(whitening_.prompt_residual());
    const float dead = dead_level();
    for (int chip = 0; chip < padded_chip_bands; ++chip)
        if (!alive(chip, dead)) row[chip] = 0;
    return row;
}

void Slotter::complete_slot() noexcept {
    for (int band = 0; band < bands_; ++band)
        peak_[band] = std::max(slot_peak_[band], peak_[band] - forget_log_per_slot);
    slot_peak_.fill(nothing_heard);
    const float dead = dead_level();
    for (int chip = 0; chip < padded_chip_bands; ++chip) {
        if (alive(chip, dead)) continue;
        for (WholeRow& row : slot_.residuals) row[chip] = 0;
    }
    for (int i = 0; i < slot_rows; ++i) {
        float energy = 0;
        for (const std::int8_t r : slot_.residuals[i]) energy += static_cast<float>(r * r);
        slot_.sync_energy[i % chip_hops] += energy / 2;
    }
    slot_.empty = std::all_of(slot_.sync_energy.begin(), slot_.sync_energy.end(), [](float e) { return e == 0; });
    filled_ = 0;
}

}  // namespace earmark
