// Geometry of the mark in physical units, so that every sample rate agrees (design: cell, chip, packet).
#pragma once

namespace earmark {

inline constexpr double cell_s = 0.016;  // a cell is 16 ms
inline constexpr double band_hz = 125;   // by 125 Hz
// Lower edge of band 0. The embedder's bins lie 62.5 Hz apart at the usual rates: with edges half way between bins
// every band holds two of them, evenly, and the detector's bands are centred on what was changed. Edges on the bins
// themselves (125 Hz) put the mark 31 Hz under its bands and cost 5 to 10 % of z in every row measured, taps retrained
// for each.
inline constexpr double first_band_hz = 93.75;
inline constexpr int grid_bands = 62;     // to 7,844 Hz; a band above the host's Nyquist does not exist
inline constexpr int packet_cells = 128;  // 2.048 s, then the carrier repeats

// A chip is 2 cells by 2 bands with the fixed signs (+ - / - +) times one keyed sign: it leaves the energy and the slow
// envelope of its critical band alone.
inline constexpr int chip_bands = grid_bands / 2;   // 31
inline constexpr int chip_rows = packet_cells / 2;  // 64
inline constexpr int packet_chips = chip_rows * chip_bands;

// Detection looks every quarter of a cell.
inline constexpr double hop_s = 0.004;
inline constexpr int cell_hops = 4;
inline constexpr int chip_hops = 2 * cell_hops;
inline constexpr int packet_hops = packet_cells * cell_hops;  // 512

// Sign of one cell inside its chip.
constexpr int chip_pattern(int cell, int band) {
    return ((cell + band) & 1) == 0 ? 1 : -1;
}

// Above 4 kHz a second, slower layer goes with the chips: a slow chip is 4 cells by the 2 bands of a chip, + on the
// lower and - on the upper, times one keyed sign. What smears a chip away, whose halves in time cancel, leaves this
// one: a phase vocoder with long windows. Below, telephone codecs need all there is for the chips.
inline constexpr int slow_cells = 4;
inline constexpr int slow_rows = packet_cells / slow_cells;  // 32
inline constexpr int first_slow_chip = 17;                   // of 31: from 4,344 Hz, above what STOI hears
inline constexpr int slow_bands = chip_bands - first_slow_chip;
inline constexpr int slow_chips = slow_rows * slow_bands;  // 448

// Sign of one band inside a slow chip.
constexpr int slow_pattern(int band) {
    return (band & 1) == 0 ? 1 : -1;
}

}  // namespace earmark
