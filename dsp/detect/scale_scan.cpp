#include "dsp/detect/scale_scan.hpp"

#include "dsp/carrier/chip_filter.hpp"
#include "dsp/detect/scale_grid.hpp"
#include "dsp/detect/slotter.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace earmark {
namespace {

constexpr int scan_hops = 2;                       // of 4 ms, between rows
constexpr int chip_steps = chip_hops / scan_hops;  // rows from chip to chip
constexpr int block_chips = 8;                     // 0.256 s: here a time scale 3 % off moves a chip by 4 ms
constexpr int block_rows = block_chips * chip_steps;
constexpr int phases = packet_hops / scan_hops;
constexpr double frequency_stride = 0.012, time_stride = 0.06;                                   // of the logarithms
constexpr std::array<float, 7> drifts{-0.024f, -0.016f, -0.008f, 0.0f, 0.008f, 0.016f, 0.024f};  // inside a stride
constexpr float assumed_strength = 0.2f;  // mean of a chip's residual over its deviation
constexpr float move_cost = 2;            // of one row from block to block
constexpr float family_bonus = 4;         // nepers: a family's share over its few pairs against that of all pairs
constexpr std::size_t kept = 5;
constexpr std::size_t least_part_rows = 1250;  // 5 s

using ChipRow = std::array<float, padded_chip_bands>;
// [row inside a chip][chip of the packet]; phase = chip * chip_steps + row
using BlockPhases = std::array<std::array<float, chip_rows>, chip_steps>;

struct Block {
    BlockPhases correlation{};
    std::array<float, chip_steps> energy{};  // half of it: what the sync chips of those phases expect
};

// Row by row the log ratio of each chip's two bands; where one of them is dead, 0.
struct BandRatios {
    std::vector<ChipRow> rows;
    std::vector<float> loudness;  // of each row: sum of the bands' log energies
    int live_chips = 0;
};

void read_ratios(const Spectrogram& spectrogram, double frequency, long long from, long long until, BandRatios& out) {
    ScaledBands bands(spectrogram, frequency);
    const auto count = static_cast<std::size_t>(until - from);
    std::vector<ChipRow>& ratios = out.rows;
    ratios.resize(count);
    out.loudness.assign(count, 0);
    out.live_chips = 0;
    BandEnergies energies, peak;
    peak.fill(-1e9f);
    for (std::size_t r = 0; r < ratios.size(); ++r) {
        bands.read(from + static_cast<long long>(r), energies);
        for (std::size_t b = 0; b < peak.size(); ++b) peak[b] = std::max(peak[b], energies[b]);
        for (const float energy : energies) out.loudness[r] += energy;
        for (int c = 0; c < padded_chip_bands; ++c) ratios[r][c] = energies[2 * c] - energies[2 * c + 1];
    }
    const float dead = *std::max_element(peak.begin(), peak.begin() + bands.bands()) - dead_log;
    for (int c = 0; c < padded_chip_bands; ++c) {
        const bool live = 2 * c + 1 < bands.bands() && peak[2 * c] > dead && peak[2 * c + 1] > dead;
        out.live_chips += live;
        if (live) continue;
        for (ChipRow& row : ratios) row[c] = 0;
    }
}

// The rows of the marked signal's clock, between those received.
void retime(std::span<const ChipRow> ratios, double time, std::vector<ChipRow>& out) {
    const double step = scan_hops / time;
    out.resize(static_cast<std::size_t>(static_cast<double>(ratios.size() - 1) / step));
    for (std::size_t r = 0; r < out.size(); ++r) {
        const double place = static_cast<double>(r) * step;
        const auto row = static_cast<std::size_t>(place);
        const float share = static_cast<float>(place - static_cast<double>(row));
        const ChipRow &here = ratios[row], &next = ratios[row + 1];
        for (int c = 0; c < padded_chip_bands; ++c) out[r][c] = here[c] + share * (next[c] - here[c]);
    }
}

// The trained taps are nearly one difference of bands times one filter in time; the other bands add little.
void whiten(const std::vector<ChipRow>& ratios, std::vector<ChipRow>& out) {
    constexpr std::size_t taps = whitening_hops.size();
    static_assert(whitening_hops[0] == -4 && whitening_hops[1] == -2 && scan_hops == 2);
    std::array<float, taps> filter;
    for (std::size_t h = 0; h < taps; ++h)
        filter[h] = (trained_whitening_taps[h * 4 + 1] - trained_whitening_taps[h * 4 + 2]) / 2;
    out.assign(ratios.size() < taps ? 0 : ratios.size() - taps + 1, {});
    for (std::size_t r = 0; r < out.size(); ++r) {
        ChipRow sum{};
        for (std::size_t h = 0; h < taps; ++h)
            for (int c = 0; c < padded_chip_bands; ++c) sum[c] += filter[h] * ratios[r + h][c];
        for (int c = 0; c < padded_chip_bands; ++c)
            out[r][c] = std::clamp(sum[c], -trained_whitening_clip, trained_whitening_clip);
    }
}

using SignTable = std::array<std::array<float, 2 * chip_rows>, padded_chip_bands>;

// Correlations of `block_chips` chip rows that lie `chip_steps` apart, the first being chip row `chip` of a packet of
// phase 0: the innermost work of the whole search. Eight bands at a time keep the sums in registers long enough.
void correlate(const SignTable& signs, const ChipRow* rows, int chip, std::array<float, chip_rows>& out) {
    out.fill(0);
    for (int i = 0; i < block_chips; ++i) {
        const ChipRow& r = rows[i * chip_steps];
        const int place = chip_rows - 1 - (chip + i) % chip_rows;
        for (int band = 0; band < padded_chip_bands; band += 8) {
            const float *s0 = signs[band].data() + place, *s1 = signs[band + 1].data() + place,
                        *s2 = signs[band + 2].data() + place, *s3 = signs[band + 3].data() + place,
                        *s4 = signs[band + 4].data() + place, *s5 = signs[band + 5].data() + place,
                        *s6 = signs[band + 6].data() + place, *s7 = signs[band + 7].data() + place;
            const float r0 = r[band], r1 = r[band + 1], r2 = r[band + 2], r3 = r[band + 3], r4 = r[band + 4],
                        r5 = r[band + 5], r6 = r[band + 6], r7 = r[band + 7];
            for (int l = 0; l < chip_rows; ++l)
                out[l] += ((r0 * s0[l] + r1 * s1[l]) + (r2 * s2[l] + r3 * s3[l])) +
                          ((r4 * s4[l] + r5 * s5[l]) + (r6 * s6[l] + r7 * s7[l]));
        }
    }
}

void correlate_blocks(const SignTable& signs, const std::vector<ChipRow>& residuals, std::vector<Block>& blocks) {
    blocks.resize(residuals.size() / block_rows);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const ChipRow* rows = residuals.data() + b * block_rows;
        const int chip = static_cast<int>(b * block_chips % chip_rows);
        for (int step = 0; step < chip_steps; ++step) {
            correlate(signs, rows + step, chip, blocks[b].correlation[step]);
            float energy = 0;
            for (int i = 0; i < block_chips; ++i)
                for (const float r : rows[step + i * chip_steps]) energy += r * r;
            blocks[b].energy[step] = energy / 2;
        }
    }
}

