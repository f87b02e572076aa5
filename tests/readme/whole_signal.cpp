// Calls README's two functions for whole signals: what mark() marks is_marked() finds, and the host it does not.
#include <cstdint>

namespace {

std::vector<float> noise(int samples) {
    std::vector<float> made(static_cast<std::size_t>(samples));
    std::uint32_t state = 1;
    for (float& x : made) {
        state = state * 1664525 + 1013904223;
        x = 0.1F * (static_cast<float>(state >> 8) / 8388608.0F - 1);
    }
    return made;
}

}  // namespace

int main() {
    const auto key = earmark::Key::generate();
    const std::vector<float> host = noise(10 * 24000), marked = mark(host, key);
    if (marked.size() != host.size() || marked == host) return 1;
    const float* channel = marked.data();
    const earmark::DetectConfig config{.keys = {{"vendor", key}}, .sample_rate_hz = 24000};
    if (!earmark::detect({{&channel, 1}, marked.size(), 24000}, config).marked) return 2;
    const float* host_channel = host.data();
    if (earmark::detect({{&host_channel, 1}, host.size(), 24000}, config).marked) return 3;
    const auto low = noise(10 * 8000);
    if (is_marked(low, key)) return 4;
    const float* low_channel = low.data();
    const auto marked_low =
        earmark::embed({{&low_channel, 1}, low.size(), 8000},
                       {.key = key, .payload = earmark::Payload::from_uint64(1), .sample_rate_hz = 8000});
    return is_marked(marked_low.audio.channels[0], key.screening()) ? 0 : 5;
}
