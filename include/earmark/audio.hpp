// Audio as the library sees it: planar float channels, full scale +-1, at the host's own sample rate.
#pragma once

#include <earmark/error.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace earmark {

inline constexpr double min_sample_rate_hz = 8000;
inline constexpr double max_sample_rate_hz = 192000;
inline constexpr int max_channels = 64;
// 18 dB over full scale. A host beyond it is on another scale (int16's, say): keeping it inside +-1 would leave no
// mark.
inline constexpr float largest_host_sample = 8;

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

// Throw Error(input), naming field, value and range, unless rate and channels are ones earmark works at, and unless the
// view has them, at least one sample, and only finite ones.
inline void require_format(int sample_rate_hz, int channels) {
    if (sample_rate_hz < min_sample_rate_hz || sample_rate_hz > max_sample_rate_hz)
        throw Error(Fault::input, "sample_rate_hz: " + std::to_string(sample_rate_hz) + " is outside 8000 to 192000");
    if (channels < 1 || channels > max_channels)
        throw Error(Fault::input, "channels: " + std::to_string(channels) + " is outside 1 to 64");
}

inline void require_usable(const AudioView& audio, int sample_rate_hz, int channels) {
    if (audio.sample_rate_hz != sample_rate_hz)
        throw Error(Fault::input, "sample_rate_hz: audio has " + std::to_string(audio.sample_rate_hz) +
                                      ", config has " + std::to_string(sample_rate_hz));
    if (audio.channels.size() != static_cast<std::size_t>(channels))
        throw Error(Fault::input, "channels: audio has " + std::to_string(audio.channels.size()) + ", config has " +
                                      std::to_string(channels));
    if (audio.samples == 0) throw Error(Fault::input, "samples: 0, at least 1 is needed");
    for (const float* channel : audio.channels)
        for (std::size_t i = 0; i < audio.samples; ++i)
            if (!std::isfinite(channel[i]))
                throw Error(Fault::input, "samples: sample " + std::to_string(i) + " is not a finite number");
}

}  // namespace earmark
