#include "tools/metadata/labelled_file.hpp"

#include "tools/metadata/file_bytes.hpp"
#include "tools/metadata/mp4_keys.hpp"
#include "tools/metadata/riff_chunk.hpp"
#include "tools/metadata/tags.hpp"

#include <earmark/error.hpp>

#include <optional>
#include <string_view>

namespace earmark::tools {

namespace {

bool has(const Bytes& bytes, std::size_t at, std::string_view text) {
    return bytes.size() >= at + text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin() + at,
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

// What stands behind an ID3v2 tag, whose size is four times seven bits.
std::optional<Container> behind_id3(const FileBytes& file, const Bytes& head) {
    if (head.size() < 10) return {};
    std::uint64_t size = 0;
    for (std::size_t i = 6; i < 10; ++i) size = size << 7 | (head[i] & 0x7F);
    const bool footer = (head[5] & 0x10) != 0;
    return has(file.read(10 + size + (footer ? 10 : 0), 4), 0, "fLaC") ? Container::flac : Container::mp3;
}

std::optional<Container> sniffed(const FileBytes& file) {
    const Bytes head = file.read(0, 512);
    if ((has(head, 0, "RIFF") || has(head, 0, "RF64")) && has(head, 8, "WAVE")) return Container::wav;
    if (has(head, 0, "fLaC")) return Container::flac;
    if (has(head, 4, "ftyp")) return Container::m4a;
    if (has(head, 0, "ID3")) return behind_id3(file, head);
    if (has(head, 0, "OggS") && head.size() > 27) {
        const std::size_t packet = 27 + head[26];  // behind the table of segments
        if (has(head, packet, "\x01vorbis")) return Container::ogg_vorbis;
        if (has(head, packet, "OpusHead")) return Container::ogg_opus;
        return {};
    }
    // The sync word of MPEG audio, layer III.
    if (head.size() > 2 && head[0] == 0xFF && (head[1] & 0xE6) == 0xE2) return Container::mp3;
    return {};
}

}  // namespace

std::string_view name(Container container) {
    switch (container) {
        case Container::wav:
            return "WAV";
        case Container::mp3:
            return "MP3";
        case Container::flac:
            return "FLAC";
        case Container::ogg_vorbis:
            return "Ogg Vorbis";
        case Container::ogg_opus:
            return "Ogg Opus";
        default:
            return "M4A";
    }
}

Container container_of(const std::string& path) {
    const std::optional<Container> container = sniffed(FileBytes(path, FileBytes::read_only));
    if (container) return *container;
    throw Error(Fault::input, path + ": holds no label, only WAV, MP3, FLAC, Ogg Vorbis, Ogg Opus and M4A do");
}

FoundLabels read_labels(const std::string& path) {
    const Container container = container_of(path);
    if (container == Container::wav) return read_riff_labels(path);
    if (container == Container::m4a) return read_mp4_labels(path);
    return read_tag_labels(path, container);
}

void write_label(const std::string& path, const std::string& json) {
    const Container container = container_of(path);
    if (container == Container::wav) return write_riff_label(path, json);
    if (container == Container::m4a) return write_mp4_label(path, json);
    write_tag_label(path, container, json);
}

}  // namespace earmark::tools
