// The library on one channel, for tests that are not about channels.
#pragma once

#include "tests/support/signals.hpp"

#include <earmark/earmark.hpp>

#include <algorithm>
#include <array>
#include <functional>

namespace earmark::test {

inline Key numbered_key(int number) {
    std::array<std::uint8_t, key_bytes> master{};
    for (std::size_t i = 0; i < 4; ++i) master[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return Key::from_bytes(master);
}

inline const Payload some_payload = Payload::from_hex("0123456789abcdef");

inline EmbedConfig mono_config(int rate, Profile profile = Profile::standard, int key_number = 1,
                               const Payload& payload = some_payload) {
    return {
        .key = numbered_key(key_number), .payload = payload, .sample_rate_hz = rate, .channels = 1, .profile = profile};
}

struct MonoMarked {
    Samples samples;
    EmbedReport report;
};

inline MonoMarked embed_mono(const Samples& host, const EmbedConfig& config) {
    const std::array<const float*, 1> channels{host.data()};
    Marked marked = embed({channels, host.size(), config.sample_rate_hz}, config);
    return {std::move(marked.audio.channels.front()), marked.report};
}

// One signal through an embedder that exists already: in blocks of the sizes that next_block gives, flushed, the lag
// cut off.
inline Samples stream_mono(Embedder& embedder, const Samples& host, const std::function<std::size_t()>& next_block) {
    const std::size_t latency = embedder.latency_samples();
    Samples out(host.size() + latency);
    for (std::size_t done = 0; done < host.size();) {
        const std::size_t count = std::min(next_block(), host.size() - done);
        const float* in = host.data() + done;
        float* to = out.data() + done;
        embedder.process(&in, &to, count);
        done += count;
    }
    float* tail = out.data() + host.size();
    embedder.flush(&tail);
    return slice(out, latency, out.size());
}

inline DetectConfig detect_config(int rate, const AnyKey& key = numbered_key(1)) {
    return {.keys = {{"key", key}}, .sample_rate_hz = rate};
}

inline Detection detect_mono(const Samples& received, const DetectConfig& config) {
    const std::array<const float*, 1> channels{received.data()};
    return detect({channels, received.size(), config.sample_rate_hz}, config);
}

inline Detection detect_mono(const Samples& received, int rate) {
    return detect_mono(received, detect_config(rate));
}

}  // namespace earmark::test
