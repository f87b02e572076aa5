// Audio from a file or a pipe, block by block, judged as it comes: a header is a claim, not a fact.
#pragma once

#include "audio_file.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace earmark::tools {

// Planar samples of one block, with the pointers that the library takes.
class Block {
  public:
    Block(int channels, std::size_t capacity);
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;

    std::size_t capacity() const { return capacity_; }
    std::size_t channel_count() const { return samples_.size(); }
    float* const* channels() { return pointers_.data(); }
    const float* const* channels() const { return pointers_.data(); }

  private:
    std::size_t capacity_;
    std::vector<std::vector<float>> samples_;
    std::vector<float*> pointers_;
};

// No sample is larger than `largest`, and none is NaN.
bool all_within(std::span<const float> samples, float largest);

class AudioReader {
  public:
    // "-" is stdin. Throws Error(input), one line naming file, value and range.
    AudioReader(const std::string& name, const std::optional<RawPcm>& raw, const ByteStream::Tap& tap = {});

    const AudioFormat& format() const { return file_->format(); }
    const std::string& name() const { return name_; }
    int fd() const { return file_->bytes().fd(); }

    // Length, when it is known before the end is reached.
    std::optional<std::uint64_t> samples() const { return samples_; }
    // A pipe is answered in steps of 20 ms, so that marking live speech adds no more than that.
    std::size_t block_samples() const;
    // Fills the block; 0 at the end. Throws Error(input) on NaN, infinity or an error of the medium.
    std::size_t read(Block& block);
    std::uint64_t read_so_far() const { return done_; }

    // Why plain samples end before they should, if they do; complete only at the end.
    const std::string& damage() const { return damage_; }

  private:
    void open(const std::optional<RawPcm>& raw, const ByteStream::Tap& tap);
    void open_raw(ByteStream bytes, const AudioFormat& format);
    void open_wav_file(ByteStream bytes);
    void open_wav_pipe(ByteStream bytes);
    void open_bare(ByteStream bytes, const AudioFormat& format);
    void check_range() const;
    void check_finite(std::span<const float> interleaved) const;
    [[noreturn]] void refuse_broken(const std::string& what) const;
    void conclude();

    std::string name_;
    bool pipe_ = false;
    std::optional<AudioFile> file_;
    std::optional<std::uint64_t> samples_;
    std::optional<std::uint64_t> promised_bytes_;  // of a WAV on a pipe
    int bare_sample_bytes_ = 0;                    // of samples without header, all channels
    std::uint64_t done_ = 0;
    bool concluded_ = false;
    std::string damage_;
    std::vector<float> interleaved_;
};

}  // namespace earmark::tools
