// earmark detect: is it marked with one of these keys, where, and what does the mark say?
#include "audio_reader.hpp"
#include "in_order.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "standard_output.hpp"
#include "text.hpp"
#include "verdict.hpp"

#include <earmark/detector.hpp>
#include <earmark/error.hpp>

#include <unistd.h>
#include <cstdio>

namespace earmark::tools {

namespace {

struct Detect {
    std::vector<std::string> in, keys;
    std::string search = std::string(name(Search::none));
    std::string raw;
    double p_max = DetectConfig{}.p_max;
    int jobs = 0;
    bool json = false, scores = false;
};

std::vector<NamedKey> load_keys(const std::vector<std::string>& paths) {
    std::vector<NamedKey> keys;
    for (const std::string& path : paths) keys.push_back({path, load_key(path)});
    return keys;
}

// alone: the only one at work, and so the one whose progress is shown.
Detection judge(const std::string& file, const std::optional<RawPcm>& raw, DetectConfig config, bool alone) {
    AudioReader reader(file, raw);
    config.sample_rate_hz = reader.format().sample_rate_hz;
    config.channels = reader.format().channels;
    Detector detector(config);
    Block block(reader.format().channels, reader.block_samples());
    std::optional<Progress> progress;
    if (alone) progress.emplace(file, reader.samples(), reader.format().sample_rate_hz);
    while (const std::size_t got = reader.read(block)) {
        detector.push(block.channels(), got);
        if (progress) progress->at(reader.read_so_far());
    }
    if (!reader.damage().empty()) warn(file + ": " + reader.damage() + "; judged by what is there");
    return detector.finish();
}

int run(const Detect& options) {
    const std::optional<RawPcm> raw = raw_from(options.raw);
    DetectConfig config;
    config.keys = load_keys(options.keys);
    config.search = search_from_name(options.search);
    config.p_max = options.p_max;
    config.scores = options.scores;
    const std::size_t files = options.in.size();
    const bool alone = files == 1 || options.jobs == 1;
    InOrder<Detection> verdicts(files, options.jobs,
                                [&](std::size_t i) { return judge(options.in[i], raw, config, alone); });
    std::optional<FileCount> count;
    if (!alone) count.emplace(files);
    int exit = done;
    for (std::size_t i = 0; i < files; ++i) {
        const std::string& file = options.in[i];
        try {
            const Detection verdict = verdicts.next();
            if (count) count->clear();
            print_line(options.json ? json_line(file, verdict, options.scores) : verdict_line(file, verdict));
            if (!verdict.marked && exit == done) exit = not_marked;
        } catch (const Error& error) {
            if (error.fault() != Fault::input) throw;
            if (count) count->clear();
            // One file that cannot be read must not hide what the others hold.
            std::fprintf(stderr, "earmark: %s\n", one_line(error.what()).c_str());
            exit = static_cast<int>(Fault::input);
        }
        if (count) count->at(i + 1);
    }
    return exit;
}

}  // namespace

Command add_detect(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("detect", "Look for a mark; exit code 0 when every input is marked, 1 when not");
    const auto options = std::make_shared<Detect>();
    const std::vector<std::string> searches{std::string(name(Search::none)), std::string(name(Search::drift)),
                                            std::string(name(Search::full))};
    command->add_option("IN", options->in, "Audio to judge; - is standard input")->required()->type_name("FILE");
    command->add_option("--key", options->keys, "Master or screening key to look for; may be given several times")
        ->required()
        ->allow_extra_args(false)
        ->type_name("KEY");
    command
        ->add_option("--search", options->search,
                     "none, drift: unchanged speed and pitch, clocks that drift and lost packets followed; full: speed "
                     "0.8 to 1.25, tempo 0.7 to 1.5, pitch +-3 semitones as well")
        ->check(CLI::IsMember(searches))
        ->type_name("SEARCH")
        ->capture_default_str();
    command->add_option("--p-max", options->p_max, "Marked means a false-alarm probability of at most this")
        ->type_name("P")
        ->capture_default_str();
    command
        ->add_option("--jobs", options->jobs,
                     "Files judged at a time; 0: as many as there are cores. Verdicts come in the order of the files")
        ->check(CLI::Range(0, 1024))
        ->type_name("N")
        ->capture_default_str();
    add_raw(*command, options->raw);
    command->add_flag("--json", options->json, "One JSON object a line for every input");
    command->add_flag("--scores", options->scores, "With --json, the score of every packet of 2.048 s as well");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
