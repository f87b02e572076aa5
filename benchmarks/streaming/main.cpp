// benchmark_streaming: what a stream costs, and how many one core carries in real time.
//
//     benchmark_streaming [--seconds 75] [--detect-streams 500] [--embed-streams 200] [--json FILE]
//
// One stream at a time: ns per sample, times real time, the worst block against the time it has, for blocks of 2.5, 5,
// 10 and 20 ms; a search through all scales (Search::full) is one block's work and keeps no time. Then many streams in
// rounds of 20 ms, as a server has them, all on one thread: the time a round takes of its 20 ms, and the worst single
// push. Detection: 8 kHz, one key in a shared plan, every other call marked, and then the same many with calls that all
// begin at the same sample and say the same, so that whatever a stream does at slots and stretches falls into the same
// round. Embedding: 24 kHz. Times are this thread's computing time. First it makes sure that what is timed works. Exit
// 1 when a round of the many streams takes more than its 20 ms on average, or a push more than 5 ms.
#include "benchmarks/streaming/call.hpp"

#include <malloc.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>

using namespace earmark;
using namespace earmark::benchmark;

namespace {

using Json = nlohmann::ordered_json;
constexpr int detect_rate = 8000, embed_rate = 24000;
constexpr double round_s = 0.02, most_push_s = 0.005;

struct Costs {
    double total_s = 0, worst_s = 0;
    std::vector<double> blocks_s;

