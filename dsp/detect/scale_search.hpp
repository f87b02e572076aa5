// Looks for the mark of one key at other scales of time and frequency than those it was made at.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/correlator.hpp"
#include "dsp/detect/scale_grid.hpp"
#include "dsp/detect/scale_scan.hpp"
#include "dsp/detect/scaled_slots.hpp"
#include "dsp/detect/slow_search.hpp"
#include "dsp/detect/spectrogram.hpp"
#include "dsp/detect/verdict.hpp"

namespace earmark {

// A stretch of the received signal, held in a spectrogram.
struct ReceivedRows {
    const Spectrogram& spectrogram;
    long long from, until;  // the whole stretch
    long long fresh;        // rows from here on were in no earlier stretch
};

// `verdict` becomes the stronger of two on one stretch, and what the other found beside it: a recording may be partly
// sped up. Not beyond the capacity of its segments. What is left in `other` means nothing.
void strengthen(StretchVerdict& verdict, StretchVerdict& other);

// What searches of stretches of at most so many received rows are made in, 7 MB: everything is reserved here.
struct ScaleMemory {
    ScaleMemory(int most_rows, bool scores);

    ScanMemory scan;
    SlowMemory slow;
    // The slots of a stretch at one scale, and what the key says of them.
    ScaledSlots scaled;
    std::vector<PhaseCorrelations> correlations;
    std::vector<SlotEvidence> evidence;
    Tracker tracker;
    TrackList tracks;
    Despreader despreader;
    StretchVerdict verdict, found;  // at one scale; at all together
};

// Coarse to fine: scan -> candidates -> exact reading of each, moved to the best point of the lattice -> verdict. Where
// that reads nothing and finds little, the slow layer is asked.
class ScaleSearch {
  public:
    explicit ScaleSearch(const Carrier& carrier);

    // What stands at other scales than (1, 1), its times on the received signal's clock; log10_p 0 when nothing spoke
    // for any. `unscaled`: the verdict on the same stretch at (1, 1); where it leaves nothing to ask, only its
    // neighbourhood is looked through. `log_weight` and `p_max` as in judge(); the scale's own weight is added here.
    // Where the last search found a mark, the next one looks at that scale first, and no further if it is there.
    // The verdict stands in the memory, which serves one search at a time. Real time: allocates nothing.
    StretchVerdict& search(const ReceivedRows& rows, const StretchVerdict& unscaled, double log_weight, double p_max,
                           ScaleMemory& memory);
    void reset() noexcept { last_ = {}; }

    template <class Archive>
    void exchange(Archive& archive) {
        archive(last_);
    }

  private:
    void judge_at(const ReceivedRows& rows, ScaleSteps steps, double log_weight, double p_max,
                  ScaleMemory& memory) const;

    const Carrier& carrier_;
    Correlator correlator_;
    ScaleScan scan_;
    SlowSearch slow_;
    ScaleSteps last_;
};

}  // namespace earmark
