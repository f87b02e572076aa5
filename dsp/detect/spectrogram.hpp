// The last stretch of a signal as power of every bin, kept to be read again at other scales of time and frequency.
#pragma once

#include "dsp/carrier/grid.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace earmark {

// How the received signal plays beside the marked one: time 1.1 = 1.1 times as fast, frequency 1.1 = every frequency
// 1.1 times as high. A tape that runs fast changes both alike.
struct Scale {
    double time = 1, frequency = 1;
    bool operator==(const Scale&) const = default;
};

inline constexpr double greatest_frequency_scale = 1.25;
// The highest frequency that any reading looks at; a spectrogram needs no bins above.
inline constexpr double spectrogram_top_hz = greatest_frequency_scale * (first_band_hz + grid_bands * band_hz);
inline constexpr int most_spectrogram_bins = 288;  // 34 Hz or more apart, at every rate

// A ring of rows, one each 4 ms of the received signal, 16 bits a bin (the upper half of a float: 0.02 dB). 65.5 s at
// 16 kHz take 6.3 MB. Real time: push() allocates nothing.
class Spectrogram {
  public:
    Spectrogram(int most_rows, int bins, double bin_hz, double nyquist_hz);
    void reset() noexcept { end_row_ = 0; }
    void push(std::span<const float> power) noexcept;  // of `bins` bins, more are left out

    // Rows are counted from the start of the signal; those of [first_row, end_row) are held.
    long long first_row() const noexcept { return end_row_ < most_rows_ ? 0 : end_row_ - most_rows_; }
    long long end_row() const noexcept { return end_row_; }
    std::span<const std::uint16_t> row(long long row) const noexcept {
        return {rows_.data() + static_cast<std::size_t>(row % most_rows_) * bins_, bins_};
    }
    int bins() const noexcept { return static_cast<int>(bins_); }
    double bin_hz() const noexcept { return bin_hz_; }
    double nyquist_hz() const noexcept { return nyquist_hz_; }

    template <class Archive>
    void exchange(Archive& archive) {
        archive(end_row_, rows_);
    }

  private:
    long long most_rows_, end_row_ = 0;
    std::size_t bins_;
    double bin_hz_, nyquist_hz_;
    std::vector<std::uint16_t> rows_;
};

using BandEnergies = std::array<float, 64>;  // natural logarithm; those above Nyquist stay at the floor

// Reads the log energy of the grid's bands where a frequency scale has put them. Not for two threads at once. Real
// time: allocates nothing.
class ScaledBands {
  public:
    ScaledBands(const Spectrogram& spectrogram, double frequency_scale);
    int bands() const noexcept { return bands_; }  // below Nyquist
    void read(long long row, BandEnergies& out) noexcept;

  private:
    static constexpr int most_taps = 6;  // bins that a band touches: 125 Hz * 1.25 at 40 Hz or more a bin

    const Spectrogram& spectrogram_;
    int bands_ = 0, taps_ = 0;
    std::array<int, 64> first_bin_{};
    std::array<std::array<float, 64>, most_taps> shares_{};  // [tap][band]
    std::array<float, most_spectrogram_bins + most_taps> power_{};
};

}  // namespace earmark
