#include "dsp/embed/host_rejection.hpp"

#include "dsp/carrier/chip_filter.hpp"

#include <algorithm>

namespace earmark {
namespace {

constexpr float largest_reading = trained_whitening_clip;
constexpr int first_cell_middle = 2;  // hop at which the first cell of a chip is centred: the row the filter names 0

}  // namespace

void HostRejection::reset() noexcept {
    for (auto& frame : levels_) frame.fill(0);
    newest_ = 0;
}

std::span<const float, chip_bands> HostRejection::factors(const BandLevels& newest, int hop_in_chip,
                                                          std::span<const float, grid_bands> cell_signs) noexcept {
    newest_ = (newest_ + 1) % frames;
    auto& frame = levels_[newest_];
    std::copy(newest.begin(), newest.end(), frame.begin() + 1);
    frame.front() = newest.front();
    frame.back() = newest.back();

    std::array<float, chip_bands> readings{};
    const int newest_row = hop_in_chip - first_cell_middle + look_ahead;
    for (std::size_t h = 0; h < whitening_hops.size(); ++h) {
        const int age = std::max(0, newest_row - whitening_hops[h]);
        const auto& row = levels_[(newest_ - age + frames) % frames];
        const float* taps = trained_whitening_taps.data() + h * whitening_bands.size();
        for (int chip = 0; chip < chip_bands; ++chip)
            for (std::size_t b = 0; b < whitening_bands.size(); ++b) readings[chip] += taps[b] * row[2 * chip + b];
    }
    // The pattern of a chip begins with + in even cells and - in odd ones (chip_pattern); its sign is taken off with
    // it.
    const float pattern = hop_in_chip < cell_hops ? 1.0f : -1.0f;
    for (int chip = 0; chip < chip_bands; ++chip) {
        const float reading = std::clamp(readings[chip], -largest_reading, largest_reading);
        factors_[chip] = 1 - strength_ * pattern * cell_signs[2 * chip] * reading;
    }
    return factors_;
}

}  // namespace earmark
