// Interleaved samples in and out of a ByteStream: bare 16-bit ones as they are, all else by libsndfile.
#pragma once

#include "audio_format.hpp"
#include "byte_stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace earmark::tools {

class AudioFile {
  public:
    // `bare` tells the format of bytes without a header. Both throw Error(input).
    static AudioFile open(ByteStream bytes, const std::string& name, const std::optional<AudioFormat>& bare);
    static AudioFile create(ByteStream bytes, const std::string& name, const AudioFormat& format);

    const AudioFormat& format() const { return format_; }
    std::optional<std::uint64_t> promised_samples() const { return promised_; }  // what the header says, if anything
    std::size_t read(float* interleaved, std::size_t samples);
    std::size_t write(const float* interleaved, std::size_t samples);  // 16-bit samples: on whole steps
    std::string fault() const;                                         // what libsndfile found wrong so far, else empty
    void close();  // writes what is still held back; ask bytes().error() after it
    void present_as(const AudioFormat& format) { format_ = format; }  // bare samples that had a header after all
    ByteStream& bytes() { return *bytes_; }
    const ByteStream& bytes() const { return *bytes_; }

  private:
    struct Closer {
        void operator()(void* handle) const;
    };
    AudioFile(ByteStream bytes, const AudioFormat& format);
    void* open_handle(int mode);
    std::size_t read_words(std::size_t samples);
    std::size_t write_words(std::size_t samples);

    AudioFormat format_;
    // 16-bit samples pass as such: libsndfile's way to float and back takes as long as a filter.
    bool in_words_ = false;
    std::vector<short> words_;  // of one call
    std::optional<std::uint64_t> promised_;
    std::unique_ptr<ByteStream> bytes_;     // libsndfile holds its address
    std::unique_ptr<void, Closer> handle_;  // none for bare 16-bit samples
};

}  // namespace earmark::tools
