// Looks for the slow layer of a mark (dsp/carrier/grid.hpp) at other tempi and other pitches: what a phase vocoder
// leaves. Its windows of 50 to 130 ms smear the chips away, whose halves in time cancel, and pass the slow ones, which
// last 64 ms and lean the same way all along.
//
// The statistic is that of statistic.hpp over the 448 slow signs, which are independent of every other: the stretch is
// folded on the packet at one pair of scales and one of 256 phases, so every sign is used once, and the weights of
// scale_grid.hpp count all pairs and phases, whether looked at or not.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/scale_grid.hpp"
#include "dsp/detect/spectrogram.hpp"
#include "dsp/detect/verdict.hpp"

#include <array>
#include <vector>

namespace earmark {

inline constexpr int slow_hops = 2;  // of 4 ms, between the rows looked at

// Of every slow chip's band what its lower half has more than its upper one; the last stays 0.
using SlowRow = std::array<float, slow_bands + 1>;

// What searches of at most so many received rows are made in, 0.5 MB at 65 s.
struct SlowMemory {
    explicit SlowMemory(int most_rows) { rows.reserve(static_cast<std::size_t>(most_rows / slow_hops) + 1); }
    std::vector<SlowRow> rows;
};

class SlowSearch {
  public:
    explicit SlowSearch(const Carrier& carrier);

    // The best of all hypotheses about the received rows [from, until), as a verdict of at most one segment; its times
    // are on the received signal's clock. log_weight and p_max as in judge(). Real time: allocates nothing where
    // `verdict` has capacity.
    void search(const Spectrogram& spectrogram, long long from, long long until, double log_weight, double p_max,
                SlowMemory& memory, StretchVerdict& verdict) const;

  private:
    // Sign at [band][i]: row (31 - i) modulo 32, twice over, so that the 32 phases of a step lie side by side.
    using SignTable = std::array<std::array<float, 2 * slow_rows>, slow_bands>;

    struct Hypothesis {
        ScaleSteps steps;
        int phase = 0;          // place in the fold at which the first slow chip begins
        double log_likely = 0;  // z^2 / 2 plus the weight; to choose by
    };
    void try_scale(const std::vector<SlowRow>& rows, ScaleSteps steps, Hypothesis& best) const;
    double exponent(const std::vector<SlowRow>& rows, const Hypothesis& at) const;
    using SlotSums = std::array<SlotSum, most_track_slots + 1>;
    SlotSums sum_slots(const std::vector<SlowRow>& rows, const Hypothesis& at) const;

    SignTable signs_{};
};

}  // namespace earmark
