// The header of a WAV file, read without trusting it and written without knowing the length: what a pipe needs, and
// what tells an interrupted recording from an empty one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace earmark::tools {

class ByteStream;

struct WavHeader {
    enum Tag { pcm = 1, ieee_float = 3, alaw = 6, mulaw = 7 };

    int tag = 0;  // as in the file, that of the sub-format for an extensible header
    int channels = 0;
    int sample_rate_hz = 0;
    int bits = 0;
    bool extended = false;                    // RF64, or an extensible format chunk
    std::optional<std::uint64_t> data_bytes;  // nothing: written into a pipe, goes on to the end of the file

    int sample_bytes() const { return channels * bits / 8; }  // all channels
    bool is_plain() const;                                    // samples side by side, no blocks of compressed audio
};

inline constexpr std::size_t wav_magic_bytes = 12;
bool is_wav(const void* head, std::size_t bytes);  // RIFF or RF64, WAVE

// Reads from behind the magic to the first byte of audio. Throws Error(input) when there is none.
WavHeader read_wav_header(ByteStream& bytes, const std::string& name);

// When data_bytes is not known the size is sox's 0x7FFFF000, which sox and ffmpeg both read to the end without
// complaint.
std::vector<std::uint8_t> make_wav_header(const WavHeader& header);

}  // namespace earmark::tools