// Likelihood of each phase of each block, in order of phase.
using PhaseScores = std::array<float, phases>;

void score_phases(const std::vector<Block>& blocks, int live_chips, std::vector<PhaseScores>& scores) {
    double energy = 0;
    for (const Block& block : blocks)
        for (const float e : block.energy) energy += 2 * e;
    const double chips = static_cast<double>(blocks.size()) * block_rows * live_chips;
    scores.resize(blocks.size());
    if (energy == 0 || chips <= 0) {
        for (PhaseScores& score : scores) score.fill(0);
        return;
    }
    const float sigma = static_cast<float>(std::sqrt(energy / chips));
    const float per_correlation = assumed_strength / sigma;
    const float per_energy = assumed_strength * assumed_strength / 2 / (sigma * sigma);
    for (std::size_t b = 0; b < blocks.size(); ++b)
        for (int step = 0; step < chip_steps; ++step)
            for (int chip = 0; chip < chip_rows; ++chip)
                scores[b][chip * chip_steps + step] =
                    per_correlation * blocks[b].correlation[step][chip] - per_energy * blocks[b].energy[step];
}

// The best stretch of mark that drifts by `drift` rows a block, give or take a row now and then.
float best_path(const std::vector<PhaseScores>& scores, float drift) {
    constexpr int edge = 4;
    std::array<float, phases + 2 * edge> from{};
    PhaseScores sum{};
    float best = 0;
    int shift = 0;
    for (std::size_t b = 0; b < scores.size(); ++b) {
        const int next_shift = static_cast<int>(std::lround(static_cast<float>(b) * drift));
        const int moved = next_shift - shift;
        shift = next_shift;
        std::copy(sum.begin(), sum.end(), from.begin() + edge);
        std::copy(sum.end() - edge, sum.end(), from.begin());
        std::copy(sum.begin(), sum.begin() + edge, from.end() - edge);
        const float* last = from.data() + edge - moved;
        for (int p = 0; p < phases; ++p) {
            const float stay = std::max(last[p], std::max(last[p - 1], last[p + 1]) - move_cost);
            sum[p] = std::max(stay + scores[b][p], 0.0f);
        }
        float here = 0;
        for (const float s : sum) here = std::max(here, s);
        best = std::max(best, here);
    }
    return best;
}

// What is made of the rows at one pair of scales; keeps its memory from pair to pair.
struct ScoredReading {
    std::vector<ChipRow> rows, residuals;
    std::vector<Block> blocks;
    std::vector<PhaseScores> scores;

    void read(const SignTable& signs, std::span<const ChipRow> ratios, int live_chips, double time) {
        retime(ratios, time, rows);
        whiten(rows, residuals);
        correlate_blocks(signs, residuals, blocks);
        score_phases(blocks, live_chips, scores);
    }
};