    void add(double seconds) {
        total_s += seconds;
        worst_s = std::max(worst_s, seconds);
        blocks_s.push_back(seconds);
    }
    double quantile(double share) {
        std::sort(blocks_s.begin(), blocks_s.end());
        return blocks_s[static_cast<std::size_t>(share * static_cast<double>(blocks_s.size() - 1))];
    }
};

std::size_t heap_bytes() {
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

template <class Process>
Json one_stream(const char* what, int rate, std::size_t samples, double block_ms, Process process) {
    const auto block = static_cast<std::size_t>(std::lround(block_ms / 1000 * rate));
    Costs costs;
    for (std::size_t at = 0; at + block <= samples; at += block) {
        const double before_s = computed_s();
        process(at, block);
        costs.add(computed_s() - before_s);
    }
    const double seconds = static_cast<double>(samples) / rate;
    Json row{{"what", what},
             {"rate_hz", rate},
             {"block_ms", block_ms},
             {"ns_per_sample", costs.total_s / static_cast<double>(samples) * 1e9},
             {"times_real_time", seconds / costs.total_s},
             {"median_us", costs.quantile(0.5) * 1e6},
             {"p999_us", costs.quantile(0.999) * 1e6},
             {"worst_us", costs.worst_s * 1e6}};
    std::printf("%-16s %6d %6.1f %10.1f %10.0f %10.1f %10.1f %10.1f %9.1f %%\n", what, rate, block_ms,
                row["ns_per_sample"].get<double>(), row["times_real_time"].get<double>(),
                row["median_us"].get<double>(), row["p999_us"].get<double>(), row["worst_us"].get<double>(),
                costs.worst_s / (block_ms / 1000) * 100);
    return row;
}

template <class Stream, class Process>
Json many_streams(const char* what, int rate, std::vector<std::unique_ptr<Stream>>& streams, double seconds,
                  Process process) {
    const auto block = static_cast<std::size_t>(round_s * rate);
    const auto rounds = static_cast<std::size_t>(seconds / round_s);
    Costs pushes, all_rounds;
    for (std::size_t round = 0; round < rounds; ++round) {
        double taken_s = 0;
        for (std::size_t s = 0; s < streams.size(); ++s) {
            const double before_s = computed_s();
            process(*streams[s], s, round * block, block);
            const double push_s = computed_s() - before_s;
            pushes.add(push_s);
            taken_s += push_s;
        }
        all_rounds.add(taken_s);
    }
    const double mean_round_s = pushes.total_s / static_cast<double>(rounds);
    Json row{{"what", what},
             {"rate_hz", rate},
             {"streams", streams.size()},
             {"mean_round_ms", mean_round_s * 1e3},
             {"median_round_ms", all_rounds.quantile(0.5) * 1e3},
             {"p99_round_ms", all_rounds.quantile(0.99) * 1e3},
             {"worst_round_ms", all_rounds.worst_s * 1e3},
             {"p99_push_us", pushes.quantile(0.99) * 1e6},
             {"worst_push_us", pushes.worst_s * 1e6},
             {"streams_per_core", static_cast<double>(streams.size()) * round_s / mean_round_s},
             {"held", mean_round_s <= round_s && pushes.worst_s <= most_push_s}};
    std::printf("%-17s %6d %7zu %7.2f %8.2f %7.2f %8.2f %10.1f %10.1f %13.0f\n", what, rate, streams.size(),
                mean_round_s * 1e3, row["median_round_ms"].get<double>(), row["p99_round_ms"].get<double>(),
                row["worst_round_ms"].get<double>(), row["p99_push_us"].get<double>(),
                row["worst_push_us"].get<double>(), row["streams_per_core"].get<double>());
    return row;
}

}  // namespace

int main(int count, char** words) {
    CLI::App app{"What a stream costs, and how many one core carries"};
    double seconds = 75;
    int detect_streams = 500, embed_streams = 200;
    std::string json_file;
    app.add_option("--seconds", seconds, "Length of a call; a stretch is judged after 65.5 s")->capture_default_str();
    app.add_option("--detect-streams", detect_streams)->capture_default_str();
    app.add_option("--embed-streams", embed_streams)->capture_default_str();
    app.add_option("--json", json_file, "Write the figures there");
    CLI11_PARSE(app, count, words);

    const DetectConfig detect_config{.keys = {{"key", numbered_key(1)}}, .sample_rate_hz = detect_rate};
    const DetectPlan plan(detect_config);
    const std::vector<float> host = talker(seconds, detect_rate, 1), call = marked(host, detect_rate, 1);
    const float* in = call.data();
    if (!detect({{&in, 1}, call.size(), detect_rate}, detect_config).marked) {
        std::fprintf(stderr, "the marked call is not found: nothing to time\n");
        return 1;
    }
    const std::vector<float> wide = talker(std::min(seconds, 30.0), embed_rate, 2);
    const EmbedConfig embed_config{
        .key = numbered_key(1), .payload = Payload::from_uint64(1), .sample_rate_hz = embed_rate};

    Json figures{{"seconds", seconds}, {"simd", simd_target()}, {"one_stream", Json::array()}};
    const std::size_t before = heap_bytes();
    auto detector = std::make_unique<Detector>(plan);
    const std::size_t detector_bytes = heap_bytes() - before;
    auto embedder = std::make_unique<Embedder>(embed_config);
    const std::size_t embedder_bytes = heap_bytes() - before - detector_bytes;
    figures["detector_bytes"] = detector_bytes;
    figures["embedder_bytes"] = embedder_bytes;
    std::printf("memory per stream: detector at 8 kHz with one key %.0f KiB, embedder at 24 kHz %.0f KiB\n\n",
                static_cast<double>(detector_bytes) / 1024, static_cast<double>(embedder_bytes) / 1024);

    std::printf("%-16s %6s %6s %10s %10s %10s %10s %10s %11s\n", "one stream", "Hz", "ms", "ns/sample", "x real",
                "median us", "p99.9 us", "worst us", "of its time");
    for (const double block_ms : {2.5, 5.0, 10.0, 20.0})
        for (const bool with_mark : {false, true}) {
            const std::vector<float>& samples = with_mark ? call : host;
            figures["one_stream"].push_back(one_stream(with_mark ? "detect, marked" : "detect, unmarked", detect_rate,
                                                       samples.size(), block_ms,
                                                       [&](std::size_t at, std::size_t block) {
                                                           const float* from = samples.data() + at;
                                                           detector->push(&from, block);
                                                       }));
            detector->reset();
        }
    DetectConfig full_config = detect_config;
    full_config.search = Search::full;
    Detector searching(full_config);
    for (const bool with_mark : {false, true}) {
        const std::vector<float>& samples = with_mark ? call : host;
        figures["one_stream"].push_back(one_stream(with_mark ? "full, marked" : "full, unmarked", detect_rate,
                                                   samples.size(), 20, [&](std::size_t at, std::size_t block) {
                                                       const float* from = samples.data() + at;
                                                       searching.push(&from, block);
                                                   }));
        searching.reset();
    }
    std::vector<float> out(wide.size());
    for (const double block_ms : {2.5, 5.0, 10.0, 20.0})
        figures["one_stream"].push_back(
            one_stream("embed", embed_rate, wide.size(), block_ms, [&](std::size_t at, std::size_t block) {
                const float* from = wide.data() + at;
                float* to = out.data() + at;
                embedder->process(&from, &to, block);
            }));

    std::printf("\n%-17s %6s %7s %33s %21s\n%-17s %6s %7s %7s %8s %7s %8s %10s %10s %13s\n", "", "", "",
                "round of 20 ms takes, ms", "push takes, us", "many streams", "Hz", "streams", "mean", "median", "p99",
                "worst", "p99", "worst", "streams/core");
    const auto offset = [](std::size_t stream, std::size_t length, std::size_t block) {
        return stream * 7919 % (length / block) * block;
    };
    const auto turned = [&](const std::vector<float>& samples, std::size_t stream, std::size_t at, std::size_t block) {
        const std::size_t blocks = samples.size() / block;
        return samples.data() + (at / block + offset(stream, samples.size(), block) / block) % blocks * block;
    };
    std::vector<std::unique_ptr<Detector>> detectors;
    for (int s = 0; s < detect_streams; ++s) {
        detectors.push_back(std::make_unique<Detector>(plan));
        // Calls begin at different times: each has heard something between nothing and a minute.
        const float* from = host.data();
        detectors.back()->push(&from,
                               host.size() / static_cast<std::size_t>(detect_streams) * static_cast<std::size_t>(s));
    }
    figures["many_detectors"] = many_streams("detect", detect_rate, detectors, seconds,
                                             [&](Detector& one, std::size_t s, std::size_t at, std::size_t block) {
                                                 const float* from = turned(s % 2 == 0 ? call : host, s, at, block);
                                                 one.push(&from, block);
                                             });
    for (const bool with_mark : {false, true}) {
        for (auto& detector_of_call : detectors) detector_of_call->reset();
        const std::vector<float>& samples = with_mark ? call : host;
        figures[with_mark ? "aligned_marked" : "aligned_unmarked"] =
            many_streams(with_mark ? "aligned, marked" : "aligned, unmarked", detect_rate, detectors, seconds,
                         [&](Detector& one, std::size_t, std::size_t at, std::size_t block) {
                             const float* from = samples.data() + at;
                             one.push(&from, block);
                         });
    }
    detectors.clear();
    std::vector<std::unique_ptr<Embedder>> embedders;
    for (int s = 0; s < embed_streams; ++s) embedders.push_back(std::make_unique<Embedder>(embed_config));
    figures["many_embedders"] = many_streams("embed", embed_rate, embedders, std::min(seconds, 10.0),
                                             [&](Embedder& one, std::size_t s, std::size_t at, std::size_t block) {
                                                 const float* from = turned(wide, s, at, block);
                                                 float* to = out.data();
                                                 one.process(&from, &to, block);
                                             });
    if (!json_file.empty()) std::ofstream(json_file) << figures.dump(1) << '\n';
    return figures["many_detectors"]["held"].get<bool>() && figures["many_embedders"]["held"].get<bool>() ? 0 : 1;
}
