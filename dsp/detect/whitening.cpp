#include "dsp/detect/whitening.hpp"

#include "dsp/detect/chip_nets.hpp"

#include <algorithm>

namespace earmark {
namespace {

constexpr float forget_per_row = 0.004f, rise_per_row = 0.008f;  // nepers of power
constexpr float silent = -20;                                    // says nothing of the floor: digital silence
constexpr float first_floor = 6;                                 // under the first row: taken to be speech
constexpr float least_level = -14, most_level = 6;               // of a cell against the loudest of its row
constexpr float highest_over_floor = 12;
constexpr int more_inputs = 3;

static_assert(4 * static_cast<int>(whitening_hops.size()) == whitening_taps);
constexpr int prompt_hops = static_cast<int>(
    std::count_if(whitening_hops.begin(), whitening_hops.end(), [](int hop) { return hop <= prompt_look_ahead; }));

using Units = std::array<int, 2>;
constexpr simd::ChipNet net_of(int rows, Units units, std::span<const float> weights) {
    return {rows, more_inputs, units[0], units[1], least_level, most_level, residual_clip, weights.data()};
}
const simd::ChipNet full_net =
    net_of(static_cast<int>(whitening_hops.size()), trained_chip_net_units, trained_chip_net);
const simd::ChipNet prompt_net = net_of(prompt_hops, trained_prompt_net_units, trained_prompt_net);

constexpr std::size_t weight_count(int inputs, Units units) {
    return static_cast<std::size_t>(units[0] * (inputs + 1) + units[1] * (units[0] + 1) + units[1] + 1);
}
static_assert(trained_chip_net.size() == weight_count(net_inputs, trained_chip_net_units));
static_assert(trained_prompt_net.size() == weight_count(4 * prompt_hops + more_inputs, trained_prompt_net_units));
static_assert(std::max(trained_chip_net_units[0], trained_prompt_net_units[0]) <= simd::most_net_values);

}  // namespace

Whitening::Whitening(int bands) : kernels_(simd::kernels()), chip_bands_(bands / 2) {}

void Whitening::reset() noexcept {
    empty_ = true;
}

const Whitening::PaddedRow& Whitening::row_at(int hop) const noexcept {
    return rows_[(newest_ - whitening_look_ahead + hop + 2 * whitening_rows) % whitening_rows];
}

const ResidualRow& Whitening::push(const CellRow& row) noexcept {
    newest_ = (newest_ + 1) % whitening_rows;
    PaddedRow& newest = rows_[newest_];
    const int last = 2 * chip_bands_ - 1;  // edge bands repeat
    newest.fill(0);
    newest[0] = row.log_energy[0];
    std::copy_n(row.log_energy.begin(), last + 1, newest.begin() + 1);
    newest[last + 2] = row.log_energy[last];
    if (empty_) rows_.fill(PaddedRow(newest));  // before the first row: the first row
    follow_levels(newest);
    empty_ = false;
    residual_ = residual(full_net, whitening_look_ahead);
    return residual_;
}

void Whitening::follow_levels(const PaddedRow& row) noexcept {
    const int end = 2 * chip_bands_ + 1;
    const float loudest = *std::max_element(row.begin() + 1, row.begin() + end);
    if (empty_) {
        loudest_ = loudest;
        std::transform(row.begin(), row.end(), floor_.begin(), [](float level) { return level - first_floor; });
    }
    loudest_ = std::max(loudest, loudest_ - forget_per_row);
    if (loudest < silent) return;
    for (std::size_t i = 0; i < row.size(); ++i) floor_[i] = std::min(row[i], floor_[i] + rise_per_row);
}

Whitening::View Whitening::view(int age) const noexcept {
    const int later = whitening_look_ahead - age;
    View view{};
    for (std::size_t h = 0; h < whitening_hops.size(); ++h) view.rows[h] = row_at(whitening_hops[h] + later).data();
    const PaddedRow &first = row_at(later), &second = row_at(later + cell_hops);
    view.level = *std::max_element(first.begin() + 1, first.begin() + 1 + 2 * chip_bands_);
    for (int k = 0; k < chip_bands_; ++k) {
        const int at = 1 + 2 * k;
        const float cells = (first[at] + first[at + 1] + second[at] + second[at + 1]) / 4;
        const float floor = (floor_[at] + floor_[at + 1]) / 2;
        view.more[0][k] = static_cast<float>(k) / 15 - 1;
        view.more[1][k] = (view.level - loudest_) / 4;
        view.more[2][k] = std::clamp(cells - floor, 0.0f, highest_over_floor) / 4;
    }
    return view;
}

ResidualRow Whitening::residual(const simd::ChipNet& net, int age) const noexcept {
    constexpr int at_once = 16;
    const View seen = view(age);
    std::array<const float*, more_inputs> more;
    std::transform(seen.more.begin(), seen.more.end(), more.begin(), [](const ResidualRow& row) { return row.data(); });
    ResidualRow out;
    kernels_.chip_net(net, seen.rows.data(), seen.level, more.data(), (chip_bands_ + at_once - 1) / at_once * at_once,
                      out.data());
    std::fill(out.begin() + chip_bands_, out.end(), 0.0f);
    return out;
}

ResidualRow Whitening::prompt_residual() const noexcept {
    return residual(prompt_net, prompt_look_ahead);
}

std::array<float, net_inputs> Whitening::inputs(int band, bool prompt) const noexcept {
    const View seen = view(prompt ? prompt_look_ahead : whitening_look_ahead);
    std::array<float, net_inputs> values{};
    for (int i = 0; i < whitening_taps; ++i)
        if (!prompt || i < 4 * prompt_hops)
            values[i] = std::clamp(seen.rows[i / 4][2 * band + i % 4] - seen.level, least_level, most_level);
    for (int i = 0; i < more_inputs; ++i) values[whitening_taps + i] = seen.more[i][band];
    return values;
}

std::array<float, whitening_taps> Whitening::neighbourhood(int band) const noexcept {
    std::array<float, whitening_taps> values{};
    float mean = 0;
    std::size_t i = 0;
    for (const int hop : whitening_hops)
        for (const int offset : whitening_bands)
            mean += values[i++] = row_at(hop)[1 + std::clamp(2 * band + offset, 0, 2 * chip_bands_ - 1)];
    for (float& value : values) value -= mean / whitening_taps;
    return values;
}

}  // namespace earmark
