// earmark trace: from audio to the rows of the ledger that say who had it made.
#include "judge.hpp"
#include "ledger_text.hpp"
#include "options.hpp"
#include "standard_output.hpp"
#include "text.hpp"
#include "verdict.hpp"

#include <earmark/error.hpp>
#include <earmark/key.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace earmark::tools {

namespace {

using Json = nlohmann::ordered_json;

struct Trace {
    std::vector<std::string> in, keys;
    std::string ledger, raw;
    std::string search = std::string(name(Search::none));
    double p_max = DetectConfig{}.p_max;
    bool json = false;
};

struct Traced {
    Payload payload;
    std::vector<ledger::Story> stories;
};

std::vector<NamedKey> master_keys(const std::vector<std::string>& paths) {
    std::vector<NamedKey> keys;
    for (const std::string& path : paths) keys.push_back({path, Key::load(path)});  // a screening key reads no payload
    return keys;
}

// Audio that was put together from several makings has a payload in each of its segments.
std::vector<Traced> traced(const Detection& verdict, ledger::Ledger& ledger) {
    std::vector<Payload> payloads;
    const auto take = [&](const std::optional<Payload>& payload) {
        if (payload && std::find(payloads.begin(), payloads.end(), *payload) == payloads.end())
            payloads.push_back(*payload);
    };
    if (verdict.marked) take(verdict.payload);
    for (const Segment& segment : verdict.segments) take(segment.payload);
    std::vector<Traced> all;
    for (const Payload& payload : payloads) all.push_back({payload, ledger.trace(payload)});
    return all;
}

std::optional<ledger::Hash> digest_of(const std::string& file) {
    return std::filesystem::is_regular_file(file) ? std::optional(ledger::file_digest(file)) : std::nullopt;
}

bool is_that_output(const ledger::Story& story, const std::optional<ledger::Hash>& digest) {
    return story.made && digest && story.made->output_digest == digest;
}

bool any_row(const std::vector<Traced>& all) {
    return std::any_of(all.begin(), all.end(), [](const Traced& one) { return !one.stories.empty(); });
}

void tell(const std::string& file, const Findings& found, const std::vector<Traced>& all, const Trace& options) {
    print_line(verdict_line(file, found.mark));
    const std::optional<ledger::Hash> digest = digest_of(file);
    for (const Traced& one : all) {
        const std::string what = file + ": payload " + one.payload.hex() + ": ";
        if (one.stories.empty()) print_line(one_line(what + "not in " + options.ledger));
        for (const ledger::Story& story : one.stories)
            print_line(one_line(what + words_of(story) +
                                (is_that_output(story, digest) ? "; this very file, byte for byte" : "")));
    }
}

void tell_json(const std::string& file, const Findings& found, const std::vector<Traced>& all, const Trace& options) {
    Json line = Json::parse(json_line(file, found, false));
    const std::optional<ledger::Hash> digest = digest_of(file);
    line["ledger"] = options.ledger;
    line["traced"] = Json::array();
    for (const Traced& one : all) {
        for (const ledger::Story& story : one.stories) {
            Json made{{"payload", one.payload.hex()}, {"same_file", is_that_output(story, digest)}};
            made.update(json_of(story));
            line["traced"].push_back(made);
        }
    }
    print_line(line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

int run(const Trace& options) {
    const std::optional<RawPcm> raw = raw_from(options.raw);
    DetectConfig config;
    config.keys = master_keys(options.keys);
    config.search = search_from_name(options.search);
    config.p_max = options.p_max;
    DetectPlans plans(std::move(config));
    ledger::Ledger ledger(options.ledger, {.access = ledger::Access::read});
    int exit = done;
    for (const std::string& file : options.in) {
        Findings found;
        try {
            found = judge(file, raw, plans);
        } catch (const Error& error) {
            if (error.fault() != Fault::input) throw;
            // As in detect: one file that cannot be read must not hide what the others hold.
            std::fprintf(stderr, "earmark: %s\n", one_line(error.what()).c_str());
            exit = static_cast<int>(Fault::input);
            continue;
        }
        const std::vector<Traced> all = traced(found.mark, ledger);
        options.json ? tell_json(file, found, all, options) : tell(file, found, all, options);
        if (!any_row(all) && exit == done) exit = not_marked;
    }
    return exit;
}

}  // namespace

Command add_trace(CLI::App& app) {
    CLI::App* command = app.add_subcommand(
        "trace", "Find who had audio made; exit code 0 when every input is marked and in the ledger, 1 when not");
    const auto options = std::make_shared<Trace>();
    command->add_option("IN", options->in, "Audio to trace; - is standard input")->required()->type_name("FILE");
    command->add_option("--ledger", options->ledger, "Ledger that recorded the marking")->required()->type_name("FILE");
    command->add_option("--key", options->keys, "Master key to read with; may be given several times")
        ->required()
        ->allow_extra_args(false)
        ->type_name("KEY");
    add_search(*command, options->search, "How much change of tempo and pitch to look through");
    add_p_max(*command, options->p_max);
    add_raw(*command, options->raw);
    command->add_flag("--json", options->json, "One JSON object a line for every input, with the rows");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
