#include "tools/label/label_job.hpp"

#include "tools/label/c2pa.hpp"
#include "tools/label/label_plan.hpp"
#include "tools/label/marked_stream.hpp"
#include "tools/output_file.hpp"
#include "tools/progress.hpp"
#include "tools/text.hpp"
#include "tools/whole_audio.hpp"

#include <earmark/error.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>

namespace earmark::tools {

namespace {

std::string extension(const std::string& path) {
    std::string text = std::filesystem::path(path).extension().string();
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

// Messages name the file that was asked for, not the one that is written aside.
template <class Work>
void under_name(const OutputFile& output, const std::string& path, Work work) {
    try {
        work();
    } catch (const Error& error) {
        std::string text = error.what();
        const std::size_t at = text.find(output.aside());
        if (at != std::string::npos) text.replace(at, output.aside().size(), path);
        throw Error(error.fault(), text);
    }
}

void write_all(int fd, const char* bytes, std::size_t count, const std::string& path) {
    ByteStream out = ByteStream::borrow(fd);
    if (out.write(bytes, count) == count) return;
    throw Error(Fault::input, path + ": cannot be written, " + std::strerror(out.error()));
}

void copy(ByteStream& from, const OutputFile& output, const std::string& path) {
    std::array<char, 65536> piece;
    while (const std::size_t got = from.read(piece.data(), piece.size())) {
        write_all(output.fd(), piece.data(), got, path);
    }
    if (from.error() != 0) throw Error(Fault::input, path + ": input cannot be read, " + std::strerror(from.error()));
}

std::optional<EmbedConfig> mark_config(const LabelRequest& request, const AudioFormat& format) {
    if (!request.mark_asked()) return {};
    return EmbedConfig{.key = Key::load(request.key),
                       .payload = Payload::from_hex(request.payload),
                       .sample_rate_hz = format.sample_rate_hz,
                       .channels = format.channels,
                       .profile = profile_from_name(request.profile)};
}

// What a container of another kind than the input's holds unless something else is asked for; "" keeps the input's.
std::string sample_format_for(const LabelRequest& request, const AudioFormat& input) {
    if (!request.sample_format.empty() || extension(request.in) == extension(request.out)) return request.sample_format;
    constexpr std::array<std::array<std::string_view, 2>, 4> coded{
        {{".mp3", "mp3"}, {".opus", "opus"}, {".ogg", "vorbis"}, {".oga", "vorbis"}}};
    for (const auto& [ending, name] : coded) {
        if (extension(request.out) == ending) return std::string(name);
    }
    const bool from_coded = integer_bits(input) == 0 && !is_float(input) && !wav_header_for(input);
    return from_coded ? "pcm_16" : "";
}

// Cue and mark into the file aside; fills what the receipt says of them.
void encode(AudioReader& reader, OutputFile& output, Receipt& receipt) {
    const LabelRequest& request = receipt.request;
    refuse_damage(reader);
    receipt.format = output_format(request.out, reader.format(), sample_format_for(request, reader.format()));
    if (request.cue.asked()) receipt.cue = plan_cue(request.cue, survey(request.in), reader.format().channels);
    const std::optional<InsertConfig> cue = receipt.cue ? std::optional(receipt.cue->insert) : std::nullopt;
    const std::uint64_t added = receipt.cue ? receipt.cue->added_samples : 0;
    AudioWriter writer(output.fd(), request.out, *receipt.format, {}, false);
    MarkedStream stream(writer, reader.format(), cue, mark_config(request, reader.format()));
    Block block(reader.format().channels, reader.block_samples());
    Progress progress(reader.name(), reader.samples(), reader.format().sample_rate_hz);
    while (const std::size_t got = reader.read(block)) {
        require_scale(block, got, reader);
        stream.push(block, got);
        progress.at(reader.read_so_far());
    }
    stream.finish();
    writer.close();
    refuse_damage(reader);
    receipt.samples = reader.read_so_far() + added;
    receipt.mark = stream.report();
    output.settle();
    check_written(output, request.out, *receipt.format, receipt.samples);
}

void copy_audio(const OutputFile& output, const LabelRequest& request, ByteStream& in) {
    if (extension(request.in) != extension(request.out)) {
        throw Error(Fault::usage, request.out +
                                      ": metadata alone copies the audio as it is, so the output must end in '" +
                                      extension(request.in) + "' too");
    }
    copy(in, output, request.out);
}

std::uint64_t bytes_of(const OutputFile& output) {
    struct stat about {};
    return ::fstat(output.fd(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

// A text beside the output; in place only with it.
std::unique_ptr<OutputFile> beside(const std::string& path, const std::string& text, int input_fd,
                                   const std::string& input) {
    auto file = std::make_unique<OutputFile>(path, input_fd, input);
    write_all(file->fd(), text.data(), text.size(), path);
    file->settle();
    return file;
}

std::string summary_of(const Receipt& receipt) {
    std::string text = receipt.request.out + ": ";
    if (receipt.cue) {
        text += std::to_string(receipt.cue->spans.size()) + " " + receipt.request.cue.kind + " cue" +
                (receipt.cue->spans.size() == 1 ? "" : "s") + " at " + fixed(receipt.cue->lufs, 1) + " LUFS, ";
    }
    if (receipt.mark) {
        text += "payload " + Payload::from_hex(receipt.request.payload).hex();
        text += receipt.verification ? " read back with p = 10^" + fixed(receipt.verification->mark->log10_p, 1) : "";
        text += ", ";
    }
    if (receipt.label) {
        text += "AIGC label " + receipt.label->label + " of " + receipt.label->content_producer + " read back, ";
    }
    if (!receipt.format) return text + "audio copied";
    return text + (receipt.verification ? "verified" : "cue and mark not verified (--verify)");
}

// After the audio: everything that is done to the file aside, and with it.
Labelled finish(OutputFile& output, Receipt& receipt, const std::optional<AigcLabel>& label, int input_fd,
                const Complete& complete) {
    const LabelRequest& request = receipt.request;
    if (label) {
        // Of a copy it is the input that a label cannot be put into.
        under_name(output, receipt.format ? request.out : request.in, [&] {
            write_label(output.aside(), to_json(*label));
            read_back(output.aside(), *label);
        });
        receipt.label = label;
    }
    if (request.verify && receipt.format) {
        under_name(output, request.out, [&] { receipt.verification = verify(output.aside(), request, receipt.cue); });
        const std::string fault = unmet(*receipt.verification, request, receipt.cue, receipt.format->sample_rate_hz);
        if (!fault.empty()) return {fault, ""};
    }
    output.settle();
    receipt.bytes = bytes_of(output);
    std::vector<std::unique_ptr<OutputFile>> others;
    if (request.c2pa.asked()) {
        const double end_s = static_cast<double>(receipt.samples) / receipt.format->sample_rate_hz;
        others.push_back(beside(request.c2pa.file, c2pa_definition(request, end_s), input_fd, request.in));
    }
    if (!request.receipt.empty()) {
        others.push_back(beside(request.receipt, receipt_json(receipt), input_fd, request.in));
    }
    if (complete) complete(output.aside(), input_fd);
    // The output last: it must not stand there without the receipt that was asked for.
    for (const auto& other : others) other->commit();
    output.commit();
    return {"", summary_of(receipt)};
}

}  // namespace

Labelled label_file(const LabelRequest& request, const Complete& complete) {
    // Whatever can be refused is refused before the first byte is written.
    const std::vector<std::string> there = labels_in(request.in);
    const std::optional<AigcLabel> label = plan_label(request, request.in, there);
    Receipt receipt{.request = request};
    if (!request.encodes()) {
        ByteStream in = ByteStream::open(request.in);
        receipt.container = name(container_of(request.in));
        OutputFile output(request.out, in.fd(), request.in);
        copy_audio(output, request, in);
        return finish(output, receipt, label, in.fd(), complete);
    }
    AudioReader reader(request.in, std::nullopt);
    OutputFile output(request.out, reader.fd(), request.in);
    encode(reader, output, receipt);
    receipt.container = container_name(*receipt.format);
    return finish(output, receipt, label, reader.fd(), complete);
}

}  // namespace earmark::tools
