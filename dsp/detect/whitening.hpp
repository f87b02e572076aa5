// From log energies to chip residuals: what of a chip's pattern the neighbourhood does not explain.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/carrier/chip_filter.hpp"
#include "dsp/carrier/grid.hpp"
#include "dsp/detect/cells.hpp"
#include "dsp/simd/kernels.hpp"

#include <array>
#include <span>

namespace earmark {

// Residual of the chip whose first cell is centred on the row; band 0..30, then 0.
using ResidualRow = std::array<float, padded_chip_bands>;

inline constexpr int whitening_look_ahead = 8;
inline constexpr int prompt_look_ahead = 4;
inline constexpr int prompt_taps = 20;     // those of the rows up to +4
inline constexpr int whitening_rows = 13;  // rows -4 .. +8

// A linear filter over the neighbourhood, trained to tell chip signs apart (chip_filter_taps.hpp says from what), then
// clipped: matched filter and host prediction in one. Real time: no allocation.
class Whitening {
  public:
    explicit Whitening(int bands);  // bands below Nyquist
    void reset() noexcept;

    // Takes the next row; gives the residuals of the row whitening_look_ahead before it.
    // The first whitening_look_ahead results belong to rows before the start and are to be thrown away.
    const ResidualRow& push(const CellRow& row) noexcept;

    // The same of the row prompt_look_ahead before the newest, by a filter that does without the rows still to come: a
    // little less certain, 16 ms sooner.
    ResidualRow prompt_residual() const noexcept;

    // The regressors of the chip in `band` (0 .. 30), for training: [hop][band], mean taken off.
    std::array<float, whitening_taps> neighbourhood(int band) const noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(rows_, newest_, empty_);
    }

  private:
    // The bands of a row between copies of its edges, then nothing: [band + 1].
    using PaddedRow = std::array<float, 2 * padded_chip_bands + 2>;

    const PaddedRow& row_at(int hop) const noexcept;
    void filter(std::span<const float* const> rows, const float* taps, ResidualRow& residual) const noexcept;

    const simd::Kernels& kernels_;
    int chip_bands_;
    std::array<PaddedRow, whitening_rows> rows_{};  // a ring
    int newest_ = 0;
    bool empty_ = true;
    ResidualRow residual_{};
};

}  // namespace earmark
