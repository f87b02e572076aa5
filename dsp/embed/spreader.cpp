#include "dsp/embed/spreader.hpp"

namespace earmark {

Spreader::Spreader(int sample_rate_hz, const DepthRule& rule)
    : sizes_(sample_rate_hz), host_(sizes_.delay(), sizes_.hop), spreader_(sample_rate_hz, rule) {
    for (int by = 2; by <= sizes_.reduction; by *= 2) down_.emplace_back(sizes_.hop / by);
    for (int by = sizes_.reduction; by >= 2; by /= 2) up_.emplace_back(sizes_.hop / by);
}

void Spreader::reset() noexcept {
    host_.reset();
    for (Halver& halver : down_) halver.reset();
    spreader_.reset();
    for (Doubler& doubler : up_) doubler.reset();
}

std::span<const float> Spreader::add_hop(std::span<const float> host, const CellSigns& signs) noexcept {
    host_.add(host);
    std::span<const float> samples = host;
    for (Halver& halver : down_) samples = halver.take(samples);
    samples = spreader_.add_hop(samples, signs);
    for (Doubler& doubler : up_) samples = doubler.take(samples);
    return samples;
}

std::span<const float> Spreader::delayed_host() const noexcept {
    return host_.all().first(static_cast<std::size_t>(sizes_.hop));
}

}  // namespace earmark
