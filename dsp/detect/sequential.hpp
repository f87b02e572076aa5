// The alarm: a sequential test over the first packet from any slot on, looked at with every row.
//
// In one packet every sign is used once, so for a phase and a strength x, fixed before, the product over the chips
// heard of exp(x c R) / cosh(x R) is a martingale of mean 1 whatever the audio, and so is a mixture over phases and
// strengths. P(it ever reaches 1 / p) <= p (Ville 1939): looking after every row costs nothing, and p is paid for only
// once for each place that the mark may begin at: every 64 ms, weighed as budget.hpp says. Of the products from one
// slot's places only the largest is kept, weight in, which the mixture of all is never below (Page's test): a place
// that a later one has overtaken stays behind it, as both go on by the same bets.
#pragma once

#include "dsp/detect/correlator.hpp"

#include <array>
#include <cstdint>

namespace earmark {

// What a row of residuals is worth to the tests of all keys: for each strength tried, what every pair of bands gives
// when the one or the other serves sync.
class RowBets {
  public:
    static constexpr int strengths = 2;
    RowBets(const WholeRow& residuals, int bands) noexcept;
    const simd::PairValues* values(std::size_t strength) const noexcept { return values_[strength].data(); }

    int pairs;

  private:
    std::array<std::array<simd::PairValues, padded_chip_bands / 2>, strengths> values_;  // of so many pairs
};

// Real time: nothing allocates. 17 kB.
class SequentialTest {
  public:
    SequentialTest() { restart(); }
    // Forgets what was heard; tests begin again with the next slot.
    void restart() noexcept;
    // The next row, counted from the start of the signal. True when the evidence grew beyond what it ever was.
    bool push(const RowBets& row_bets, long long row, const Correlator& correlator) noexcept;

    double log_evidence() const noexcept { return log_evidence_; }  // ln of the mixture, weights of place and phase in
    double log_q() const noexcept { return log_q_; }                // those weights
    long long first_slot() const noexcept { return first_slot_; }   // where the mark seems to begin
    int phase() const noexcept { return phase_; }

    template <class Archive>
    void exchange(Archive& archive) {
        archive(starts_, best_sum_, log_evidence_, log_q_, first_slot_, phase_);
        for (std::size_t start = 0; start < starts_.size(); ++start)
            if (starts_[start] >= 0) archive(sums_[start]);
    }

  private:
    static constexpr int packet_slots = packet_hops / slot_rows;
    static constexpr int strengths = RowBets::strengths;
    // For each remainder of the phase and each strength; index (packet row - row / chip_hops) modulo chip_rows.
    struct alignas(64) Turns : std::array<std::int32_t, chip_rows> {};  // as whole registers
    using Sums = std::array<std::array<Turns, strengths>, chip_hops>;

    void begin_slot(long long slot) noexcept;
    double mixture(const Sums& sums, int phase) const noexcept;
    void look(int start, int phase) noexcept;

    std::array<Sums, packet_slots> sums_{};          // of those that run: memory not touched before
    std::array<std::int64_t, packet_slots> starts_;  // first slot of each test; -1 = none
    std::array<std::int32_t, packet_slots> best_sum_;
    double log_evidence_, log_q_;
    long long first_slot_;
    int phase_;
};

}  // namespace earmark
