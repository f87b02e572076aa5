#include "dsp/detect/whitening.hpp"

#include "dsp/detect/prompt_taps.hpp"
#include "dsp/detect/whitening_taps.hpp"

#include <algorithm>

namespace earmark {

static_assert(trained_whitening_taps.size() == whitening_taps && trained_prompt_taps.size() == prompt_taps);

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
    for (std::size_t h = 0; h < whitening_hops.size(); ++h)
        add_row(trained_whitening_taps.data() + h * whitening_bands.size(), row_at(whitening_hops[h]), residual_);
    clip(residual_);
    return residual_;
}

ResidualRow Whitening::prompt_residual() const noexcept {
    ResidualRow residual{};
    constexpr int later = whitening_look_ahead - prompt_look_ahead;
    for (std::size_t h = 0; h < trained_prompt_taps.size() / whitening_bands.size(); ++h)
        add_row(trained_prompt_taps.data() + h * whitening_bands.size(), row_at(whitening_hops[h] + later), residual);
    clip(residual);
    return residual;
}

void Whitening::add_row(const float* taps, const CellRow& row, ResidualRow& residual) const noexcept {
    // Edge bands repeat; the taps of a row add up to about nothing, so that a level means nothing.
    std::array<float, 2 * padded_chip_bands + 4> bands;
    const auto& energy = row.log_energy;
    const int last = 2 * chip_bands_ - 1;
    bands[0] = energy[0];
    std::copy_n(energy.begin(), last + 1, bands.begin() + 1);
    bands[last + 2] = energy[last];
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
