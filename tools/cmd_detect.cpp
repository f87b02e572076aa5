// earmark detect: is it marked with one of these keys, where, and what does the mark say?
#include "audio_reader.hpp"
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
    bool json = false, scores = false, follow = false;
};

std::vector<NamedKey> load_keys(const std::vector<std::string>& paths) {
    std::vector<NamedKey> keys;
    for (const std::string& path : paths) keys.push_back({path, load_key(path)});
    return keys;
}

// Tells what changes from one poll to the next.
class Follower {
  public:
    Follower(const std::string& file, bool json) : file_(file), json_(json) {}

    void take(const Detection& now) {
        const bool began = now.ongoing && (!ongoing_ || now.segments.size() > segments_);
        if (began) tell("began", now);
        const bool read = now.marked && now.segments.back().payload.has_value();
        if (read && (began || !read_)) tell("payload", now);
        if (ongoing_ && !now.ongoing) tell("ended", now);
        ongoing_ = now.ongoing;
        read_ = read;
        segments_ = now.segments.size();
    }

  private:
    void tell(const char* event, const Detection& now) const {
        print_line(json_ ? json_event(file_, event, now) : event_line(file_, event, now));
    }

    std::string file_;
    bool json_, ongoing_ = false, read_ = false;
    std::size_t segments_ = 0;
};

Detection judge(const std::string& file, const std::optional<RawPcm>& raw, DetectConfig config, const Detect& options) {
    AudioReader reader(file, raw);
    config.sample_rate_hz = reader.format().sample_rate_hz;
    config.channels = reader.format().channels;
    Detector detector(config);
    // A file is followed in the steps of a pipe.
    const auto step = static_cast<std::size_t>(config.sample_rate_hz / 50);
    Block block(reader.format().channels, options.follow ? step : reader.block_samples());
    Follower follower(file, options.json);
    Progress progress(file, reader.samples(), reader.format().sample_rate_hz);
    while (const std::size_t got = reader.read(block)) {
        detector.push(block.channels(), got);
        if (options.follow)
            if (const auto so_far = detector.poll()) follower.take(*so_far);
        progress.at(reader.read_so_far());
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
    int exit = done;
    for (const std::string& file : options.in) {
        try {
            const Detection verdict = judge(file, raw, config, options);
            print_line(options.json ? json_line(file, verdict, options.scores) : verdict_line(file, verdict));
            if (!verdict.marked && exit == done) exit = not_marked;
        } catch (const Error& error) {
            if (error.fault() != Fault::input) throw;
            // One file that cannot be read must not hide what the others hold.
            std::fprintf(stderr, "earmark: %s\n", one_line(error.what()).c_str());
            exit = static_cast<int>(Fault::input);
        }
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
    command->add_option("--search", options->search, "How much change of tempo and pitch to look through")
        ->check(CLI::IsMember(searches))
        ->type_name("SEARCH")
        ->capture_default_str();
    command->add_option("--p-max", options->p_max, "Marked means a false-alarm probability of at most this")
        ->type_name("P")
        ->capture_default_str();
    add_raw(*command, options->raw);
    command->add_flag("--json", options->json, "One JSON object a line for every input");
    command->add_flag("--follow", options->follow,
                      "Tell at once when a mark begins, is read and ends; the verdict comes at the end");
    command->add_flag("--scores", options->scores, "With --json, the score of every packet of 2.048 s as well");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
