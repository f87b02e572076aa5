// What each search costs on one core: seconds of audio judged in a second of processor time.
//
//     benchmark_search_cost FILE...     # WAV or FLAC, mono or first channel; unmarked, and then marked
#include <earmark/earmark.hpp>

#include "benchmarks/sound_file.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

double processor_s() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

int main(int count, char** words) try {
    if (count < 2) {
        std::fprintf(stderr, "usage: benchmark_search_cost FILE...\n");
        return 2;
    }
    std::array<std::uint8_t, earmark::key_bytes> master{};
    const auto key = earmark::Key::from_bytes(master);
    std::printf("%-10s %-9s %12s %12s\n", "search", "audio", "x real time", "seconds");
    for (const auto search : {earmark::Search::none, earmark::Search::drift, earmark::Search::full})
        for (const bool with_mark : {false, true}) {
            double audio_s = 0, cost_s = 0;
            for (int i = 1; i < count; ++i) {
                earmark::benchmarks::Sound audio = earmark::benchmarks::read_sound(words[i]);
                if (audio.samples.empty()) throw std::runtime_error(std::string(words[i]) + ": no audio");
                const auto view = [&](const float* const& channel) {
                    return earmark::AudioView{{&channel, 1}, audio.samples.size(), audio.rate};
                };
                const float* channel = audio.samples.data();
                if (with_mark)
                    audio.samples = earmark::embed(view(channel), {.key = key,
                                                                   .payload = earmark::Payload::from_uint64(1),
                                                                   .sample_rate_hz = audio.rate})
                                        .audio.channels[0];
                channel = audio.samples.data();
                const earmark::DetectConfig config{
                    .keys = {{"key", key}}, .sample_rate_hz = audio.rate, .search = search};
                const double start = processor_s();
                const bool marked = earmark::detect(view(channel), config).marked;
                cost_s += processor_s() - start;
                audio_s += static_cast<double>(audio.samples.size()) / audio.rate;
                if (marked != with_mark) std::printf("# %s: %s\n", words[i], marked ? "marked" : "not found");
            }
            std::printf("%-10s %-9s %12.0f %12.0f\n", std::string(name(search)).c_str(),
                        with_mark ? "marked" : "unmarked", audio_s / cost_s, audio_s);
        }
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
}
