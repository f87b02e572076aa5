// Calls README's two functions for streams: a voice server's chunks are spoken, the call is heard 20 ms at a time.
#include <algorithm>
#include <cstdint>
#include <iterator>

int main() {
    constexpr int rate_hz = 16000;
    const auto key = earmark::Key::generate();
    earmark::Embedder embedder({.key = key, .payload = earmark::Payload::from_uint64(7), .sample_rate_hz = rate_hz});
    std::vector<float> host(10 * rate_hz), sent;
    std::uint32_t state = 1;
    for (float& x : host) {
        state = state * 1664525 + 1013904223;
        x = 0.1F * (static_cast<float>(state >> 8) / 8388608.0F - 1);
    }
    std::size_t made = 0, size = 1;
    speak(
        embedder,
        [&] {
            const std::size_t count = std::min(size = size * 7 % 4001, host.size() - made);
            made += count;
            return std::vector<float>(host.begin() + static_cast<std::ptrdiff_t>(made - count),
                                      host.begin() + static_cast<std::ptrdiff_t>(made));
        },
        [&](const std::vector<float>& chunk) { sent.insert(sent.end(), chunk.begin(), chunk.end()); });
    if (sent.size() != host.size() + embedder.latency_samples()) return 1;
    for (const auto* audio : {&sent, &host}) {
        earmark::Detector detector({.keys = {{"vendor", key}}, .sample_rate_hz = rate_hz});
        bool marked = false;
        for (std::size_t i = 0; i + 320 <= audio->size() && !marked; i += 320)
            marked = hear(detector, {audio->begin() + static_cast<std::ptrdiff_t>(i),
                                     audio->begin() + static_cast<std::ptrdiff_t>(i + 320)});
        if (marked != (audio == &sent)) return 2;
    }
    return 0;
}
