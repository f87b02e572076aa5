#include "dsp/detect/scaled_slots.hpp"

#include "dsp/detect/cells.hpp"
#include "dsp/detect/slotter.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

// Log energies at places between two rows: a Hann window of 24 ms moves little in 4 ms, so that a straight line does.
class RowsBetween {
  public:
    RowsBetween(ScaledBands& bands, long long last) : bands_(bands), last_(last) {}

    void read(double place, CellRow& out) {
        const long long row = std::min(static_cast<long long>(std::floor(place)), last_);
        if (row != row_) advance_to(row);
        const float share = static_cast<float>(place - static_cast<double>(row));
        for (int band = 0; band < grid_bands; ++band)
            out.log_energy[band] = here_[band] + share * (next_[band] - here_[band]);
    }

  private:
    void advance_to(long long row) {
        if (row == row_ + 1 && row_ >= 0)
            here_ = next_;
        else
            bands_.read(row, here_);
        bands_.read(std::min(row + 1, last_), next_);
        row_ = row;
    }

    ScaledBands& bands_;
    long long last_, row_ = -1;
    BandEnergies here_{}, next_{};
};

}  // namespace

void slots_at(const Spectrogram& spectrogram, Scale scale, long long from, long long until, ScaledSlots& out) {
    out.slots.clear();
    const auto keep = [&](const Slot& slot) {
        if (out.slots.size() < out.slots.capacity()) out.slots.push_back(slot);
    };
    ScaledBands bands(spectrogram, scale.frequency);
    RowsBetween rows(bands, until - 1);
    Slotter slotter(bands.bands());
    out.first_slot = static_cast<long long>(std::ceil(static_cast<double>(from) * scale.time / slot_rows));
    CellRow row{{}, true};
    for (long long hop = out.first_slot * slot_rows;; ++hop) {
        const double place = static_cast<double>(hop) / scale.time;
        if (place >= static_cast<double>(until)) break;
        rows.read(place, row);
        if (slotter.push(row)) keep(slotter.slot());
    }
    if (slotter.finish()) keep(slotter.slot());
}

}  // namespace earmark
