#include "dsp/detect/sequential.hpp"

#include "dsp/carrier/chip_filter.hpp"
#include "dsp/detect/budget.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace earmark {
namespace {

// What is bet on a chip, per unit of its residual: the more for channels that keep what a residual promises, the less
// for those that do not. On the speakers for tuning, behind G.711, bets of 1 and 2 or of 1.5 and 3, weights 0.2 and
// 0.8, are as soon; behind GSM they are 3 % and 9 % later (benchmarks/detection_delay.py --split train, means).
constexpr std::array<double, 2> strengths_tried{0.75, 2.25};
constexpr std::array<double, 2> strength_weights{0.3, 0.7};
constexpr double steps_per_neper = 512;

// Of a residual in the even and in the odd band of a pair, what each adds to the pair's values.
using Bet = std::array<std::int16_t, 4>;
struct PairBets {
    Bet even, odd;
};

// Whole numbers, so that sums are the same in any order: the stake may be any function of the residual, and the price,
// rounded up, is no less than ln cosh of it.
using Bets = std::array<std::array<PairBets, 2 * largest_residual + 1>, strengths_tried.size()>;
const Bets bets = [] {
    Bets table{};
    for (std::size_t s = 0; s < table.size(); ++s)
        for (int residual = -largest_residual; residual <= largest_residual; ++residual) {
            const double size = strengths_tried[s] * residual * residual_clip / largest_residual;
            const double stake = std::round(size * steps_per_neper);
            const double price = std::ceil(std::log(std::cosh(stake / steps_per_neper)) * steps_per_neper);
            const auto plus = static_cast<std::int16_t>(stake - price),
                       minus = static_cast<std::int16_t>(-stake - price);
            table[s][static_cast<std::size_t>(residual + largest_residual)] = {{plus, 0, minus, 0},
                                                                               {0, plus, 0, minus}};
        }
    return table;
}();

constexpr std::int32_t nothing = -1000000000;
constexpr int place_rows = slot_rows / places_in_slot;
static_assert(place_rows % chip_hops == 0);

// What the sums of a test start from in this row, in steps, rounded down: the weight of a place, in the first row at or
// behind it that has the remainder of the phase.
std::int32_t place_begun(long long slot, long long row) {
    if (row / slot_rows != slot || row % place_rows >= chip_hops) return nothing;
    const double log_weight = log_place_weight(slot, static_cast<int>(row % slot_rows / place_rows));
    return static_cast<std::int32_t>(std::floor(log_weight * steps_per_neper));
}

}  // namespace

RowBets::RowBets(const WholeRow& residuals, int bands) noexcept : pairs((bands + 1) / 2) {
    for (int pair = 0; pair < pairs; ++pair) {
        const int even = residuals[static_cast<std::size_t>(2 * pair)];
        const int odd = 2 * pair + 1 < bands ? residuals[static_cast<std::size_t>(2 * pair + 1)] : 0;
        for (std::size_t s = 0; s < strengths_tried.size(); ++s) {
            const auto of_even =
                std::bit_cast<std::uint64_t>(bets[s][static_cast<std::size_t>(even + largest_residual)].even);
            const auto of_odd =
                std::bit_cast<std::uint64_t>(bets[s][static_cast<std::size_t>(odd + largest_residual)].odd);
            const std::array<std::uint64_t, 2> both{of_even | of_odd, 0};
            values_[s][static_cast<std::size_t>(pair)] = std::bit_cast<simd::PairValues>(both);
        }
    }
}

void SequentialTest::restart() noexcept {
    starts_.fill(-1);
    best_sum_.fill(nothing);
    log_evidence_ = -1e9;
    log_q_ = 0;
    first_slot_ = 0;
    phase_ = 0;
}

bool SequentialTest::push(const RowBets& row_bets, long long row, const Correlator& correlator) noexcept {
    if (row % slot_rows == 0) begin_slot(row / slot_rows);
    const double before = log_evidence_;
    const auto remainder = static_cast<std::size_t>(row % chip_hops);
    const int turn = static_cast<int>(row / chip_hops % chip_rows);
    std::array<int, packet_slots> running;
    std::array<std::int32_t, packet_slots> least;
    int count = 0;
    for (int start = 0; start < packet_slots; ++start) {
        if (starts_[static_cast<std::size_t>(start)] < 0) continue;
        running[static_cast<std::size_t>(count)] = start;
        least[static_cast<std::size_t>(count++)] = place_begun(starts_[static_cast<std::size_t>(start)], row);
    }
    std::array<std::array<std::int32_t, packet_slots>, strengths> tops;
    for (std::size_t s = 0; s < strengths; ++s) {
        std::array<std::int32_t*, packet_slots> sums;
        for (int i = 0; i < count; ++i) {
            sums[i] = sums_[running[i]][remainder][s].data();
            tops[s][i] = best_sum_[running[i]];
        }
        correlator.kernels().accumulate(row_bets.values(s), row_bets.pairs, correlator.picks(), turn, sums.data(),
                                        least.data(), count, tops[s].data());
    }
    for (int i = 0; i < count; ++i) {
        const auto start = static_cast<std::size_t>(running[i]);
        std::size_t best = 0;
        for (std::size_t s = 1; s < strengths; ++s)
            if (tops[s][i] > tops[best][i]) best = s;
        if (tops[best][i] <= best_sum_[start]) continue;
        best_sum_[start] = tops[best][i];
        const auto& sums = sums_[start][remainder][best];
        const auto best_at = static_cast<int>(std::find(sums.begin(), sums.end(), tops[best][i]) - sums.begin());
        const int turns = (packet_hops / chip_hops - best_at) % chip_rows;
        look(static_cast<int>(start), turns * chip_hops + static_cast<int>(remainder));
    }
    return log_evidence_ > before;
}

void SequentialTest::begin_slot(long long slot) noexcept {
    const auto start = static_cast<std::size_t>(slot % packet_slots);
    starts_[start] = slot;
    best_sum_[start] = 0;
    for (auto& remainder : sums_[start])
        for (auto& strength : remainder) strength.fill(nothing);
}

// Phase and its two neighbours: the mark speaks for them as well, and the others add next to nothing.
void SequentialTest::look(int start, int phase) noexcept {
    const Sums& sums = sums_[static_cast<std::size_t>(start)];
    double sum = 0;
    for (const int near : {phase - 1, phase, phase + 1}) sum += mixture(sums, (near + packet_hops) % packet_hops);
    const double log_weight =
        log_start_weight(starts_[static_cast<std::size_t>(start)]) - std::log(static_cast<double>(packet_hops));
    const double log_evidence = std::log(sum) + log_weight;
    if (log_evidence <= log_evidence_) return;
    log_evidence_ = log_evidence;
    log_q_ = log_weight + log_place_weight(starts_[static_cast<std::size_t>(start)], 0);
    first_slot_ = starts_[static_cast<std::size_t>(start)];
    phase_ = phase;
}

double SequentialTest::mixture(const Sums& sums, int phase) const noexcept {
    const auto index = static_cast<std::size_t>((chip_rows - phase / chip_hops) % chip_rows);
    double sum = 0;
    for (std::size_t s = 0; s < strengths; ++s)
        sum += strength_weights[s] *
               std::exp(sums[static_cast<std::size_t>(phase % chip_hops)][s][index] / steps_per_neper);
    return sum;
}

}  // namespace earmark
