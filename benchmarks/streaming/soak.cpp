// benchmark_soak: a day through one stream.
//
//     benchmark_soak [--hours 24] [--audio FILE.f32]... [--seed 1] [--json FILE]
//
// Unmarked audio at 8 kHz in blocks of random size: made-up talkers, tones, noise, silence, DTMF and the like, and the
// files named (float32, 8 kHz, mono), cut and joined at random, at random levels. Checks at every minute: memory is
// what it was after the first, the stream's time is the count of its samples, nothing is called marked. A marked minute
// at the end must still be found, where it stands. Exit 1 when anything does not hold.
#include "benchmarks/false_alarms/synthetic.hpp"
#include "benchmarks/streaming/call.hpp"

#include <malloc.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

using namespace earmark;
using namespace earmark::benchmark;

namespace {

constexpr int rate = 8000;

std::vector<float> read_floats(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> samples(bytes.size() / sizeof(float));
    std::copy_n(bytes.begin(), samples.size() * sizeof(float), reinterpret_cast<char*>(samples.data()));
    if (samples.empty()) throw std::runtime_error(name + ": no samples");
    return samples;
}

// A minute, at another level each time.
std::vector<float> next_minute(const std::vector<std::vector<float>>& files, Random& random) {
    std::vector<float> minute;
    while (minute.size() < 60 * rate) {
        const double seconds = random.between(2, 20);
        const auto kinds = synthetics().size();
        const auto pick = static_cast<std::size_t>(random.below(static_cast<int>(kinds + 4 + 2 * files.size())));
        std::vector<float> piece;
        if (pick < kinds) {
            piece = synthetics()[pick].make(seconds, rate, random);
        } else if (pick < kinds + 4 || files.empty()) {
            piece = talker(seconds, rate, random.bits());
        } else {
            const auto& file = files[static_cast<std::size_t>(random.below(static_cast<int>(files.size())))];
            const auto length = std::min(file.size(), static_cast<std::size_t>(seconds * rate));
            const auto from = static_cast<std::ptrdiff_t>(random.uniform() * static_cast<double>(file.size() - length));
            piece.assign(file.begin() + from, file.begin() + from + static_cast<std::ptrdiff_t>(length));
        }
        const double gain = std::pow(10, random.between(-40, 0) / 20);
        for (const float x : piece) minute.push_back(static_cast<float>(gain * x));
    }
    minute.resize(60 * rate);
    return minute;
}

}  // namespace

int main(int count, char** words) {
    CLI::App app{"A day through one stream"};
    double hours = 24;
    std::vector<std::string> names;
    std::uint64_t seed = 1;
    std::string json_file;
    app.add_option("--hours", hours)->capture_default_str();
    app.add_option("--audio", names, "float32, 8 kHz, mono, not marked");
    app.add_option("--seed", seed)->capture_default_str();
    app.add_option("--json", json_file, "Write the figures there");
    CLI11_PARSE(app, count, words);

    Random random(seed);
    std::vector<std::vector<float>> files;
    for (const std::string& name : names) files.push_back(read_floats(name));
    std::vector<std::vector<float>> minutes;  // of an hour; then they come again in another order
    for (int m = 0; m < 60; ++m) minutes.push_back(next_minute(files, random));

    Detector detector(DetectConfig{.keys = {{"key", numbered_key(1)}}, .sample_rate_hz = rate});
    const auto total = static_cast<long>(hours * 60);
    double pushed_s = 0, worst_drift_s = 0, least_log10_p = 0;
    std::uint64_t samples = 0;
    std::size_t heap = 0, most_heap = 0;
    long alarms = 0;
    const auto push = [&](const std::vector<float>& minute) {
        for (std::size_t done = 0; done < minute.size();) {
            const std::size_t block = std::min(minute.size() - done, 1 + static_cast<std::size_t>(random.below(4000)));
            const float* in = minute.data() + done;
            const double before_s = computed_s();
            detector.push(&in, block);
            pushed_s += computed_s() - before_s;
            done += block;
            samples += block;
        }
    };
    for (long m = 0; m < total; ++m) {
        push(minutes[static_cast<std::size_t>(random.below(60))]);
        if (const auto verdict = detector.poll()) {
            worst_drift_s =
                std::max(worst_drift_s, std::abs(static_cast<double>(samples) / rate - verdict->duration_s));
            least_log10_p = std::min(least_log10_p, verdict->log10_p);
            alarms += verdict->marked;
        }
        const std::size_t now = mallinfo2().uordblks + mallinfo2().hblkhd;
        if (m == 0) heap = now;
        most_heap = std::max(most_heap, now);
    }
    const double mark_at_s = static_cast<double>(samples) / rate;
    push(marked(talker(60, rate, seed), rate, 1));
    const Detection last = detector.finish();
    const bool found = last.marked && !last.segments.empty() &&
                       std::abs(last.segments.back().start_s - mark_at_s) < 2 &&
                       last.duration_s == static_cast<double>(samples) / rate;
    const nlohmann::ordered_json figures{{"hours", hours},
                                         {"seed", seed},
                                         {"times_real_time", mark_at_s / pushed_s},
                                         {"heap_growth_bytes", static_cast<long>(most_heap) - static_cast<long>(heap)},
                                         {"worst_drift_s", worst_drift_s},
                                         {"least_log10_p", least_log10_p},
                                         {"false_alarms", alarms},
                                         {"mark_at_the_end_found", found}};
    std::printf(
        "%.1f h of audio in %.0f s (%.0f x real time); memory grew by %ld bytes; stream time and samples apart by at "
        "most %.3f s (a quarter of a second is the grid of polls); least p 10^%.1f, false alarms %ld; the mark at "
        "the end %s\n",
        hours, pushed_s, mark_at_s / pushed_s, figures["heap_growth_bytes"].get<long>(), worst_drift_s, least_log10_p,
        alarms, found ? "found" : "NOT found");
    if (!json_file.empty()) std::ofstream(json_file) << figures.dump(1) << '\n';
    const bool flat = figures["heap_growth_bytes"].get<long>() <= 0;
    return flat && worst_drift_s <= 0.3 && alarms == 0 && found ? 0 : 1;
}
