#include "dsp/detect/whitening.hpp"

#include "dsp/detect/prompt_taps.hpp"

#include <algorithm>

namespace earmark {

static_assert(trained_prompt_taps.size() == prompt_taps);

Whitening::Whitening(int bands) : kernels_(simd::kernels()), chip_bands_(bands / 2) {}

void Whitening::reset() noexcept {
    empty_ = true;
}

const Whitening::PaddedRow& Whitening::row_at(int hop) const noexcept {
    return rows_[(newest_ - whitening_look_ahead + hop + 2 * whitening_rows) % whitening_rows];
}

const ResidualRow& Whitening::push(const CellRow& row) noexcept {
    newest_ = (newest_ + 1) % whitening_rows;
    PaddedRow& newest = rows_[newest_];
    // Edge bands repeat; the taps of a row add up to about nothing, so that a level means nothing.
    const int last = 2 * chip_bands_ - 1;
    newest.fill(0);
    newest[0] = row.log_energy[0];
    std::copy_n(row.log_energy.begin(), last + 1, newest.begin() + 1);
    newest[last + 2] = row.log_energy[last];
    if (empty_) rows_.fill(PaddedRow(newest));  // before the first row: the first row
    empty_ = false;

    std::array<const float*, whitening_hops.size()> rows;
    for (std::size_t h = 0; h < rows.size(); ++h) rows[h] = row_at(whitening_hops[h]).data();
    filter(rows, trained_whitening_taps.data(), residual_);
    return residual_;
}

ResidualRow Whitening::prompt_residual() const noexcept {
    constexpr int later = whitening_look_ahead - prompt_look_ahead;
    std::array<const float*, trained_prompt_taps.size() / whitening_bands.size()> rows;
    for (std::size_t h = 0; h < rows.size(); ++h) rows[h] = row_at(whitening_hops[h] + later).data();
    ResidualRow residual;
    filter(rows, trained_prompt_taps.data(), residual);
    return residual;
}

void Whitening::filter(std::span<const float* const> rows, const float* taps, ResidualRow& residual) const noexcept {
    constexpr int at_once = 16;
    const int count = (chip_bands_ + at_once - 1) / at_once * at_once;
    kernels_.chip_filter(rows.data(), static_cast<int>(rows.size()), taps, count, trained_whitening_clip,
                         residual.data());
    std::fill(residual.begin() + chip_bands_, residual.end(), 0.0f);
}

std::array<float, whitening_taps> Whitening::neighbourhood(int band) const noexcept {
    std::array<float, whitening_taps> values{};
    float mean = 0;
    std::size_t i = 0;
    for (const int hop : whitening_hops)
        for (const int offset : whitening_bands)
            mean += values[i++] = row_at(hop)[1 + std::clamp(2 * band + offset, 0, 2 * chip_bands_ - 1)];
    for (float& value : values) value -= mean / whitening_taps;
    return values;
}

}  // namespace earmark
