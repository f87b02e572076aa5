// A signal as the tracker sees it, the slots of its residuals, and as the searches through scales do, its power.
#pragma once

#include "dsp/detect/cells.hpp"
#include "dsp/detect/slotter.hpp"
#include "dsp/detect/spectrogram.hpp"
#include "dsp/detect/track.hpp"
#include "tests/support/signals.hpp"

namespace earmark::test {

inline std::vector<CellRow> rows_of(const Samples& samples, int rate) {
    std::vector<CellRow> rows;
    Cells cells(rate, [&](const CellRow& row) { rows.push_back(row); });
    cells.push(samples.data(), samples.size());
    cells.finish();
    return rows;
}

inline std::vector<Slot> slots_of(const std::vector<CellRow>& rows, int bands) {
    std::vector<Slot> slots;
    Slotter slotter(bands);
    for (const CellRow& row : rows)
        if (slotter.push(row)) slots.push_back(slotter.slot());
    if (slotter.finish()) slots.push_back(slotter.slot());
    return slots;
}

inline std::vector<Slot> slots_of(const Samples& samples, int rate) {
    return slots_of(rows_of(samples, rate), Cells(rate, {}).bands());
}

inline constexpr int stretch_rows = 16384;  // 65.5 s: what a search through scales sees at once

inline Spectrogram spectrogram_of(const Samples& samples, int rate) {
    const auto plan = std::make_shared<const CellPlan>(rate, spectrogram_top_hz);
    Spectrogram spectrogram(stretch_rows, static_cast<int>(plan->bins), plan->bin_hz(), rate / 2.0);
    const Cells* source = nullptr;
    Cells cells(plan, [&](const CellRow&) { spectrogram.push(source->power()); });
    source = &cells;
    cells.push(samples.data(), samples.size());
    cells.finish();
    return spectrogram;
}

// The slots together with what one key's correlator says of them.
class Evidence {
  public:
    Evidence(const std::vector<Slot>& slots, const Carrier& carrier, long long first_slot = 0)
        : correlations_(slots.size()) {
        const Correlator correlator(carrier);
        for (std::size_t s = 0; s < slots.size(); ++s) {
            correlator.correlate(slots[s], first_slot + static_cast<long long>(s), correlations_[s]);
            view_.push_back({&correlations_[s], &slots[s]});
        }
    }
    Evidence(std::vector<Slot>&&, const Carrier&, long long = 0) = delete;  // the slots stay with the caller
    std::span<const SlotEvidence> view() const { return view_; }

  private:
    std::vector<PhaseCorrelations> correlations_;
    std::vector<SlotEvidence> view_;
};

}  // namespace earmark::test
