// Made-up calls for timing: a made-up talker, marked or not.
#pragma once

#include <earmark/earmark.hpp>

#include <array>
#include <cmath>
#include <ctime>
#include <random>
#include <vector>

namespace earmark::benchmark {

// Seconds this thread has computed: what a busy machine does beside it does not count.
inline double computed_s() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

inline Key numbered_key(int number) {
    std::array<std::uint8_t, key_bytes> master{};
    for (std::size_t i = 0; i < 4; ++i) master[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return Key::from_bytes(master);
}

// Bursts of noise, vowel-like tones and pauses over a floor of noise: every stage has something to do. The same on
// every machine.
inline std::vector<float> talker(double seconds, int rate, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    const auto uniform = [&] { return static_cast<double>(engine() >> 11) * 0x1p-53; };
    std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
    double pitch_hz = 120, voiced = 0, loud = 0, phase = 0, past = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (i % static_cast<std::size_t>(rate / 8) == 0) {
            pitch_hz = 90 + 120 * uniform();
            voiced = uniform() < 0.6 ? 1 : 0;
            loud = uniform() < 0.15 ? 0 : 0.05 + 0.25 * uniform();
        }
        phase += pitch_hz / rate;
        if (phase >= 1) phase -= 1;
        const double noise = 2 * uniform() - 1, tone = 2 * phase - 1;
        past = 0.6 * past + 0.4 * (voiced > 0 ? 0.8 * tone + 0.2 * noise : noise);
        samples[i] = static_cast<float>(loud * past + 3e-4 * noise);
    }
    return samples;
}

inline std::vector<float> marked(const std::vector<float>& host, int rate, int key_number) {
    const float* channel = host.data();
    const EmbedConfig config{
        .key = numbered_key(key_number), .payload = Payload::from_uint64(0x0123456789abcdef), .sample_rate_hz = rate};
    return embed({{&channel, 1}, host.size(), rate}, config).audio.channels.front();
}

}  // namespace earmark::benchmark
