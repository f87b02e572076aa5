// The C++ side of detection_delay.py: for each call (float32, 8 kHz, mono) how much of it the streaming detector and
// the whole-file detector need.
//
//     detection_delay KEY KEYS SECONDS FILE MARK-START-S [FILE MARK-START-S]...      # one JSON object a line
//
// stream_s: what had been pushed, in blocks of 20 ms, when poll() first said marked. whole_s: the shortest beginning of
// the file, in steps of 20 ms, that detect() calls marked: an oracle that looks as often as it likes and pays for one
// look. Both counted from the start of the mark; null where SECONDS of mark were not enough. KEYS: how many keys the
// streaming detector searches for, made-up ones beside KEY; the whole file is always searched for KEY alone. alone_s:
// as stream_s for KEY alone, held to the p that it needs among so many.
#include <earmark/earmark.hpp>

#include "benchmarks/streaming/call.hpp"

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

DetectConfig config_for(const char* key, int keys) {
    DetectConfig config{.keys = {{"key", load_key(key)}}, .sample_rate_hz = rate};
    for (int k = 1; k < keys; ++k) config.keys.push_back({"another", earmark::benchmark::numbered_key(k)});
    return config;
}

// Samples pushed when poll() first says marked; 0: it does not.
std::size_t streamed(const DetectPlan& plan, const std::vector<float>& call, std::size_t until) {
    Detector detector(plan);
    for (std::size_t done = 0; done + block <= until; done += block) {
        const float* in = call.data() + done;
        detector.push(&in, block);
        const auto verdict = detector.poll();
        if (verdict && verdict->marked) return done + block;
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count < 6 || count % 2 != 0) return 2;
    const int keys = std::max(std::atoi(words[2]), 1);
    const DetectConfig config = config_for(words[1], 1);
    DetectConfig strict = config;
    strict.p_max /= keys;
    const DetectPlan plan(config_for(words[1], keys)), alone(strict);
    for (int w = 4; w + 1 < count; w += 2) {
        const std::vector<float> call = read_floats(words[w]);
        const double mark_s = std::atof(words[w + 1]);
        const std::size_t until =
            std::min(call.size(), static_cast<std::size_t>((mark_s + std::atof(words[3])) * rate));
        std::size_t whole = 0;
        const float* in = call.data();
        for (auto length = static_cast<std::size_t>(mark_s * rate) / block * block + block;
             length <= until && whole == 0; length += block)
            if (detect({{&in, 1}, length, rate}, config).marked) whole = length;
        const nlohmann::ordered_json line{{"stream_s", since(mark_s, streamed(plan, call, until))},
                                          {"whole_s", since(mark_s, whole)},
                                          {"alone_s", since(mark_s, streamed(alone, call, until))}};
        std::printf("%s\n", line.dump().c_str());
    }
}
