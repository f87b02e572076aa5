// benchmark_false_alarms: is the claimed bound kept on audio without a mark?
//
//     benchmark_false_alarms [--audio NAME=DIR]... [--synthetic-hours 1] [--passes 1] [--keys 8] [--seed 1] [--jobs 2]
//                            [--json FILE]
//
// Cuts unmarked audio (WAV, FLAC, Ogg files of the folders at their own rates; synthetic kinds at 8, 16 and 24 kHz)
// into clips of 1 to 60 s and asks the detector for the mark of --keys random keys at once. Every folder of files is
// also marked once with one more random key ("NAME, other mark"), which the keys asked for must not find. Each pass
// cuts anew and makes --synthetic-hours of new synthetic audio.
//
// Columns: trials (calls; one p each, which counts its keys), hours of audio, key-hours (hours times keys), the least
// p, payloads read (must be 0), and the trials with p at or below each threshold; "!" marks a breach. The bound says:
// the share with p at or below t is at most t. Exit 1 when the observed count shows, beyond chance, that it is more.
#include "benchmarks/false_alarms/synthetic.hpp"
#include "benchmarks/false_alarms/tally.hpp"
#include "benchmarks/sound_file.hpp"

#include <earmark/earmark.hpp>

#include <CLI/CLI.hpp>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

using namespace earmark;
using namespace earmark::benchmark;

namespace {

struct Options {
    std::vector<std::string> folders;
    double synthetic_hours = 1;
    int passes = 1, keys = 8, jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    std::uint64_t seed = 1;
    std::string json_file;
};

// A file of a folder, or a stretch of a synthetic kind, in one pass.
struct Task {
    std::string kind;
    std::filesystem::path file;  // empty for synthetic
    const Synthetic* synthetic = nullptr;
    bool other_mark = false;
    std::uint64_t seed = 0;
};

constexpr double least_clip_s = 1, most_clip_s = 60, synthetic_task_s = 300;
constexpr std::array synthetic_rates{8000, 16000, 24000};

// A file that cannot be read has no trials.
std::vector<float> read_first_channel(const std::filesystem::path& file, int& rate) {
    try {
        benchmarks::Sound sound = benchmarks::read_sound(file);
        rate = sound.rate;
        return std::move(sound.samples);
    } catch (const std::runtime_error&) {
        return {};
    }
}

Key random_key(Random& random) {
    std::array<std::uint8_t, key_bytes> bytes;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.bits() >> 56);
    return Key::from_bytes(bytes);
}

std::vector<float> with_other_mark(const std::vector<float>& host, int rate, Random& random) {
    const float* channel = host.data();
    const EmbedConfig config{random_key(random), Payload::from_uint64(random.bits()), rate};
    return embed({{&channel, 1}, host.size(), rate}, config).audio.channels.front();
}

void judge(const std::vector<float>& clip, int rate, int keys, Random& random, Tally& tally) {
    DetectConfig config;
    config.sample_rate_hz = rate;
    for (int k = 0; k < keys; ++k) config.keys.push_back({std::to_string(k), random_key(random)});
    const float* channel = clip.data();
    const Detection found = detect({{&channel, 1}, clip.size(), rate}, config);
    tally.add(static_cast<double>(clip.size()) / rate, static_cast<std::uint64_t>(keys), found.log10_p,
              found.payload.has_value());
}

Tally run(const Task& task, int keys) {
    Tally tally{task.kind};
    Random random(task.seed);
    int rate = synthetic_rates[static_cast<std::size_t>(random.below(3))];
    const auto audio =
        task.synthetic ? task.synthetic->make(synthetic_task_s, rate, random) : read_first_channel(task.file, rate);
    for (std::size_t from = 0; from < audio.size();) {
        // Lengths spread evenly over their logarithm: short clips are as many a decade as long ones.
        const double seconds = least_clip_s * std::pow(most_clip_s / least_clip_s, random.uniform());
        const std::size_t until = std::min(audio.size(), from + static_cast<std::size_t>(seconds * rate));
        if (until - from < static_cast<std::size_t>(least_clip_s * rate / 2)) break;
        std::vector<float> clip(audio.begin() + static_cast<std::ptrdiff_t>(from),
                                audio.begin() + static_cast<std::ptrdiff_t>(until));
        if (task.other_mark) clip = with_other_mark(clip, rate, random);
        judge(clip, rate, keys, random, tally);
        from = until;
    }
    return tally;
}

