#include "dsp/detect/whitening.hpp"

#include <algorithm>

namespace earmark {

Whitening::Whitening(int bands) : chip_bands_(bands / 2) {}

void Whitening::reset() noexcept {
    empty_ = true;
}

const CellRow& Whitening::row_at(int hop) const noexcept {
    return rows_[(newest_ - whitening_look_ahead + hop + 2 * whitening_rows) % whitening_rows];
}

const ResidualRow& Whitening::push(const CellRow& row) noexcept {
    if (empty_) rows_.fill(row);  // before the first row: the first row
    empty_ = false;
    newest_ = (newest_ + 1) % whitening_rows;
    rows_[newest_] = row;

    residual_.fill(0);
    for (std::size_t h = 0; h < whitening_hops.size(); ++h) add_row(h, row_at(whitening_hops[h]), residual_);
    clip(residual_);
    return residual_;
}

ResidualRow Whitening::prompt_residual() const noexcept {
    ResidualRow residual{};
    for (std::size_t h = 0; h < whitening_hops.size(); ++h) {
        const int hop = std::min(whitening_hops[h] - prompt_look_ahead, 0);  // from the newest row
        add_row(h, row_at(whitening_look_ahead + hop), residual);
    }
    clip(residual);
    return residual;
}

void Whitening::add_row(std::size_t tap_row, const CellRow& row, ResidualRow& residual) const noexcept {
    // Edge bands repeat; the taps of a row add up to about nothing, so that a level means nothing.
    std::array<float, 2 * padded_chip_bands + 4> bands;
    const auto& energy = row.log_energy;
    const int last = 2 * chip_bands_ - 1;
    bands[0] = energy[0];
    std::copy_n(energy.begin(), last + 1, bands.begin() + 1);
    bands[last + 2] = energy[last];
    const float* taps = trained_whitening_taps.data() + tap_row * whitening_bands.size();
    for (int band = 0; band < chip_bands_; ++band)
        for (std::size_t b = 0; b < whitening_bands.size(); ++b) residual[band] += taps[b] * bands[2 * band + b];
}

void Whitening::clip(ResidualRow& residual) const noexcept {
    for (int band = 0; band < chip_bands_; ++band)
        residual[band] = std::clamp(residual[band], -trained_whitening_clip, trained_whitening_clip);
}

std::array<float, whitening_taps> Whitening::neighbourhood(int band) const noexcept {
    std::array<float, whitening_taps> values{};
    float mean = 0;
    std::size_t i = 0;
    for (const int hop : whitening_hops)
        for (const int offset : whitening_bands)
            mean += values[i++] = row_at(hop).log_energy[std::clamp(2 * band + offset, 0, 2 * chip_bands_ - 1)];
    for (float& value : values) value -= mean / whitening_taps;
    return values;
}

}  // namespace earmark
