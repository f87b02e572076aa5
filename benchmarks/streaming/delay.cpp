// The C++ side of detection_delay.py: for each call (float32, 8 kHz, mono) how much of it the streaming detector and
// the whole-file detector need.
//
//     detection_delay KEY SECONDS FILE MARK-START-S [FILE MARK-START-S]...      # one JSON object a line
//
// stream_s: what had been pushed, in blocks of 20 ms, when poll() first said marked. whole_s: the shortest beginning of
// the file, in steps of 20 ms, that detect() calls marked: an oracle that looks as often as it likes and pays for one
// look. Both counted from the start of the mark; null where SECONDS of mark were not enough.
#include <earmark/earmark.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

using namespace earmark;

namespace {

constexpr int rate = 8000;
constexpr std::size_t block = 160;

std::vector<float> read_floats(const char* name) {
    std::ifstream file(name, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> samples(bytes.size() / sizeof(float));
    std::copy_n(bytes.begin(), samples.size() * sizeof(float), reinterpret_cast<char*>(samples.data()));
    return samples;
}

nlohmann::ordered_json since(double mark_s, std::size_t samples) {
    if (samples == 0) return nullptr;
    return static_cast<double>(samples) / rate - mark_s;
}

}  // namespace

int main(int count, char** words) {
    if (count < 5 || count % 2 != 1) return 2;
    const DetectConfig config{.keys = {{"key", load_key(words[1])}}, .sample_rate_hz = rate};
    const DetectPlan plan(config);
    for (int w = 3; w + 1 < count; w += 2) {
        const std::vector<float> call = read_floats(words[w]);
        const double mark_s = std::atof(words[w + 1]);
        const std::size_t until =
            std::min(call.size(), static_cast<std::size_t>((mark_s + std::atof(words[2])) * rate));
        std::size_t stream = 0, whole = 0;
        Detector detector(plan);
        for (std::size_t done = 0; done + block <= until && stream == 0; done += block) {
            const float* in = call.data() + done;
            detector.push(&in, block);
            const auto verdict = detector.poll();
            if (verdict && verdict->marked) stream = done + block;
        }
        const float* in = call.data();
        for (auto length = static_cast<std::size_t>(mark_s * rate) / block * block + block;
             length <= until && whole == 0; length += block)
            if (detect({{&in, 1}, length, rate}, config).marked) whole = length;
        const nlohmann::ordered_json line{{"stream_s", since(mark_s, stream)}, {"whole_s", since(mark_s, whole)}};
        std::printf("%s\n", line.dump().c_str());
    }
}
