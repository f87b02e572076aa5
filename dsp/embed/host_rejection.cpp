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
    frame[grid_bands + 1] = newest.back();

    std::array<const float*, whitening_hops.size()> rows;
    const int newest_row = hop_in_chip - first_cell_middle + look_ahead;
    for (std::size_t h = 0; h < whitening_hops.size(); ++h) {
        const int age = std::max(0, newest_row - whitening_hops[h]);
        rows[h] = levels_[(newest_ - age + frames) % frames].data();
    }
    kernels_.chip_filter(rows.data(), static_cast<int>(rows.size()), trained_whitening_taps.data(), padded_chip_bands,
                         largest_reading, readings_.data());
    // The pattern of a chip begins with + in even cells and - in odd ones (chip_pattern); its sign is taken off with
    // it.
    const float pattern = hop_in_chip < cell_hops ? 1.0f : -1.0f;
    for (int chip = 0; chip < chip_bands; ++chip)
        factors_[chip] = 1 - strength_ * pattern * cell_signs[2 * chip] * readings_[chip];
    return factors_;
}

}  // namespace earmark
