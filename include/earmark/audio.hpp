// Audio as the library sees it: planar float channels, full scale +-1, at the host's own sample rate.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace earmark {

inline constexpr double min_sample_rate_hz = 8000;
inline constexpr double max_sample_rate_hz = 192000;
inline constexpr int max_channels = 64;

// Non-owning: channels[c] points to `samples` floats. The caller keeps the memory alive for the length of the call.
struct AudioView {
    std::span<const float* const> channels;
    std::size_t samples = 0;
    int sample_rate_hz = 0;
};

// Owning, for whole signals: every channel has the same length.
struct Audio {
    std::vector<std::vector<float>> channels;
    int sample_rate_hz = 0;

    std::size_t samples() const { return channels.empty() ? 0 : channels.front().size(); }
};

}  // namespace earmark
