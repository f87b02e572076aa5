#include "live_exchange.hpp"

#include <algorithm>
#include <vector>

namespace earmark::tools {

namespace {

constexpr double first_head_start_s = 0.02;
constexpr double most_head_start_s = 0.25;
constexpr double device_queue_s = 2;  // a device's block has to fit, and some of them are a second long

std::size_t samples_in(double seconds, int sample_rate_hz) {
    return static_cast<std::size_t>(seconds * sample_rate_hz);
}

}  // namespace

LiveExchange::LiveExchange(int channels, int sample_rate_hz)
    : channels_(static_cast<std::size_t>(channels)),
      most_head_start_(samples_in(most_head_start_s, sample_rate_hz)),
      host_(channels, samples_in(device_queue_s, sample_rate_hz)),
      marked_(channels, 2 * samples_in(device_queue_s, sample_rate_hz)),
      head_start_(samples_in(first_head_start_s, sample_rate_hz)) {
    const std::vector<float> silence(head_start_);
    const std::vector<const float*> planes(channels_, silence.data());
    marked_.write(planes.data(), head_start_);
}

void LiveExchange::exchange(const float* const* in, float* const* out, std::size_t samples) noexcept {
    for (std::size_t c = 0; c < channels_; ++c) std::fill_n(out[c], samples, 0.0f);
    samples_ += samples;
    if (in != nullptr && host_.write(in, samples)) {
        play(out, samples);
    } else {  // as many are on their way as before
        lost_ += samples;
        silent_ += samples;
    }
}

void LiveExchange::play(float* const* out, std::size_t samples) noexcept {
    overdue_ -= marked_.skip(overdue_);
    if (marked_.available() >= samples) {
        marked_.read(out, samples);
        return;
    }
    silent_ += samples;
    if (head_start_ + samples <= std::max(most_head_start_, 3 * samples)) {
        head_start_ += samples;
    } else {
        overdue_ += samples;
    }
}

std::size_t LiveExchange::take(float* const* host, std::size_t most) noexcept {
    return host_.read(host, most);
}

bool LiveExchange::give(const float* const* marked, std::size_t samples) noexcept {
    return marked_.write(marked, samples);
}

}  // namespace earmark::tools
