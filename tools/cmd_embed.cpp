// earmark embed: marks a file or a pipe. Either the whole output is there and checked, or none of it.
#include "audio_reader.hpp"
#include "audio_writer.hpp"
#include "label/label_plan.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "progress.hpp"
#include "text.hpp"
#include "whole_audio.hpp"

#include <earmark/embedder.hpp>
#include <earmark/error.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace earmark::tools {

namespace {

constexpr double least_active_s = 1;  // with less, nobody should expect the mark to be found

struct Embed {
    std::string in, out, key, payload, raw, sample_format;
    std::string profile = std::string(name(Profile::standard));
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
    return embedder.report();
}

EmbedReport embed_to_file(AudioReader& reader, Embedder& embedder, const AudioFormat& format, const Embed& options) {
    OutputFile output(options.out, reader.fd(), reader.name());
    AudioWriter writer(output.fd(), options.out, format, reader.samples(), false);
    const EmbedReport report = mark_all(reader, writer, embedder);
    output.settle();
    check_written(output, options.out, format, reader.read_so_far());
    if (options.raw.empty()) carry_label(reader.name(), output.aside(), options.out);
    output.settle();
    output.commit();
    return report;
}

EmbedReport embed_to_pipe(AudioReader& reader, Embedder& embedder, const AudioFormat& format) {
    refuse_same_file(STDOUT_FILENO, reader.fd(), reader.name());
    AudioWriter writer(STDOUT_FILENO, "standard output", format, reader.samples(), true);
    return mark_all(reader, writer, embedder);
}

void tell(const EmbedReport& report, const Embed& options) {
    if (options.json) {
        nlohmann::ordered_json line;
        line["file"] = options.out;
        line["payload"] = Payload::from_hex(options.payload).hex();
        line["profile"] = options.profile;
        line["samples"] = report.samples;
        line["limited_samples"] = report.limited_samples;
        line["active_s"] = std::round(report.active_s * 1e6) / 1e6;
        line["mark_db"] = std::isfinite(report.mark_db) ? nlohmann::ordered_json(report.mark_db) : nullptr;
        const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
        std::fprintf(stderr, "%s\n", text.c_str());
        return;
    }
    std::string text = options.out + ": " + std::to_string(report.samples) + " samples, " + fixed(report.active_s, 1) +
                       " s of active speech, ";
    text +=
        std::isfinite(report.mark_db) ? "mark at " + fixed(report.mark_db, 1) + " dB" : "nothing that could be marked";
    if (report.limited_samples > 0)
        text += ", shallower near " + std::to_string(report.limited_samples) + " loud samples";
    std::fprintf(stderr, "%s\n", one_line(text).c_str());
    if (report.active_s < least_active_s) {
        warn(options.out + ": " + fixed(report.active_s, 2) + " s of active speech, under " + fixed(least_active_s, 0) +
             " s, which may be too little to find the mark again");
    }
}

int run(const Embed& options) {
    const Payload payload = Payload::from_hex(options.payload);
    const Profile profile = profile_from_name(options.profile);
    const std::optional<RawPcm> raw = raw_from(options.raw);
    const Key key = Key::load(options.key);
    AudioReader reader(options.in, raw);
    refuse_damage(reader);
    const AudioFormat format = chosen_format(options, reader.format());
    Embedder embedder({.key = key,
                       .payload = payload,
                       .sample_rate_hz = reader.format().sample_rate_hz,
                       .channels = reader.format().channels,
                       .profile = profile});
    const EmbedReport report =
        options.out == "-" ? embed_to_pipe(reader, embedder, format) : embed_to_file(reader, embedder, format, options);
    tell(report, options);
    return done;
}

}  // namespace

Command add_embed(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("embed", "Mark speech; same length, rate, channels and sample format come out");
    const auto options = std::make_shared<Embed>();
    const std::vector<std::string> profiles{std::string(name(Profile::transparent)),
                                            std::string(name(Profile::standard)), std::string(name(Profile::robust))};
    command->add_option("IN", options->in, "Audio to mark; - is standard input")->required()->type_name("FILE");
    command->add_option("OUT", options->out, "Marked audio, container by its extension; - is standard output, a WAV")
        ->required()
        ->type_name("FILE");
    add_key(*command, options->key, "Master key that marks")->required();
    command->add_option("--payload", options->payload, "What the mark says: 8, 16 or 32 hexadecimal digits")
        ->required()
        ->type_name("HEX");
    command->add_option("--profile", options->profile, "How deep the mark goes")
        ->check(CLI::IsMember(profiles))
        ->type_name("PROFILE")
        ->capture_default_str();
    command->add_option("--sample-format", options->sample_format, "Write these samples instead of the input's")
        ->check(CLI::IsMember(sample_format_names()))
        ->type_name("FORMAT");
    add_raw(*command, options->raw);
    command->add_flag("--json", options->json, "Report on standard error as a JSON object");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
