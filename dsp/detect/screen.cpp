#include "dsp/detect/screen.hpp"

#include "dsp/simd/kernels.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

// Standard deviations. A verdict of p = 1e-6 for one of ten keys needs 7; without a mark one slot in some hundreds
// reaches this at any of 512 phases and 4 lengths, and its key pays for a packet of rows.
constexpr float least_z = 4.7f;

}  // namespace

ScreenLimits::ScreenLimits(const History& history) noexcept {
    std::array<float, chip_hops> energy{};
    for (int n = 0; n < screen_slots; ++n) {
        const long long slot = history.end() - 1 - n;
        for (std::size_t r = 0; r < chip_hops; ++r) {
            if (slot >= history.first()) energy[r] += (*history.at(slot).sync_energy)[r];
            const float limit = std::clamp(std::ceil(least_z * std::sqrt(energy[r])), 1.0f, 32766.0f);
            limits[static_cast<std::size_t>(n)][r] = static_cast<std::int16_t>(limit);
        }
    }
}

void Screen::reset() noexcept {
    for (PhaseCorrelations& slot : slots_) slot.fill(0);
    newest_ = 0;
}

PhaseCorrelations& Screen::next() noexcept {
    newest_ = (newest_ + 1) % screen_slots;
    return slots_[newest_];
}

bool Screen::passes(const ScreenLimits& limits) const noexcept {
    std::array<const std::int16_t*, screen_slots> newest_first;
    for (std::size_t n = 0; n < screen_slots; ++n)
        newest_first[n] = slots_[(newest_ + screen_slots - n) % screen_slots].data();
    return simd::kernels().passes(newest_first.data(), screen_slots, limits.limits[0].data(), packet_hops);
}

}  // namespace earmark
