#include "dsp/detect/whitening.hpp"

#include "dsp/detect/chip_nets.hpp"
#include "dsp/detect/whole_net.hpp"

#include <algorithm>

namespace earmark {
namespace {

constexpr int steps(double nepers) {
    return static_cast<int>(nepers * simd::net_input_steps);
}
constexpr int forget_per_row = steps(0.004), rise_per_row = steps(0.008);  // of power
constexpr int silent = steps(-20);                                         // says nothing of the floor: digital silence
constexpr int first_floor = steps(6);                                      // under the first row: taken to be speech
constexpr double least_level = -14, most_level = 6;                        // of a cell against the loudest of its row
constexpr int highest_over_floor = steps(12);
constexpr int more_inputs = 3;

static_assert(4 * static_cast<int>(whitening_hops.size()) == whitening_taps);
constexpr int prompt_hops = static_cast<int>(
    std::count_if(whitening_hops.begin(), whitening_hops.end(), [](int hop) { return hop <= prompt_look_ahead; }));

template <int rows, const auto& units>
using NetOf = WholeNet<rows, more_inputs, units[0], units[1]>;
constexpr NetOf<static_cast<int>(whitening_hops.size()), trained_chip_net_units> whole_full_net(trained_chip_net,
                                                                                                least_level, most_level,
                                                                                                residual_clip);
constexpr NetOf<prompt_hops, trained_prompt_net_units> whole_prompt_net(trained_prompt_net, least_level, most_level,
                                                                        residual_clip);
static_assert(whole_full_net.inputs == net_inputs && whole_full_net.fits() && whole_prompt_net.fits());
constexpr simd::ChipNet full_net = whole_full_net.net(), prompt_net = whole_prompt_net.net();

// What 16 bits hold is more than any audio that a detector lets pass has: from -23 to 45 nepers.
std::int16_t to_steps(float nepers) {
    return static_cast<std::int16_t>(static_cast<int>(nepers * simd::net_input_steps + 32768.5f) - 32768);
}

// Where the chip's band lies.
constexpr std::array<std::int16_t, padded_chip_bands> places = [] {
    std::array<std::int16_t, padded_chip_bands> all{};
    for (int k = 0; k < padded_chip_bands; ++k)
        all[static_cast<std::size_t>(k)] = static_cast<std::int16_t>((k - 15) * simd::net_input_steps / 15);
    return all;
}();

// Of each chip the mean of its two bands.
std::array<std::int16_t, padded_chip_bands> means_of_chips(
    const std::array<std::int16_t, 2 * padded_chip_bands + 2>& bands) {
    std::array<std::int16_t, padded_chip_bands> means;
    for (std::size_t k = 0; k < means.size(); ++k)
        means[k] = static_cast<std::int16_t>((bands[1 + 2 * k] + bands[2 + 2 * k]) / 2);
    return means;
}

float to_nepers(int steps) {
    return static_cast<float>(steps) / simd::net_input_steps;
}

}  // namespace

Whitening::Whitening(int bands) : kernels_(simd::kernels()), chip_bands_(bands / 2) {}

void Whitening::reset() noexcept {
    empty_ = true;
}

const Whitening::Row& Whitening::row_at(int hop) const noexcept {
    return rows_[(newest_ - whitening_look_ahead + hop + 2 * whitening_rows) % whitening_rows];
}

void Whitening::push(const CellRow& row) noexcept {
    newest_ = (newest_ + 1) % whitening_rows;
    Row& newest = rows_[newest_];
    PaddedRow& bands = newest.bands;
    const int last = 2 * chip_bands_ - 1;  // edge bands repeat
    bands.fill(0);
    std::transform(row.log_energy.begin(), row.log_energy.begin() + last + 1, bands.begin() + 1, to_steps);
    bands[0] = bands[1];
    bands[last + 2] = bands[last + 1];
    newest.chips = means_of_chips(bands);
    newest.loudest = *std::max_element(bands.begin() + 1, bands.begin() + last + 2);
    if (empty_) rows_.fill(Row(newest));  // before the first row: the first row
    follow_levels(newest);
    empty_ = false;
}

void Whitening::follow_levels(const Row& row) noexcept {
    if (empty_) {
        loudest_ = row.loudest;
        std::transform(row.bands.begin(), row.bands.end(), floor_.begin(),
                       [](std::int16_t level) { return static_cast<std::int16_t>(level - first_floor); });
    }
    loudest_ = std::max(row.loudest, static_cast<std::int16_t>(loudest_ - forget_per_row));
    if (row.loudest >= silent)
        for (std::size_t i = 0; i < floor_.size(); ++i)
            floor_[i] = std::min(row.bands[i], static_cast<std::int16_t>(floor_[i] + rise_per_row));
    chip_floor_ = means_of_chips(floor_);
}

void Whitening::look(int age, View& view) const noexcept {
    const int later = whitening_look_ahead - age;
    for (std::size_t h = 0; h < whitening_hops.size(); ++h)
        view.rows[h] = row_at(whitening_hops[h] + later).bands.data();
    const Row &first = row_at(later), &second = row_at(later + cell_hops);
    view.level = first.loudest;
    view.more = {places.data(), view.under_loudest.data(), view.over_floor.data()};
    view.under_loudest.fill(static_cast<std::int16_t>((view.level - loudest_) / 4));
    for (std::size_t k = 0; k < padded_chip_bands; ++k) {
        const int over_floor = (first.chips[k] + second.chips[k]) / 2 - chip_floor_[k];
        view.over_floor[k] = static_cast<std::int16_t>(std::clamp(over_floor, 0, highest_over_floor) / 4);
    }
}

ResidualRow Whitening::read(const simd::ChipNet& net, int age) const noexcept {
    constexpr int at_once = 16;
    View seen;
    look(age, seen);
    ResidualRow out;
    kernels_.chip_net(net, seen.rows.data(), seen.level, seen.more.data(),
                      (chip_bands_ + at_once - 1) / at_once * at_once, out.data());
    std::fill(out.begin() + chip_bands_, out.end(), 0.0f);
    return out;
}

ResidualRow Whitening::residual() const noexcept {
    return read(full_net, whitening_look_ahead);
}

ResidualRow Whitening::prompt_residual() const noexcept {
    return read(prompt_net, prompt_look_ahead);
}

std::array<float, net_inputs> Whitening::inputs(int band, bool prompt) const noexcept {
    View seen;
    look(prompt ? prompt_look_ahead : whitening_look_ahead, seen);
    std::array<float, net_inputs> values{};
    for (int i = 0; i < whitening_taps; ++i)
        if (!prompt || i < 4 * prompt_hops)
            values[i] = to_nepers(
                std::clamp(seen.rows[i / 4][2 * band + i % 4] - seen.level, steps(least_level), steps(most_level)));
    for (int i = 0; i < more_inputs; ++i) values[whitening_taps + i] = to_nepers(seen.more[i][band]);
    return values;
}

std::array<float, whitening_taps> Whitening::neighbourhood(int band) const noexcept {
    std::array<float, whitening_taps> values{};
    float mean = 0;
    std::size_t i = 0;
    for (const int hop : whitening_hops)
        for (const int offset : whitening_bands)
            mean += values[i++] =
                to_nepers(row_at(hop).bands[1 + std::clamp(2 * band + offset, 0, 2 * chip_bands_ - 1)]);
    for (float& value : values) value -= mean / whitening_taps;
    return values;
}

}  // namespace earmark
