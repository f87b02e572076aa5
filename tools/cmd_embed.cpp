// earmark embed: marks a file or a pipe, or many files at once. Of each either the whole output is there and checked,
// or none of it.
#include "audio_reader.hpp"
#include "audio_writer.hpp"
#include "file_batch.hpp"
#include "label/label_plan.hpp"
#include "ledger_entry.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "outputs.hpp"
#include "progress.hpp"
#include "text.hpp"
#include "whole_audio.hpp"

#include <earmark/embedder.hpp>
#include <earmark/error.hpp>
#include <earmark/version.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace earmark::tools {

namespace {

using Json = nlohmann::ordered_json;

constexpr double least_active_s = 1;  // with less, nobody should expect the mark to be found

struct Embed {
    std::vector<std::string> files;  // IN and OUT, or with --out-dir any number of IN
    std::string unnamed;             // OUT has its line in the help, and its word lies in `files`
    std::string out_dir, key, payload, raw, sample_format;
    std::string profile = std::string(name(Profile::standard));
    LedgerOptions ledger;
    int jobs = 0;
    bool json = false;
};

AudioFormat chosen_format(const Embed& options, const std::string& out, const AudioFormat& input) {
    const AudioFormat format = output_format(out, input, options.sample_format);
    return out == "-" && !options.raw.empty() ? headerless(format) : format;  // bare in, bare out
}

// The embedder's output lags: its first latency_samples() samples are dropped, flush() gives as many at the end.
EmbedReport mark_all(AudioReader& reader, AudioWriter& writer, Embedder& embedder, bool shows_progress) {
    Block block(reader.format().channels, reader.block_samples());
    std::optional<Progress> progress;
    if (shows_progress) progress.emplace(reader.name(), reader.samples(), reader.format().sample_rate_hz);
    std::size_t to_drop = embedder.latency_samples();
    while (const std::size_t got = reader.read(block)) {
        require_scale(block, got, reader);
        embedder.process(block.channels(), block.channels(), got);
        const std::size_t dropped = std::min(to_drop, got);
        to_drop -= dropped;
        if (dropped < got) writer.write(block.channels(), dropped, got);
        if (progress) progress->at(reader.read_so_far());
    }
    Block tail(reader.format().channels, embedder.latency_samples());
    embedder.flush(tail.channels());
    if (to_drop < tail.capacity()) writer.write(tail.channels(), to_drop, tail.capacity());
    writer.close();
    refuse_damage(reader);
    require_mark(embedder.report(), reader.name());
    return embedder.report();
}

// What is needed to know a file or a stream again: a file is read once more, of a pipe the bytes are seen as they pass.
class Seen {
  public:
    ByteStream::Tap tap() {
        return [this](const void* bytes, std::size_t count) {
            digest_.add(bytes, count);
            passed_ = true;
        };
    }
    std::optional<ledger::Hash> passed() { return passed_ ? std::optional(digest_.finish()) : std::nullopt; }

