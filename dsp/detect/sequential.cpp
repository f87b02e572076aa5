#include "dsp/detect/sequential.hpp"

#include "dsp/carrier/chip_filter.hpp"
#include "dsp/detect/budget.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

// What is bet on a chip, per unit of its residual. Tuned on the speakers for tuning, G.711.
constexpr std::array<double, 3> strengths_tried{0.35, 0.6, 1.0};
constexpr std::array<double, 3> strength_weights{0.3, 0.4, 0.3};
constexpr double steps_per_neper = 512;

struct Bet {
    std::int16_t stake, price;
};

// Whole numbers, so that sums are the same in any order: the stake may be any function of the residual, and the price,
// rounded up, is no less than ln cosh of it.
using Bets = std::array<std::array<Bet, 2 * largest_residual + 1>, strengths_tried.size()>;
const Bets bets = [] {
    Bets table{};
    for (std::size_t s = 0; s < table.size(); ++s)
        for (int residual = -largest_residual; residual <= largest_residual; ++residual) {
            const double size = strengths_tried[s] * residual * trained_whitening_clip / largest_residual;
            const double stake = std::round(size * steps_per_neper);
            const double price = std::ceil(std::log(std::cosh(stake / steps_per_neper)) * steps_per_neper);
            table[s][static_cast<std::size_t>(residual + largest_residual)] = {static_cast<std::int16_t>(stake),
                                                                               static_cast<std::int16_t>(price)};
        }
    return table;
}();

constexpr std::int32_t nothing = -1000000000;

}  // namespace

void SequentialTest::restart() noexcept {
    starts_.fill(-1);
    best_sum_.fill(nothing);
    log_evidence_ = -1e9;
    log_q_ = 0;
    first_slot_ = 0;
    phase_ = 0;
    for (Sums& sums : sums_)
        for (auto& remainder : sums)
            for (auto& strength : remainder) strength.fill(0);
}

bool SequentialTest::push(const WholeRow& residuals, int bands, long long row, const Correlator& correlator) noexcept {
    if (row % slot_rows == 0) {
        const auto start = static_cast<std::size_t>(row / slot_rows % packet_slots);
        starts_[start] = row / slot_rows;
        best_sum_[start] = 0;
        for (auto& remainder : sums_[start])
            for (auto& strength : remainder) strength.fill(0);
    }
    if (std::all_of(residuals.begin(), residuals.end(), [](std::int8_t r) { return r == 0; })) return false;
    const double before = log_evidence_;
    const auto remainder = static_cast<std::size_t>(row % chip_hops);
    const auto turn = static_cast<std::size_t>(row / chip_hops % chip_rows);
    std::array<std::int32_t, packet_slots> best;
    std::array<int, packet_slots> best_at{};
    best.fill(nothing);
    for (std::size_t s = 0; s < strengths; ++s) {
        Correlator::PacketRows gains{};
        for (std::size_t band = 0; band < static_cast<std::size_t>(bands); ++band) {
            const Bet bet = bets[s][static_cast<std::size_t>(residuals[band] + largest_residual)];
            const auto& sign = correlator.signs()[band];
            const auto& sync = correlator.sync()[band];
            for (std::size_t i = 0; i < chip_rows; ++i)
                gains[i] = static_cast<std::int16_t>(gains[i] + sign[i] * bet.stake - sync[i] * bet.price);
        }
        Correlator::PacketRows turned;  // packet row i stands at index i - turn
        std::rotate_copy(gains.begin(), gains.begin() + turn, gains.end(), turned.begin());
        for (std::size_t start = 0; start < packet_slots; ++start) {
            if (starts_[start] < 0) continue;
            auto& sums = sums_[start][remainder][s];
            std::int32_t top = nothing;
            for (std::size_t i = 0; i < chip_rows; ++i) {
                sums[i] += turned[i];
                top = std::max(top, sums[i]);
            }
            if (top <= best[start]) continue;
            best[start] = top;
            best_at[start] = static_cast<int>(std::find(sums.begin(), sums.end(), top) - sums.begin());
        }
    }
    for (std::size_t start = 0; start < packet_slots; ++start) {
        if (starts_[start] < 0 || best[start] <= best_sum_[start]) continue;
        best_sum_[start] = best[start];
        const int turns = (packet_hops / chip_hops - best_at[start]) % chip_rows;
        look(static_cast<int>(start), turns * chip_hops + static_cast<int>(remainder));
    }
    return log_evidence_ > before;
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
    log_q_ = log_weight;
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
