// earmark detect: is it marked with one of these keys, where, and what does the mark say? And what stands beside it:
// metadata label, audible cue.
#include "file_batch.hpp"
#include "follower.hpp"
#include "judge.hpp"
#include "options.hpp"
#include "standard_output.hpp"
#include "text.hpp"
#include "verdict.hpp"

#include <earmark/cue_detector.hpp>
#include <earmark/detector.hpp>
#include <earmark/error.hpp>

#include <cstdio>
#include <utility>

namespace earmark::tools {

namespace {

struct Detect {
    std::vector<std::string> in, keys;
    std::string search = std::string(name(Search::none));
    std::string raw;
    double p_max = DetectConfig{}.p_max;
    int jobs = 0;
    bool json = false, scores = false, follow = false;
};

Follower::Tell follow(const Detect& options, const std::string& file) {
    if (!options.follow) return {};
    return [&options, file](const std::string& event, const Detection& now) {
        print_line(options.json ? json_event(file, event, now) : event_line(file, event, now));
    };
}

int tell(const std::string& file, const Findings& findings, const Detect& options) {
    print_line(options.json ? json_line(file, findings, options.scores) : verdict_line(file, findings.mark));
    const std::string beside = options.json ? "" : findings_line(file, findings);
    if (!beside.empty()) print_line(beside);
    return findings.mark.marked ? done : not_marked;
}

// One file that cannot be read must not hide what the others hold.
int tell_failure(const Error& error) {
    if (error.fault() != Fault::input) throw error;
    std::fprintf(stderr, "earmark: %s\n", one_line(error.what()).c_str());
    return static_cast<int>(Fault::input);
}

int run(const Detect& options) {
    const std::optional<RawPcm> raw = raw_from(options.raw);
    DetectConfig config;
    config.keys = load_keys(options.keys);
    config.search = search_from_name(options.search);
    config.p_max = options.p_max;
    config.scores = options.scores;
    DetectPlans plans(std::move(config));
    const std::size_t files = options.in.size();
    const int jobs = options.follow ? 1 : options.jobs;  // what changes on the way is told file by file
    FileBatch batch("detect", files, jobs);
    return batch.run<Findings>(
        [&](std::size_t i) {
            return judge(options.in[i], raw, plans,
                         {batch.one_at_a_time(), files == 1 ? jobs : 1, follow(options, options.in[i])});
        },
        [&](std::size_t i, const Findings& findings) { return tell(options.in[i], findings, options); },
        [&](std::size_t, const Error& error) { return tell_failure(error); });
}

}  // namespace

Command add_detect(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("detect", "Look for a mark; exit code 0 when every input is marked, 1 when not");
    const auto options = std::make_shared<Detect>();
    command->add_option("IN", options->in, "Audio to judge; - is standard input")->required()->type_name("FILE");
    command->add_option("--key", options->keys, "Master or screening key to look for; may be given several times")
        ->required()
        ->allow_extra_args(false)
        ->type_name("KEY");
    add_search(
        *command, options->search,
        "none, drift: unchanged speed and pitch, clocks that drift and lost packets followed; full: speed 0.8 to "
        "1.25, tempo 0.7 to 1.5, pitch +-3 semitones as well");
    add_p_max(*command, options->p_max);
    add_jobs(*command, options->jobs, "Files judged at a time, or threads that share one long file");
    add_raw(*command, options->raw);
    command->add_flag("--json", options->json, "One JSON object a line for every input");
    command->add_flag("--follow", options->follow,
                      "Tell at once when a mark begins, is read and ends; the verdict comes at the end");
    command->add_flag("--scores", options->scores, "With --json, the score of every packet of 2.048 s as well");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