  private:
    ledger::Digest digest_;
    bool passed_ = false;
};

// One marking: what is asked for, and what it is to be remembered by.
struct Job {
    const Embed& options;
    const std::string& out;
    bool shows_progress;
    AudioReader& reader;
    Embedder& embedder;
    const AudioFormat& format;
    LedgerEntry& entry;
    Seen& seen;
};

Json measures(const EmbedReport& report) {
    Json measured;
    measured["samples"] = report.samples;
    measured["limited_samples"] = report.limited_samples;
    measured["active_s"] = std::round(report.active_s * 1e6) / 1e6;
    measured["mark_db"] = report.mark_db;
    return measured;
}

std::optional<ledger::Hash> input_digest(Job& job) {
    const std::optional<ledger::Hash> passed = job.seen.passed();
    return passed ? passed : ledger::file_digest(job.reader.fd(), job.reader.name());
}

EmbedReport embed_to_file(Job& job) {
    const auto& [options, out, shows_progress, reader, embedder, format, entry, seen] = job;
    OutputFile output(out, reader.fd(), reader.name());
    AudioWriter writer(output.fd(), out, format, reader.samples(), false);
    const EmbedReport report = mark_all(reader, writer, embedder, shows_progress);
    output.settle();
    check_written(output, out, format, reader.read_so_far());
    if (options.raw.empty()) carry_label(reader.name(), output.aside(), out);
    output.settle();
    if (entry.is_open()) entry.made(input_digest(job), ledger::file_digest(output.aside()), measures(report).dump());
    output.commit();
    return report;
}

EmbedReport embed_to_pipe(Job& job) {
    refuse_same_file(STDOUT_FILENO, job.reader.fd(), job.reader.name());
    Seen sent;
    AudioWriter writer(STDOUT_FILENO, "standard output", job.format, job.reader.samples(), true, sent.tap());
    const EmbedReport report = mark_all(job.reader, writer, job.embedder, job.shows_progress);
    if (job.entry.is_open()) job.entry.made(input_digest(job), sent.passed(), measures(report).dump());
    return report;
}

// What is said of a file when it is done.
struct Told {
    std::string line, warning;
};

std::string dumped(const Json& line) {
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_told(const EmbedReport& report, const Embed& options, const InAndOut& file, const LedgerEntry& entry) {
    Json line;
    line["file"] = file.out;
    line["input"] = file.in;
    line["payload"] = entry.payload().hex();
    line["profile"] = options.profile;
    line.update(measures(report));
    if (entry.is_open())
        line["ledger"] = {{"file", entry.file()}, {"row", entry.row()}, {"head", ledger::text_of(entry.head())}};
    return dumped(line);
}

Told told(const EmbedReport& report, const Embed& options, const InAndOut& file, const LedgerEntry& entry) {
    if (options.json) return {json_told(report, options, file, entry), ""};
    std::string text = file.out + ": " + std::to_string(report.samples) + " samples, " + fixed(report.active_s, 1) +
                       " s of active speech, ";
    text += "mark at " + fixed(report.mark_db, 1) + " dB";
    if (report.limited_samples > 0)
        text += ", shallower near " + std::to_string(report.limited_samples) + " loud samples";
    if (entry.is_open())
        text += ", payload " + entry.payload().hex() + ", row " + std::to_string(entry.row()) + " of " + entry.file();
    if (report.active_s >= least_active_s) return {one_line(text), ""};
    return {one_line(text), file.out + ": " + fixed(report.active_s, 2) + " s of active speech, under " +
                                fixed(least_active_s, 0) + " s, which may be too little to find the mark again"};
}

int tell(const Told& told) {
    std::fprintf(stderr, "%s\n", told.line.c_str());
    if (!told.warning.empty()) warn(told.warning);
    return done;
}

ledger::Making making_of(const Embed& options, const Key& key, const AudioFormat& format) {
    const Json settings{{"earmark", version},
                        {"sample_rate_hz", format.sample_rate_hz},
                        {"channels", format.channels},
                        {"container", container_name(format)},
                        {"sample_format", sample_format_name(format)}};
    return {.profile = options.profile, .key_fingerprint = key.fingerprint(), .detail = settings.dump()};
}

// What all files of a call have in common.
struct Common {
    explicit Common(const Embed& options)
        : given(options.payload.empty() ? std::nullopt : std::optional(Payload::from_hex(options.payload))),
          profile(profile_from_name(options.profile)),
          raw(raw_from(options.raw)),
          key(Key::load(options.key)) {}

    std::optional<Payload> given;
    Profile profile;
    std::optional<RawPcm> raw;
    Key key;
};

Told mark(const InAndOut& file, const Embed& options, const Common& common, bool shows_progress) {
    Seen seen;
    AudioReader reader(file.in, common.raw, options.ledger.file.empty() ? ByteStream::Tap{} : seen.tap());
    refuse_damage(reader);
    const AudioFormat format = chosen_format(options, file.out, reader.format());
    refuse_ledger_as_output(options.ledger, file.out);
    LedgerEntry entry(options.ledger, common.given, making_of(options, common.key, format),
                      file.out == "-" ? Output::stream : Output::file);
    Embedder embedder({.key = common.key,
                       .payload = entry.payload(),
                       .sample_rate_hz = reader.format().sample_rate_hz,
                       .channels = reader.format().channels,
                       .profile = common.profile});
    Job job{options, file.out, shows_progress, reader, embedder, format, entry, seen};
    const EmbedReport report = file.out == "-" ? embed_to_pipe(job) : embed_to_file(job);
    entry.kept();
    return told(report, options, file, entry);
}

// A file that cannot be marked has its line as well, and the others go on.
int tell_failure(const InAndOut& file, const Error& error, const Embed& options) {
    const std::string what = one_line(error.what());
    if (options.json) {
        std::fprintf(stderr, "%s\n", dumped({{"file", file.out}, {"input", file.in}, {"error", what}}).c_str());
    } else {
        std::fprintf(stderr, "earmark: %s\n", what.c_str());
    }
    return static_cast<int>(error.fault());
}

int run(const Embed& options) {
    if (options.out_dir.empty()) {
        if (options.files.size() != 2)
            throw Error(Fault::usage, std::to_string(options.files.size()) +
                                          " files are given, and it takes IN and OUT, or --out-dir for many IN");
        const InAndOut file{options.files[0], options.files[1]};
        return tell(mark(file, options, Common(options), true));
    }
    const std::vector<InAndOut> files = outputs_in(options.out_dir, options.files);
    const Common common(options);
    FileBatch batch("embed", files.size(), options.jobs);
    return batch.run<Told>([&](std::size_t i) { return mark(files[i], options, common, batch.one_at_a_time()); },
                           [&](std::size_t, const Told& done) { return tell(done); },
                           [&](std::size_t i, const Error& error) { return tell_failure(files[i], error, options); });
}

}  // namespace

Command add_embed(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("embed", "Mark speech; same length, rate, channels and sample format come out");
    const auto options = std::make_shared<Embed>();
    command->add_option("IN", options->files, "Audio to mark; - is standard input. With --out-dir any number of files")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("OUT", options->unnamed,
                     "Marked audio, container by its extension; - is standard output, a WAV. Not with --out-dir")
        ->type_name("FILE");
    command
        ->add_option("--out-dir", options->out_dir,
                     "Put the marked files here under their names, made if it is not there; no input is written over")
        ->type_name("DIR");
    add_key(*command, options->key, "Master key that marks")->required();
    command
        ->add_option("--payload", options->payload,
                     "What the mark says: 8, 16 or 32 hexadecimal digits; --ledger draws it when it is not given")
        ->type_name("HEX");
    add_profile(*command, options->profile);
    command->add_option("--sample-format", options->sample_format, "Write these samples instead of the input's")
        ->check(CLI::IsMember(sample_format_names()))
        ->type_name("FORMAT");
    add_jobs(*command, options->jobs, "With --out-dir, files marked at a time");
    add_ledger_options(*command, options->ledger);
    add_raw(*command, options->raw);
    command->add_flag("--json", options->json, "Report on standard error, one JSON object a line for every file");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
