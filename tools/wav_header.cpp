#include "wav_header.hpp"

#include "byte_stream.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>

namespace earmark::tools {

namespace {

constexpr std::uint32_t largest_size = 0xFFFFFFFF;
constexpr std::uint32_t unknown_size = 0x7FFFF000;
constexpr int extensible = 0xFFFE;

std::uint64_t little(const std::uint8_t* from, int bytes) {
    std::uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; --i) value = value << 8 | from[i];
    return value;
}

// Writers that cannot seek put one of these in: ffmpeg 0xFFFFFFFF, sox 0x7FFFF000, arecord and others 0x7FFFFFFF or
// 0x80000000, some of them less the header.
bool is_streaming_size(std::uint64_t size) {
    return (size >= 0x7FFFEF00 && size <= 0x80000000) || (size >= 0xFFFFEF00 && size <= largest_size);
}

bool skip(ByteStream& bytes, std::uint64_t count) {
    std::array<char, 4096> waste;
    while (count > 0) {
        const std::size_t piece = std::min<std::uint64_t>(count, waste.size());
        if (bytes.read(waste.data(), piece) != piece) return false;
        count -= piece;
    }
    return true;
}

void read_format(WavHeader& header, std::span<const std::uint8_t> chunk) {
    header.tag = static_cast<int>(little(chunk.data(), 2));
    header.channels = static_cast<int>(little(chunk.data() + 2, 2));
    header.sample_rate_hz = static_cast<int>(little(chunk.data() + 4, 4));
    header.bits = static_cast<int>(little(chunk.data() + 14, 2));
    header.extended |= header.tag == extensible;
    if (header.tag == extensible && chunk.size() >= 26) header.tag = static_cast<int>(little(chunk.data() + 24, 2));
}

}  // namespace

bool WavHeader::is_plain() const {
    if (channels < 1) return false;
    if (tag == pcm) return bits == 8 || bits == 16 || bits == 24 || bits == 32;
    if (tag == ieee_float) return bits == 32 || bits == 64;
    return (tag == alaw || tag == mulaw) && bits == 8;
}

bool is_wav(const void* head, std::size_t bytes) {
    const char* text = static_cast<const char*>(head);
    return bytes >= wav_magic_bytes && (std::memcmp(text, "RIFF", 4) == 0 || std::memcmp(text, "RF64", 4) == 0) &&
           std::memcmp(text + 8, "WAVE", 4) == 0;
}

WavHeader read_wav_header(ByteStream& bytes, const std::string& name) {
    WavHeader header;
    std::optional<std::uint64_t> long_size;  // RF64 keeps the real one in a chunk of its own
    std::array<std::uint8_t, 8> start;
    while (bytes.read(start.data(), start.size()) == start.size()) {
        const std::uint64_t size = little(start.data() + 4, 4);
        const bool is_format = std::memcmp(start.data(), "fmt ", 4) == 0;
        if (std::memcmp(start.data(), "data", 4) == 0) {
            if (header.channels == 0) throw Error(Fault::input, name + ": WAV without a format before its samples");
            header.data_bytes = size;
            if (is_streaming_size(size)) header.data_bytes = long_size == 0 ? std::nullopt : long_size;
            return header;
        }
        std::array<std::uint8_t, 40> chunk{};
        const bool wanted = is_format || std::memcmp(start.data(), "ds64", 4) == 0;
        const std::size_t kept = wanted ? std::min<std::uint64_t>(size, chunk.size()) : 0;
        if (bytes.read(chunk.data(), kept) != kept || !skip(bytes, size + size % 2 - kept)) break;
        if (is_format && size >= 16) read_format(header, {chunk.data(), kept});
        if (wanted && !is_format && size >= 16) {
            long_size = little(chunk.data() + 8, 8);
            header.extended = true;
        }
    }
    throw Error(Fault::input,
                name + ": WAV header without samples, cut off after " + std::to_string(bytes.tell()) + " bytes");
}

std::vector<std::uint8_t> make_wav_header(const WavHeader& header) {
    const bool compact = header.tag == WavHeader::pcm;
    const std::uint32_t format_bytes = compact ? 16 : 18;
    const std::uint32_t fact_bytes = compact ? 0 : 12;  // every format but PCM must say its length in samples
    const std::uint64_t before_data = 4 + 8 + format_bytes + fact_bytes + 8;
    const auto fitting = [](std::uint64_t size) { return std::min<std::uint64_t>(size, largest_size); };
    const std::uint64_t data_bytes = fitting(header.data_bytes.value_or(unknown_size));
    const std::uint64_t riff_bytes = fitting(data_bytes + data_bytes % 2 + before_data);

    std::vector<std::uint8_t> out;
    const auto text = [&](std::string_view id) {
        for (const char c : id) out.push_back(static_cast<std::uint8_t>(c));
    };
    const auto number = [&](std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    };
    text("RIFF"), number(riff_bytes, 4), text("WAVE");
    text("fmt "), number(format_bytes, 4);
    number(static_cast<std::uint64_t>(header.tag), 2), number(static_cast<std::uint64_t>(header.channels), 2);
    number(static_cast<std::uint64_t>(header.sample_rate_hz), 4);
    number(static_cast<std::uint64_t>(header.sample_rate_hz) * static_cast<std::uint64_t>(header.sample_bytes()), 4);
    number(static_cast<std::uint64_t>(header.sample_bytes()), 2), number(static_cast<std::uint64_t>(header.bits), 2);
    if (!compact) {
        number(0, 2);
        text("fact"), number(4, 4);
        number(data_bytes / static_cast<std::uint64_t>(header.sample_bytes()), 4);
    }
    text("data"), number(data_bytes, 4);
    return out;
}

}  // namespace earmark::tools
