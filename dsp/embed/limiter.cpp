#include "dsp/embed/limiter.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

// A host beyond full scale (float files) may stay where it is, but goes no further.
float ceiling_for(float host) {
    return std::max(1.0f, std::abs(host));
}

// The largest gain <= 1 for which no |host + gain * change| passes its ceiling.
float allowed_gain(std::span<const float> host, std::span<const float> change) {
    float gain = 1;
    for (std::size_t i = 0; i < host.size(); ++i) {
        const float ceiling = ceiling_for(host[i]);
        if (std::abs(host[i] + change[i]) <= ceiling) continue;
        gain = std::min(gain, (ceiling - std::copysign(host[i], host[i] * change[i])) / std::abs(change[i]));
    }
    return std::max(gain, 0.0f);
}

}  // namespace

Limiter::Limiter(int hop_samples)
    : kernels_(simd::kernels()), host_(hop_samples), change_(hop_samples), marked_(hop_samples) {}

void Limiter::reset() noexcept {
    std::fill(host_.begin(), host_.end(), 0.0f);
    std::fill(change_.begin(), change_.end(), 0.0f);
    edge_gain_ = hop_gain_ = 1;
    limited_ = false;
    change_energy_ = host_energy_ = 0;
}

std::span<const float> Limiter::add_hop(std::span<const float> host, std::span<const float> change) noexcept {
    const int hop = static_cast<int>(marked_.size());
    const float next_gain = kernels_.exceeds(host.data(), change.data(), hop) ? allowed_gain(host, change) : 1;
    const float end_gain = std::min(hop_gain_, next_gain);
    const float slope = (end_gain - edge_gain_) / static_cast<float>(hop);
    limited_ = edge_gain_ < 1 || end_gain < 1;
    const auto energies = kernels_.mix(host_.data(), change_.data(), hop, edge_gain_, slope, marked_.data());
    change_energy_ = energies.change;
    host_energy_ = energies.host;
    std::copy(host.begin(), host.end(), host_.begin());
    std::copy(change.begin(), change.end(), change_.begin());
    edge_gain_ = end_gain;
    hop_gain_ = next_gain;
    return marked_;
}

}  // namespace earmark
