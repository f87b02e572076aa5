// benchmark_ledger: how fast a ledger takes rows, finds a payload among them, and is verified.
//
//     benchmark_ledger [--rows 1000000] [--batch 1000] [--look-ups 1000] [--singles 200] [--seed 1] [--folder DIR]
//                      [--json FILE]
//
// Fills a ledger in DIR (the system's place for temporary files, unless given) with --rows rows, in batches of one
// transaction each, and times the appends of the last tenth, where the file is largest; single appends, each on the
// disk before the next; look-ups of random payloads through a file opened anew for each, as `earmark trace` does; and
// the check of the whole chain. Every look-up must find its row and the chain must be whole, else exit 1.
#include "tools/ledger/ledger.hpp"
#include "tools/ledger/verify.hpp"

#include <earmark/error.hpp>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

using namespace earmark;
using namespace earmark::ledger;

namespace {

struct Options {
    std::int64_t rows = 1'000'000;
    int batch = 1000, look_ups = 1000, singles = 200;
    std::uint64_t seed = 1;
    std::string folder = std::filesystem::temp_directory_path().string(), json_file;
};

class Stopwatch {
  public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Making usual_making() {
    return {
        .provider = "Example Voices Ltd",
        .model = "tts-2.1",
        .voice = "anna",
        .consent = "consent-2026-000017",
        .reference = "request-9f3c2b1a",
        .profile = "standard",
        .key_fingerprint = "8d7b1dcd1894d5f5",
        .detail =
            R"({"earmark":"0.1.0","sample_rate_hz":24000,"channels":1,"container":"WAV","sample_format":"pcm_16"})"};
}

struct Filled {
    std::vector<Payload> payloads;
    double all_s = 0, last_tenth_rows_per_s = 0;
};

Filled fill(Ledger& ledger, const Options& options) {
    const std::vector<Making> makings(static_cast<std::size_t>(options.batch), usual_making());
    Filled filled;
    const Stopwatch all;
    std::int64_t rows = 0, timed_rows = 0;
    double timed_s = 0;
    for (; rows < options.rows; rows += options.batch) {
        const Stopwatch one;
        for (const Begun& begun : ledger.begin_many(makings)) filled.payloads.push_back(begun.payload);
        if (rows < options.rows - options.rows / 10) continue;
        timed_s += one.seconds();
        timed_rows += options.batch;
    }
    filled.all_s = all.seconds();
    filled.last_tenth_rows_per_s = static_cast<double>(timed_rows) / timed_s;
    return filled;
}

std::vector<double> single_appends_ms(Ledger& ledger, int count) {
    std::vector<double> took_ms;
    for (int i = 0; i < count; ++i) {
        const Stopwatch one;
        ledger.begin(usual_making());
        took_ms.push_back(1e3 * one.seconds());
    }
    std::sort(took_ms.begin(), took_ms.end());
    return took_ms;
}

std::vector<double> look_ups_ms(const std::string& path, const std::vector<Payload>& payloads, const Options& options) {
    std::mt19937_64 random(options.seed);
    std::vector<double> took_ms;
    for (int i = 0; i < options.look_ups; ++i) {
        const Payload& payload = payloads[random() % payloads.size()];
        const Stopwatch one;
        Ledger ledger(path, {.access = Access::read});
        const std::vector<Story> stories = ledger.trace(payload);
        took_ms.push_back(1e3 * one.seconds());
        if (stories.size() != 1 || stories[0].begun->payload != payload)
            throw Error(Fault::input, "a row was not found");
    }
    std::sort(took_ms.begin(), took_ms.end());
    return took_ms;
}

double quantile(const std::vector<double>& sorted, double share) {
    return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

int measure(const Options& options) {
    const std::string path = (std::filesystem::path(options.folder) / "benchmark.ledger").string();
    Ledger::create(path);
    Ledger ledger(path);
    const Filled filled = fill(ledger, options);
    const std::vector<double> singles = single_appends_ms(ledger, options.singles);
    const std::vector<double> look_ups = look_ups_ms(path, filled.payloads, options);
    const Stopwatch watch;
    const Verdict verdict = verify(ledger.log(), std::nullopt);
    const double verify_s = watch.seconds();
    const auto bytes = static_cast<double>(std::filesystem::file_size(path));
    const auto rows = static_cast<double>(filled.payloads.size());
    std::filesystem::remove(path);

    nlohmann::ordered_json record{{"program", "benchmark_ledger"},
                                  {"sqlite", database_library()},
                                  {"rows", filled.payloads.size()},
                                  {"batch", options.batch},
                                  {"seed", options.seed},
                                  {"append_rows_per_s", rows / filled.all_s},
                                  {"append_rows_per_s_last_tenth", filled.last_tenth_rows_per_s},
                                  {"single_append_ms_median", quantile(singles, 0.5)},
                                  {"single_append_ms_99", quantile(singles, 0.99)},
                                  {"look_up_ms_median", quantile(look_ups, 0.5)},
                                  {"look_up_ms_worst", quantile(look_ups, 1)},
                                  {"verify_s", verify_s},
                                  {"bytes_per_row", bytes / rows}};
    for (const auto& [name, value] : record.items()) std::printf("%-30s %s\n", name.c_str(), value.dump().c_str());
    if (!options.json_file.empty()) std::ofstream(options.json_file) << record.dump(1) << "\n";
    if (!verdict.problem.empty()) throw Error(Fault::input, verdict.problem);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("How fast the ledger takes rows, finds payloads and is verified.");
    Options options;
    app.add_option("--rows", options.rows)->check(CLI::PositiveNumber);
    app.add_option("--batch", options.batch)->check(CLI::PositiveNumber);
    app.add_option("--look-ups", options.look_ups)->check(CLI::NonNegativeNumber);
    app.add_option("--singles", options.singles)->check(CLI::NonNegativeNumber);
    app.add_option("--seed", options.seed);
    app.add_option("--folder", options.folder);
    app.add_option("--json", options.json_file);
    CLI11_PARSE(app, argc, argv);
    try {
        return measure(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "benchmark_ledger: %s\n", error.what());
        return 1;
    }
}
