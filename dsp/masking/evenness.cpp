#include "dsp/masking/evenness.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr float memory_frames = 3 * 250;  // 3 s: 1.5 to 6 s measured alike
// Shallower than 0.85 gains no quality that is lacking; deeper than 1.7 would be heard in single words.
constexpr float least_scale = 0.85f, largest_scale = 1.7f;

}  // namespace

Evenness::Evenness(float usual) : usual_(usual), recent_(usual) {}

void Evenness::reset() noexcept {
    recent_ = usual_;
}

float Evenness::scale() const noexcept {
    if (usual_ == 0) return 1;
    constexpr float nothing = 1;  // far under largest_scale's end
    return std::clamp(std::sqrt(usual_ / std::max(recent_, nothing)), least_scale, largest_scale);
}

void Evenness::add_frame(float squared_depths) noexcept {
    recent_ += (squared_depths - recent_) / memory_frames;
}

}  // namespace earmark