void add_folder(const std::string& option, int pass, Random& seeds, std::vector<Task>& tasks) {
    const auto equals = option.find('=');
    const std::filesystem::path folder = equals == std::string::npos ? option : option.substr(equals + 1);
    const std::string name = equals == std::string::npos ? folder.filename().string() : option.substr(0, equals);
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto ending = entry.path().extension();
        if (ending == ".wav" || ending == ".flac" || ending == ".ogg") files.push_back(entry.path());
    }
    if (files.empty()) throw std::runtime_error(folder.string() + ": no WAV, FLAC or Ogg file");
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        tasks.push_back({name, file, nullptr, false, seeds.bits()});
        if (pass == 0) tasks.push_back({name + ", other mark", file, nullptr, true, seeds.bits()});
    }
}

std::vector<Task> plan(const Options& options) {
    Random seeds(options.seed);
    std::vector<Task> tasks;
    const auto stretches = static_cast<int>(std::ceil(options.synthetic_hours * 3600 / synthetic_task_s));
    for (int pass = 0; pass < options.passes; ++pass) {
        for (const auto& folder : options.folders) add_folder(folder, pass, seeds, tasks);
        for (int s = 0; s < stretches; ++s) {
            const Synthetic& kind = synthetics()[static_cast<std::size_t>(s) % synthetics().size()];
            tasks.push_back({kind.name, {}, &kind, false, seeds.bits()});
        }
    }
    return tasks;
}

std::vector<Tally> run_all(const std::vector<Task>& tasks, const Options& options) {
    std::map<std::string, Tally> kinds;
    std::mutex mutex;
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i; (i = next++) < tasks.size();) {
            const Tally tally = run(tasks[i], options.keys);
            const std::lock_guard lock(mutex);
            kinds.try_emplace(tally.name, Tally{tally.name}).first->second.add(tally);
        }
    };
    std::vector<std::jthread> threads;
    for (int j = 0; j < options.jobs; ++j) threads.emplace_back(work);
    threads.clear();
    std::vector<Tally> rows;
    for (auto& [name, tally] : kinds) rows.push_back(std::move(tally));
    return rows;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Unmarked audio against the false-alarm bound");
    app.add_option("--audio", options.folders, "NAME=DIR of unmarked audio; may be given often");
    app.add_option("--synthetic-hours", options.synthetic_hours);
    app.add_option("--passes", options.passes);
    app.add_option("--keys", options.keys)->check(CLI::Range(1, 100000));
    app.add_option("--seed", options.seed);
    app.add_option("--jobs", options.jobs)->check(CLI::Range(1, 256));
    app.add_option("--json", options.json_file);
    CLI11_PARSE(app, argc, argv);
    try {
        const auto rows = run_all(plan(options), options);
        Tally all{"all"};
        for (const Tally& row : rows) all.add(row);
        std::printf("seed %llu, %d keys a trial, %d passes, clips of %g to %g s\n\n%s",
                    static_cast<unsigned long long>(options.seed), options.keys, options.passes, least_clip_s,
                    most_clip_s, table(rows, all).c_str());
        if (!options.json_file.empty())
            std::ofstream(options.json_file)
                << json({options.seed, options.keys, options.passes, options.synthetic_hours}, rows, all);
        return any_breach(rows, all) || all.payloads > 0 ? 1 : 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "benchmark_false_alarms: %s\n", error.what());
        return 2;
    }
}
