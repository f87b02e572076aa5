// Looks for the mark of one key at other scales of time and frequency than those it was made at.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/correlator.hpp"
#include "dsp/detect/scale_grid.hpp"
#include "dsp/detect/scale_scan.hpp"
#include "dsp/detect/spectrogram.hpp"
#include "dsp/detect/verdict.hpp"

namespace earmark {

// A stretch of the received signal, held in a spectrogram.
struct ReceivedRows {
    const Spectrogram& spectrogram;
    long long from, until;  // the whole stretch
    long long fresh;        // rows from here on were in no earlier stretch
};

// Whether a verdict at (1, 1) leaves nothing to ask: a mark over most of the stretch whose phase hardly moves. One that
// jumps along may be the shadow of another scale. log_weight: what was given to judge().
bool settled_unscaled(const StretchVerdict& verdict, double stretch_s, double log_weight);

// Coarse to fine: scan -> candidates -> exact reading of each, moved to the best point of the lattice -> verdict.
class ScaleSearch {
  public:
    explicit ScaleSearch(const Carrier& carrier);

    // The best verdict at any scale but (1, 1), its times on the received signal's clock; log10_p 0 when nothing spoke
    // for any. `log_weight` and `p_max` as in judge(); the scale's own weight is added here. Where the mark is
    // `settled` at (1, 1), only its neighbourhood is looked through. Where the last search found a mark, the next one
    // looks at that scale first, and no further if it is there.
    StretchVerdict search(const ReceivedRows& rows, double log_weight, double p_max, bool settled);
    void reset() noexcept { last_ = {}; }

  private:
    const Carrier& carrier_;
    Correlator correlator_;
    ScaleScan scan_;
    ScaleSteps last_;
};

}  // namespace earmark
