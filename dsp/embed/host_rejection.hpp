// Host rejection (improved spread spectrum: Malvar and Florencio, IEEE Trans. Signal Processing 51(4), 2003): where the
// host's own log energies already speak for a chip's sign the mark goes shallower, where they speak against it deeper.
//
// What the detector's filter will read of the host is foreseen from the frames known so far, two hops beyond the frame
// being marked, so nothing is added to the latency; rows of the filter still to come are taken to equal the newest one.
#pragma once

#include "dsp/carrier/grid.hpp"
#include "dsp/simd/kernels.hpp"

#include <array>
#include <span>

namespace earmark {

// Log energy (natural, of power) of every band of the grid in one frame.
using BandLevels = std::array<float, grid_bands>;

// Real time: no allocation.
class HostRejection {
  public:
    static constexpr int look_ahead = 2;  // hops between the newest frame known and the frame marked

    // strength: share of the depth given away for one unit of the filter's reading (its deviation on speech is about
    // 1). Measured on the tuning speakers: 0.15 costs nothing that PESQ, STOI or SI-SNR can see; 0.25 and more cost
    // about what the same evidence costs by depth.
    explicit HostRejection(float strength) : kernels_(simd::kernels()), strength_(strength) { reset(); }
    void reset() noexcept;

    // newest: the frame look_ahead hops after the one to be marked. hop_in_chip: 0 .. 7, the frame's place in its row
    // of chips. cell_signs: of its cell, one a band; weighed by the shares of the depth, a chip of a greater share is
    // rejected by as much more. Returns the factor of the depth for each band of chips.
    std::span<const float, chip_bands> factors(const BandLevels& newest, int hop_in_chip,
                                               std::span<const float, grid_bands> cell_signs) noexcept;

  private:
    static constexpr int frames = 16;  // a power of 2 above the 13 rows of the filter and the look-ahead

    static constexpr int padded_chip_bands = 32;

    const simd::Kernels& kernels_;
    // A ring; the edge bands stand twice, and behind them nothing.
    std::array<std::array<float, 2 * padded_chip_bands + 2>, frames> levels_{};
    std::array<float, padded_chip_bands> readings_{};
    float strength_;
    std::array<float, chip_bands> factors_{};
    int newest_ = 0;
};

}  // namespace earmark
