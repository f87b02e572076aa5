#include "dsp/detect/whitening.hpp"

#include "dsp/detect/chip_net.hpp"
#include "dsp/detect/whole_net.hpp"

#include <algorithm>

namespace earmark {
namespace {

constexpr std::int16_t steps(double nepers) {
    return static_cast<std::int16_t>(nepers * simd::level_steps);
}
constexpr std::int16_t forget_per_row = steps(0.004), rise_per_row = steps(0.008);  // of power
constexpr std::int16_t silent = steps(-20);       // says nothing of the floor: digital silence
constexpr std::int16_t first_floor = steps(6);    // under the first row: taken to be speech
constexpr std::int16_t least_level = steps(-14);  // of a cell over the loudest of its row

constexpr WholeNet whole_net(trained_chip_net);
static_assert(whole_net.inputs == net_inputs && whole_net.fits());
constexpr simd::ChipNet net = whole_net.net(least_level);

float to_nepers(int steps) {
    return static_cast<float>(steps) / simd::level_steps;
}

}  // namespace

Whitening::Whitening(int bands) : kernels_(simd::kernels()), chip_bands_(bands / 2) {}

void Whitening::reset() noexcept {
    empty_ = true;
}

const Whitening::Row& Whitening::row_at(int hop) const noexcept {
    return rows_[(newest_ - whitening_look_ahead + hop + 2 * whitening_rows) % whitening_rows];
}

Whitening::Row& Whitening::next() noexcept {
    newest_ = (newest_ + 1) % whitening_rows;
    return rows_[newest_];
}

// 16 bits hold more than any audio that a detector lets pass has: from -23 to 45 nepers.
void Whitening::push(const CellRow& row) noexcept {
    Row& newest = next();
    const int bands = 2 * chip_bands_;
    newest.loudest = kernels_.levels(row.log_energy.data(), bands, newest.bands.data() + 1);
    newest.bands[0] = newest.bands[1];
    newest.bands[bands + 1] = newest.bands[bands];
    if (empty_) {  // before the first row: the first row
        rows_.fill(Row(newest));
        loudest_ = newest.loudest;
        std::transform(newest.bands.begin(), newest.bands.end(), floor_.begin(),
                       [](std::int16_t level) { return static_cast<std::int16_t>(level - first_floor); });
        empty_ = false;
    }
    follow_levels(newest);
}

void Whitening::push_again() noexcept {
    const Row& last = rows_[newest_];
    Row& newest = next();
    newest = last;
    follow_levels(newest);
}

void Whitening::follow_levels(const Row& newest) noexcept {
    loudest_ = std::max(newest.loudest, static_cast<std::int16_t>(loudest_ - forget_per_row));
    if (newest.loudest >= silent)
        kernels_.follow_floor(newest.bands.data(), 2 * chip_bands_ + 2, rise_per_row, floor_.data());
}

simd::ChipView Whitening::look(SeenRows& rows) const noexcept {
    for (std::size_t h = 0; h < rows.size(); ++h) rows[h] = row_at(whitening_hops[h]).bands.data();
    const Row &first = row_at(0), &second = row_at(cell_hops);
    return {rows.data(), first.bands.data(), second.bands.data(), floor_.data(), first.loudest, loudest_};
}

WholeRow Whitening::residual() const noexcept {
    constexpr int at_once = 16;
    SeenRows rows;
    WholeRow out;
    kernels_.chip_net(net, look(rows), (chip_bands_ + at_once - 1) / at_once * at_once, out.data());
    std::fill(out.begin() + chip_bands_, out.end(), std::int8_t{0});
    return out;
}

std::array<std::uint8_t, net_inputs> Whitening::inputs(int band) const noexcept {
    SeenRows rows;
    const auto values = simd::net_values(net, look(rows), band);
    std::array<std::uint8_t, net_inputs> taken;
    std::copy_n(values.begin(), taken.size(), taken.begin());
    return taken;
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
