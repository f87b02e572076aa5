// An outside program: sees the installed headers only, marks noise and finds the mark again.
#include <earmark/earmark.hpp>

#include <cstdint>
#include <cstdio>
#include <vector>

int main() {
    constexpr int rate_hz = 16000;
    std::vector<float> samples(10 * rate_hz);
    std::uint32_t state = 1;
    for (float& x : samples) {
        state = state * 1664525 + 1013904223;
        x = 0.1F * (static_cast<float>(state >> 8) / 8388608.0F - 1);
    }
    const float* channel = samples.data();
    const earmark::Key key = earmark::Key::generate();
    const earmark::EmbedConfig embed{
        .key = key, .payload = earmark::Payload::from_hex("0123456789abcdef"), .sample_rate_hz = rate_hz};
    const earmark::Marked marked = earmark::embed({{&channel, 1}, samples.size(), rate_hz}, embed);

    earmark::DetectConfig detect;
    detect.keys = {{"consumer.key", key}};
    detect.sample_rate_hz = rate_hz;
    const float* received = marked.audio.channels[0].data();
    const earmark::Detection found = earmark::detect({{&received, 1}, samples.size(), rate_hz}, detect);
    const earmark::Detection host = earmark::detect({{&channel, 1}, samples.size(), rate_hz}, detect);
    std::printf("earmark %s: marked %d, payload %s, host %d\n", earmark::version, found.marked,
                found.payload ? found.payload->hex().c_str() : "-", host.marked);
    return found.marked && found.payload == embed.payload && !host.marked ? 0 : 1;
}
