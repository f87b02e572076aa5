// earmark embed: marks a file or a pipe. Either the whole output is there and checked, or none of it.
#include "audio_reader.hpp"
#include "audio_writer.hpp"
#include "label/label_plan.hpp"
#include "ledger_entry.hpp"
#include "options.hpp"
#include "output_file.hpp"
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
    std::string in, out, key, payload, raw, sample_format;
    std::string profile = std::string(name(Profile::standard));
    LedgerOptions ledger;
    bool json = false;
};

AudioFormat chosen_format(const Embed& options, const AudioFormat& input) {
    const AudioFormat format = output_format(options.out, input, options.sample_format);
    return options.out == "-" && !options.raw.empty() ? headerless(format) : format;  // bare in, bare out
}

// The embedder's output lags: its first latency_samples() samples are dropped, flush() gives as many at the end.
EmbedReport mark_all(AudioReader& reader, AudioWriter& writer, Embedder& embedder) {
    Block block(reader.format().channels, reader.block_samples());
    Progress progress(reader.name(), reader.samples(), reader.format().sample_rate_hz);
    std::size_t to_drop = embedder.latency_samples();
    while (const std::size_t got = reader.read(block)) {
        require_scale(block, got, reader);
        embedder.process(block.channels(), block.channels(), got);
        const std::size_t dropped = std::min(to_drop, got);
        to_drop -= dropped;
        if (dropped < got) writer.write(block.channels(), dropped, got);
        progress.at(reader.read_so_far());
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
    const auto& [options, reader, embedder, format, entry, seen] = job;
    OutputFile output(options.out, reader.fd(), reader.name());
    AudioWriter writer(output.fd(), options.out, format, reader.samples(), false);
    const EmbedReport report = mark_all(reader, writer, embedder);
    output.settle();
    check_written(output, options.out, format, reader.read_so_far());
    if (options.raw.empty()) carry_label(reader.name(), output.aside(), options.out);
    output.settle();
    if (entry.is_open()) entry.made(input_digest(job), ledger::file_digest(output.aside()), measures(report).dump());
    output.commit();
    return report;
}

EmbedReport embed_to_pipe(Job& job) {
    refuse_same_file(STDOUT_FILENO, job.reader.fd(), job.reader.name());
    Seen sent;
    AudioWriter writer(STDOUT_FILENO, "standard output", job.format, job.reader.samples(), true, sent.tap());
    const EmbedReport report = mark_all(job.reader, writer, job.embedder);
    if (job.entry.is_open()) job.entry.made(input_digest(job), sent.passed(), measures(report).dump());
    return report;
}

void tell(const EmbedReport& report, const Embed& options, const LedgerEntry& entry) {
    if (options.json) {
        Json line;
        line["file"] = options.out;
        line["payload"] = entry.payload().hex();
        line["profile"] = options.profile;
        line.update(measures(report));
        if (entry.is_open())
            line["ledger"] = {{"file", entry.file()}, {"row", entry.row()}, {"head", ledger::text_of(entry.head())}};
        const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
        std::fprintf(stderr, "%s\n", text.c_str());
        return;
    }
    std::string text = options.out + ": " + std::to_string(report.samples) + " samples, " + fixed(report.active_s, 1) +
                       " s of active speech, ";
    text += "mark at " + fixed(report.mark_db, 1) + " dB";
    if (report.limited_samples > 0)
        text += ", shallower near " + std::to_string(report.limited_samples) + " loud samples";
    if (entry.is_open())
        text += ", payload " + entry.payload().hex() + ", row " + std::to_string(entry.row()) + " of " + entry.file();
    std::fprintf(stderr, "%s\n", one_line(text).c_str());
    if (report.active_s < least_active_s) {
        warn(options.out + ": " + fixed(report.active_s, 2) + " s of active speech, under " + fixed(least_active_s, 0) +
             " s, which may be too little to find the mark again");
    }
}

ledger::Making making_of(const Embed& options, const Key& key, const AudioFormat& format) {
    const Json settings{{"earmark", version},
                        {"sample_rate_hz", format.sample_rate_hz},
                        {"channels", format.channels},
                        {"container", container_name(format)},
                        {"sample_format", sample_format_name(format)}};
    return {.profile = options.profile, .key_fingerprint = key.fingerprint(), .detail = settings.dump()};
}

int run(const Embed& options) {
    const std::optional<Payload> given =
        options.payload.empty() ? std::nullopt : std::optional(Payload::from_hex(options.payload));
    const Profile profile = profile_from_name(options.profile);
    const std::optional<RawPcm> raw = raw_from(options.raw);
    const Key key = Key::load(options.key);
    Seen seen;
    AudioReader reader(options.in, raw, options.ledger.file.empty() ? ByteStream::Tap{} : seen.tap());
    refuse_damage(reader);
    const AudioFormat format = chosen_format(options, reader.format());
    refuse_ledger_as_output(options.ledger, options.out);
    LedgerEntry entry(options.ledger, given, making_of(options, key, format),
                      options.out == "-" ? Output::stream : Output::file);
    Embedder embedder({.key = key,
                       .payload = entry.payload(),
                       .sample_rate_hz = reader.format().sample_rate_hz,
                       .channels = reader.format().channels,
                       .profile = profile});
    Job job{options, reader, embedder, format, entry, seen};
    const EmbedReport report = options.out == "-" ? embed_to_pipe(job) : embed_to_file(job);
    entry.kept();
    tell(report, options, entry);
    return done;
}

}  // namespace

Command add_embed(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("embed", "Mark speech; same length, rate, channels and sample format come out");
    const auto options = std::make_shared<Embed>();
    command->add_option("IN", options->in, "Audio to mark; - is standard input")->required()->type_name("FILE");
    command->add_option("OUT", options->out, "Marked audio, container by its extension; - is standard output, a WAV")
        ->required()
        ->type_name("FILE");
    add_key(*command, options->key, "Master key that marks")->required();
    command
        ->add_option("--payload", options->payload,
                     "What the mark says: 8, 16 or 32 hexadecimal digits; --ledger draws it when it is not given")
        ->type_name("HEX");
    add_profile(*command, options->profile);
    command->add_option("--sample-format", options->sample_format, "Write these samples instead of the input's")
        ->check(CLI::IsMember(sample_format_names()))
        ->type_name("FORMAT");
    add_ledger_options(*command, options->ledger);
    add_raw(*command, options->raw);
    command->add_flag("--json", options->json, "Report on standard error as a JSON object");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
