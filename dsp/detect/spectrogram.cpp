#include "dsp/detect/spectrogram.hpp"

#include "dsp/detect/cells.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace earmark {
namespace {

// Natural logarithm to 1e-5, for positive normal numbers, in operations that a compiler can vectorise: the exponent and
// a polynomial through Chebyshev nodes of the mantissa.
float fast_log(float x) {
    const auto bits = std::bit_cast<std::int32_t>(x);
    const float exponent = static_cast<float>((bits >> 23) - 127);
    const float m = std::bit_cast<float>((bits & 0x7fffff) | 0x3f800000) - 1;
    const float poly = ((((-0.02397957f * m + 0.10150005f) * m - 0.21029370f) * m + 0.32529515f) * m - 0.49937260f) * m;
    return exponent * 0.69314718f + m * (poly + 0.99999183f);
}

}  // namespace

Spectrogram::Spectrogram(int most_rows, int bins, double bin_hz, double nyquist_hz)
    : most_rows_(most_rows),
      bins_(static_cast<std::size_t>(std::min(bins, most_spectrogram_bins))),
      bin_hz_(bin_hz),
      nyquist_hz_(nyquist_hz),
      rows_(static_cast<std::size_t>(most_rows) * bins_) {}

void Spectrogram::push(std::span<const float> power) noexcept {
    std::uint16_t* row = rows_.data() + static_cast<std::size_t>(end_row_ % most_rows_) * bins_;
    const std::size_t count = std::min(bins_, power.size());
    for (std::size_t bin = 0; bin < count; ++bin)
        row[bin] = static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(power[bin]) + 0x8000) >> 16);
    std::fill(row + count, row + bins_, std::uint16_t{0});
    ++end_row_;
}

ScaledBands::ScaledBands(const Spectrogram& spectrogram, double frequency_scale) : spectrogram_(spectrogram) {
    const double bin_hz = spectrogram.bin_hz();
    for (int band = 0; band < grid_bands; ++band) {
        const double low = (first_band_hz + band * band_hz) * frequency_scale, high = low + band_hz * frequency_scale;
        const int first = static_cast<int>(std::floor(low / bin_hz + 0.5));
        if (high > 0.99 * spectrogram.nyquist_hz() || first >= spectrogram.bins()) break;
        first_bin_[band] = first;
        for (int tap = 0; tap < most_taps; ++tap) {
            const double overlap =
                std::min(high, (first + tap + 0.5) * bin_hz) - std::max(low, (first + tap - 0.5) * bin_hz);
            if (overlap <= 0) break;
            shares_[tap][band] = static_cast<float>(overlap / bin_hz / frequency_scale);
            taps_ = std::max(taps_, tap + 1);
        }
        bands_ = band + 1;
    }
}

void ScaledBands::read(long long row, BandEnergies& out) noexcept {
    const auto packed = spectrogram_.row(row);
    for (std::size_t bin = 0; bin < packed.size(); ++bin)
        power_[bin] = std::bit_cast<float>(static_cast<std::uint32_t>(packed[bin]) << 16);
    out.fill(energy_floor);
    for (int tap = 0; tap < taps_; ++tap)
        for (int band = 0; band < bands_; ++band) out[band] += shares_[tap][band] * power_[first_bin_[band] + tap];
    for (float& energy : out) energy = fast_log(energy);
}

}  // namespace earmark
