// From log energies to chip residuals: how much speaks for +, how much for -, of a chip's sign.
//
// A small perceptron looks at the neighbourhood that a linear filter would (Wiener's; design, section 4) and besides
// at how far the cells stand over the floor of their bands and under the loudest. It weighs what can be trusted: cells
// that noise or a codec has filled say nothing, and it makes less of them. Over the best linear filter of the same taps
// z grew by 17 % after GSM, 16 % after AMR 12.2, 32 % after AMR 4.75, 25 % in noise at 20 dB, 39 % at 10 dB, 41 % on
// mobile calls when nets were first trained, and by another 7 %, 3 %, 10 % after these codecs and 8 % on mobile calls
// since they are trained for z itself; clean speech lost 3 % in all (benchmarks/whitening). Any function of the audio
// will do for the bound (statistic.hpp).
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/carrier/chip_filter.hpp"
#include "dsp/carrier/grid.hpp"
#include "dsp/detect/cells.hpp"
#include "dsp/simd/kernels.hpp"

#include <array>
#include <cstdint>

namespace earmark {

// Residual of the chip whose first cell is centred on the row; band 0..30, then 0.
using ResidualRow = std::array<float, padded_chip_bands>;

inline constexpr int whitening_look_ahead = 8;
inline constexpr int prompt_look_ahead = 4;
inline constexpr int whitening_rows = 13;  // rows -4 .. +8
inline constexpr float residual_clip = 1;  // nepers of evidence, about
inline constexpr int net_inputs = whitening_taps + 3;

// Real time: no allocation.
class Whitening {
  public:
    explicit Whitening(int bands);  // bands below Nyquist
    void reset() noexcept;

    void push(const CellRow& row) noexcept;

    // Of the row whitening_look_ahead before the newest: means nothing before there is one.
    ResidualRow residual() const noexcept;

    // The same of the row prompt_look_ahead before the newest, by a smaller net that does without the rows still to
    // come: a little less certain, 16 ms sooner.
    ResidualRow prompt_residual() const noexcept;

    // For training: the log energies round the chip in `band` (0 .. 30), [hop][band], mean taken off; and what its net
    // is given, prompt or not.
    std::array<float, whitening_taps> neighbourhood(int band) const noexcept;
    std::array<float, net_inputs> inputs(int band, bool prompt) const noexcept;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(rows_, newest_, empty_, loudest_, floor_, chip_floor_);
    }

  private:
    // The bands of a row between copies of its edges, then nothing: [band + 1]. In steps of a net's input.
    using PaddedRow = std::array<std::int16_t, 2 * padded_chip_bands + 2>;

    using ChipRow = std::array<std::int16_t, padded_chip_bands>;
    struct Row {
        PaddedRow bands;
        ChipRow chips;         // mean of a chip's two bands
        std::int16_t loudest;  // band
        template <class Archive>
        void exchange(Archive& archive) {
            archive(bands, chips, loudest);
        }
    };

    // What the net sees of a row: its neighbourhood, the level of its loudest band, and of each chip its band, that
    // level under the loudest so far, and its own over the floor of its bands.
    struct View {
        std::array<const std::int16_t*, whitening_hops.size()> rows;
        std::int16_t level;
        std::array<const std::int16_t*, 3> more;
        ChipRow under_loudest, over_floor;
    };

    const Row& row_at(int hop) const noexcept;
    void follow_levels(const Row& row) noexcept;
    void look(int age, View& view) const noexcept;  // at the row so many before the newest
    ResidualRow read(const simd::ChipNet& net, int age) const noexcept;

    const simd::Kernels& kernels_;
    int chip_bands_;
    std::array<Row, whitening_rows> rows_{};  // a ring
    int newest_ = 0;
    bool empty_ = true;
    std::int16_t loudest_ = 0;  // level of the loudest band, slowly forgotten
    PaddedRow floor_{};         // the least level of every band, slowly rising
    ChipRow chip_floor_{};      // mean of that of a chip's two bands
};

}  // namespace earmark
