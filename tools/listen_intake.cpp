#include "listen_intake.hpp"

#include <algorithm>

namespace earmark::tools {

namespace {

constexpr std::size_t queue_s = 8;

}  // namespace

ListenIntake::ListenIntake(int channels, int sample_rate_hz, std::uint64_t wanted)
    : queue_(channels, queue_s * static_cast<std::size_t>(sample_rate_hz)), left_(wanted) {}

bool ListenIntake::hear(const float* const* in, std::size_t samples) noexcept {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(samples, left_));
    if (in == nullptr || !queue_.write(in, count)) lost_ += count;
    left_ -= count;
    return left_ > 0;
}

std::size_t ListenIntake::take(float* const* heard, std::size_t most) noexcept {
    return queue_.read(heard, most);
}

}  // namespace earmark::tools
