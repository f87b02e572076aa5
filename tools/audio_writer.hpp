// Audio into a file or a pipe, block by block. On a pipe the WAV header is written by hand, as libsndfile refuses, and
// that of 16-bit samples anywhere, as nothing else of libsndfile is needed for them.
#pragma once

#include "audio_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace earmark::tools {

class AudioWriter {
  public:
    // Writes to fd, which the caller closes. `samples` is the length if it is known; a pipe needs it in its header.
    // Throws Error(input), as the other calls do.
    AudioWriter(int fd, const std::string& name, const AudioFormat& format, std::optional<std::uint64_t> samples,
                bool to_stdout, const ByteStream::Tap& tap = {});

    void write(const float* const* channels, std::size_t from, std::size_t to);
    void close();

  private:
    void check() const;
    void mend_header();

    std::string name_;
    AudioFormat format_;
    std::optional<WavHeader> header_;  // written by hand
    std::int64_t header_at_ = 0;
    std::uint64_t done_ = 0;
    std::optional<AudioFile> file_;
    std::vector<float> interleaved_;
};

}  // namespace earmark::tools
