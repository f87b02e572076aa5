// Seconds that embed() and detect() take on samples in a file (float32, mono): the C++ side of python_overhead.py.
//
//     whole_call FLOAT32-FILE SAMPLE_RATE REPEATS      # prints the best time of each as JSON
#include <earmark/earmark.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

template <class Work>
double best_s(int repeats, Work work) {
    double best = 1e9;
    for (int i = 0; i < repeats; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

}  // namespace

int main(int count, char** words) {
    if (count != 4) return 2;
    std::ifstream file(words[1], std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> samples(bytes.size() / sizeof(float));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(samples.data()));
    const int rate = std::atoi(words[2]), repeats = std::atoi(words[3]);

    std::array<std::uint8_t, earmark::key_bytes> master{};
    const auto key = earmark::Key::from_bytes(master);
    const std::array<const float*, 1> channel{samples.data()};
    const earmark::AudioView view{channel, samples.size(), rate};
    const earmark::EmbedConfig embed{.key = key, .payload = earmark::Payload::from_uint64(1), .sample_rate_hz = rate};
    const double embed_s = best_s(repeats, [&] { earmark::embed(view, embed); });
    const auto marked = earmark::embed(view, embed);
    const std::array<const float*, 1> marked_channel{marked.audio.channels[0].data()};
    const earmark::AudioView marked_view{marked_channel, samples.size(), rate};
    const earmark::DetectConfig detect{.keys = {{"key", key}}, .sample_rate_hz = rate};
    if (!earmark::detect(marked_view, detect).marked) return 1;  // no time of something that does not work
    const double detect_s = best_s(repeats, [&] { earmark::detect(marked_view, detect); });
    std::printf("{\"embed_s\": %.9f, \"detect_s\": %.9f}\n", embed_s, detect_s);
}