struct Rows {
    std::size_t from, count;
};

// Where a pair of scales that no family holds is looked for: such a mark is rare, and a third of the signal shows one
// that can be read.
Rows loudest_part(const std::vector<float>& loudness) {
    const std::size_t count = std::min(loudness.size(), std::max(least_part_rows, loudness.size() / 3));
    double sum = 0, best = 0;
    std::size_t from = 0;
    for (std::size_t r = 0; r < loudness.size(); ++r) {
        sum += loudness[r] - (r < count ? 0 : loudness[r - count]);
        if (r + 1 < count || (r + 1 > count && sum <= best)) continue;
        best = sum;
        from = r + 1 - count;
    }
    return {from, count};
}

void keep_best(std::vector<ScaleCandidate>& all, std::vector<ScaleCandidate>& best) {
    std::sort(all.begin(), all.end(),
              [](const ScaleCandidate& a, const ScaleCandidate& b) { return a.score > b.score; });
    best.clear();
    for (const ScaleCandidate& candidate : all) {
        const bool known = std::any_of(best.begin(), best.end(), [&](const ScaleCandidate& other) {
            return std::abs(std::log(candidate.scale.time / other.scale.time)) < 0.04 &&
                   std::abs(std::log(candidate.scale.frequency / other.scale.frequency)) < 0.02;
        });
        if (!known) best.push_back(candidate);
        if (best.size() == kept) break;
    }
}

int steps_each_side(double reach, double stride) {
    return static_cast<int>(std::ceil(reach / stride - 0.5));
}

const int steps_aside = steps_each_side(bands_high * frequency_step, frequency_stride);
const int steps_slower = steps_each_side(-tempo_low * time_step, time_stride);
const int steps_faster = steps_each_side(tempo_high * time_step, time_stride);

}  // namespace

ScaleScan::ScaleScan(const Carrier& carrier) {
    for (int band = 0; band < chip_bands; ++band)
        for (int i = 0; i < 2 * chip_rows; ++i) {
            const int chip = (2 * chip_rows - 1 - i) % chip_rows * chip_bands + band;
            if (carrier.code_bit[chip] == -1) signs_[band][i] = carrier.sign[chip];
        }
}

struct ScanMemory::Rooms {
    std::size_t most_rows;
    BandRatios ratios;
    ScoredReading reading;
    std::vector<ScaleCandidate> all, best;
};

ScanMemory::ScanMemory(int most_rows) : rooms_(std::make_unique<Rooms>()) {
    const auto count = static_cast<std::size_t>(most_rows);
    rooms_->most_rows = count;
    rooms_->ratios.rows.reserve(count);
    rooms_->ratios.loudness.reserve(count);
    const auto scaled = static_cast<std::size_t>(most_rows * std::exp(steps_faster * time_stride) / scan_hops) + 1;
    rooms_->reading.rows.reserve(scaled);
    rooms_->reading.residuals.reserve(scaled);
    rooms_->reading.blocks.reserve(scaled / block_rows);
    rooms_->reading.scores.reserve(scaled / block_rows);
    rooms_->all.reserve((2 * steps_aside + 1) * (steps_slower + 1 + steps_faster));
    rooms_->best.reserve(kept);
}

ScanMemory::~ScanMemory() = default;

std::span<const ScaleCandidate> ScaleScan::scan(const Spectrogram& spectrogram, long long from, long long until,
                                                ScanMemory& memory) const {
    auto& [most_rows, ratios, reading, all, best_ones] = *memory.rooms_;
    all.clear();
    best_ones.clear();
    from = std::max(from, until - static_cast<long long>(most_rows));
    if (until - from < 2 * block_rows * scan_hops) return best_ones;
    read_ratios(spectrogram, 1, from, until, ratios);
    const Rows loudest = loudest_part(ratios.loudness);
    for (int f = -steps_aside; f <= steps_aside; ++f) {
        const double frequency = std::clamp(std::exp(f * frequency_stride), 0.0, greatest_frequency_scale);
        read_ratios(spectrogram, frequency, from, until, ratios);
        for (int t = -steps_slower; t <= steps_faster; ++t) {
            const bool family = f == 0 || t == 0 || std::abs(f * frequency_stride - t * time_stride) <= time_stride / 2;
            const double time = std::exp(t * time_stride);
            const auto rows = std::span<const ChipRow>(ratios.rows);
            reading.read(signs_, family ? rows : rows.subspan(loudest.from, loudest.count), ratios.live_chips, time);
            ScaleCandidate best{{time, frequency}, 0};
            for (const float drift : drifts) {
                // A mark that plays faster than it is read comes earlier from packet to packet.
                const float score = best_path(reading.scores, -drift * block_rows);
                if (score > best.score) best = {{time * (1 + drift), frequency}, score};
            }
            if (family) best.score += family_bonus;
            all.push_back(best);
        }
    }
    keep_best(all, best_ones);
    return best_ones;
}

}  // namespace earmark
