// Seconds of the processor that embed() and detect() take on samples in a file (float32, mono): the C++ side of
// python_overhead.py.
//
//     whole_call FLOAT32-FILE SAMPLE_RATE      # then "embed 10" or "detect 10" on standard input: the best of 10, a
//     line each
#include <earmark/earmark.hpp>

#include <time.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

// Of this thread: waiting for the processor does not count.
double processor_s() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Work>
double best_s(int repeats, Work work) {
    double best = 1e9;
    for (int i = 0; i < repeats; ++i) {
        const double start = processor_s();
        work();
        best = std::min(best, processor_s() - start);
    }
    return best;
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    std::ifstream file(words[1], std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> samples(bytes.size() / sizeof(float));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(samples.data()));
    const int rate = std::atoi(words[2]);

    std::array<std::uint8_t, earmark::key_bytes> master{};
    const auto key = earmark::Key::from_bytes(master);
    const std::array<const float*, 1> channel{samples.data()};
    const earmark::AudioView view{channel, samples.size(), rate};
    const earmark::EmbedConfig embed{.key = key, .payload = earmark::Payload::from_uint64(1), .sample_rate_hz = rate};
    const auto marked = earmark::embed(view, embed);
    const std::array<const float*, 1> marked_channel{marked.audio.channels[0].data()};
    const earmark::AudioView marked_view{marked_channel, samples.size(), rate};
    const earmark::DetectConfig detect{.keys = {{"key", key}}, .sample_rate_hz = rate};
    if (!earmark::detect(marked_view, detect).marked) return 1;  // no time of something that does not work

    std::string what;
    for (int repeats = 0; std::cin >> what >> repeats;) {
        const double seconds = what == "embed" ? best_s(repeats, [&] { earmark::embed(view, embed); })
                                               : best_s(repeats, [&] { earmark::detect(marked_view, detect); });
        std::printf("%.9f\n", seconds);
        std::fflush(stdout);
    }
}
