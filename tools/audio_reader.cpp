#include "audio_reader.hpp"

#include <earmark/audio.hpp>
#include <earmark/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace earmark::tools {

namespace {

std::string shortened(std::uint64_t promised, std::uint64_t present, const char* unit) {
    return "cut off, the header promises " + std::to_string(promised) + " " + unit + " and " + std::to_string(present) +
           " are there";
}

// An interrupted recorder leaves the 0 it began with.
[[noreturn]] void refuse_unfinished(const std::string& name, std::uint64_t following) {
    throw Error(Fault::input, name + ": header says 0 samples but " + std::to_string(following) +
                                  " bytes follow, interrupted recording? read the samples with --raw");
}

}  // namespace

// Without a way out of the loop the compiler looks at several at once.
bool all_within(std::span<const float> samples, float largest) {
    unsigned beyond = 0;
    for (const float x : samples) beyond |= !(std::abs(x) <= largest);
    return beyond == 0;
}

Block::Block(int channels, std::size_t capacity) : capacity_(capacity), samples_(static_cast<std::size_t>(channels)) {
    for (std::vector<float>& channel : samples_) {
        channel.resize(capacity);
        pointers_.push_back(channel.data());
    }
}

AudioReader::AudioReader(const std::string& name, const std::optional<RawPcm>& raw, const ByteStream::Tap& tap)
    : name_(name) {
    open(raw, tap);
    check_range();
}

void AudioReader::open(const std::optional<RawPcm>& raw, const ByteStream::Tap& tap) {
    ByteStream bytes = ByteStream::open(name_);
    bytes.tap(tap);
    pipe_ = bytes.is_pipe();
    if (raw) return open_raw(std::move(bytes), raw_format(*raw));
    std::array<char, wav_magic_bytes> head{};
    const std::size_t got = bytes.read(head.data(), head.size());
    if (bytes.error() != 0) throw Error(Fault::input, name_ + ": cannot be read, " + std::strerror(bytes.error()));
    if (got == 0) throw Error(Fault::input, name_ + ": is empty, 0 bytes");
    if (is_wav(head.data(), got)) return pipe_ ? open_wav_pipe(std::move(bytes)) : open_wav_file(std::move(bytes));
    if (pipe_) {
        // libsndfile seeks in FLAC and Ogg.
        bytes.make_seekable(head.data(), got, name_);
    } else {
        bytes.seek(0, SEEK_SET);
    }
    file_ = AudioFile::open(std::move(bytes), name_, std::nullopt);
    samples_ = file_->promised_samples();
}

void AudioReader::open_raw(ByteStream bytes, const AudioFormat& format) {
    const std::int64_t length = bytes.length();
    bare_sample_bytes_ = wav_header_for(format)->sample_bytes();
    file_ = AudioFile::open(std::move(bytes), name_, format);
    if (!pipe_) samples_ = static_cast<std::uint64_t>(length / bare_sample_bytes_);
}

void AudioReader::open_wav_file(ByteStream bytes) {
    const WavHeader header = read_wav_header(bytes, name_);
    const auto present = static_cast<std::uint64_t>(bytes.length() - bytes.tell());
    if (header.data_bytes == 0 && present > 0) refuse_unfinished(name_, present);
    if (header.data_bytes && *header.data_bytes > present) damage_ = shortened(*header.data_bytes, present, "bytes");
    const std::uint64_t usable = std::min(header.data_bytes.value_or(present), present);
    if (header.is_plain() && !header.extended && is_wav_words(wav_format(header))) {
        samples_ = usable / static_cast<std::uint64_t>(header.sample_bytes());
        bytes.begin_here(*samples_ * static_cast<std::uint64_t>(header.sample_bytes()));
        return open_bare(std::move(bytes), wav_format(header));
    }
    bytes.seek(0, SEEK_SET);
    file_ = AudioFile::open(std::move(bytes), name_, std::nullopt);
    if (header.is_plain()) {
        samples_ = usable / static_cast<std::uint64_t>(header.sample_bytes());
    } else if (header.data_bytes && damage_.empty()) {
        samples_ = file_->promised_samples();
    }
}

void AudioReader::open_wav_pipe(ByteStream bytes) {
    const WavHeader header = read_wav_header(bytes, name_);
    if (!header.is_plain()) {
        throw Error(Fault::input, name_ + ": WAV format " + std::to_string(header.tag) + " with " +
                                      std::to_string(header.bits) +
                                      " bits cannot be read from a pipe, only PCM, float, mu-law and A-law");
    }
    if (header.data_bytes == 0) {
        const std::uint64_t following = bytes.drain();
        if (following > 0) refuse_unfinished(name_, following);
    }
    promised_bytes_ = header.data_bytes;
    bare_sample_bytes_ = header.sample_bytes();
    bytes.begin_here(header.data_bytes);
    open_bare(std::move(bytes), wav_format(header));
}

// Samples behind a header that has been read.
void AudioReader::open_bare(ByteStream bytes, const AudioFormat& format) {
    file_ = AudioFile::open(std::move(bytes), name_, headerless(format));
    file_->present_as(format);
}

void AudioReader::check_range() const {
    const auto outside = [&](const std::string& what, int value, int low, int high, const char* unit) {
        throw Error(Fault::input, name_ + ": " + what + " is " + std::to_string(value) + unit + ", allowed " +
                                      std::to_string(low) + " .. " + std::to_string(high) + unit);
    };
    const int low = static_cast<int>(min_sample_rate_hz), high = static_cast<int>(max_sample_rate_hz);
    if (format().sample_rate_hz < low || format().sample_rate_hz > high) {
        outside("sample rate", format().sample_rate_hz, low, high, " Hz");
    }
    if (format().channels < 1 || format().channels > max_channels) {
        outside("number of channels", format().channels, 1, max_channels, "");
    }
}

std::size_t AudioReader::block_samples() const {
    if (pipe_) return static_cast<std::size_t>(format().sample_rate_hz / 50);
    // Fewer calls of the system where there are many; memory that a short file would touch in vain costs more.
    constexpr std::size_t few = 8192, many = 32768, long_file = 1 << 20;
    return samples_.value_or(0) > long_file ? many : few;
}

std::size_t AudioReader::read(Block& block) {
    const auto channels = static_cast<std::size_t>(format().channels);
    if (channels > 1) interleaved_.resize(block.capacity() * channels);
    float* const samples = channels > 1 ? interleaved_.data() : block.channels()[0];
    const std::size_t got = file_->read(samples, block.capacity());
    if (integer_bits(format()) == 0) check_finite({samples, got * channels});
    for (std::size_t c = 0; c < channels && channels > 1; ++c) {
        float* out = block.channels()[c];
        for (std::size_t i = 0; i < got; ++i) out[i] = interleaved_[i * channels + c];
    }
    done_ += got;
    if (got < block.capacity() && !concluded_) conclude();
    return got;
}

void AudioReader::check_finite(std::span<const float> interleaved) const {
    if (all_within(interleaved, std::numeric_limits<float>::max())) return;
    const auto channels = static_cast<std::size_t>(format().channels);
    const auto bad = std::find_if(interleaved.begin(), interleaved.end(), [](float x) { return !std::isfinite(x); });
    if (bad == interleaved.end()) return;
    const auto index = static_cast<std::size_t>(bad - interleaved.begin());
    throw Error(Fault::input, name_ + ": sample " + std::to_string(done_ + index / channels) + " of channel " +
                                  std::to_string(index % channels) + " is " + (std::isnan(*bad) ? "NaN" : "infinite") +
                                  ", allowed are finite numbers");
}

// Of coded audio nobody knows what a broken file would have held.
void AudioReader::refuse_broken(const std::string& what) const {
    throw Error(Fault::input, name_ + ": damaged, " + what);
}

void AudioReader::conclude() {
    concluded_ = true;
    ByteStream& bytes = file_->bytes();
    if (bytes.error() != 0) throw Error(Fault::input, name_ + ": cannot be read, " + std::strerror(bytes.error()));
    const auto taken = static_cast<std::uint64_t>(bytes.tell());
    if (promised_bytes_ && taken < *promised_bytes_) damage_ = shortened(*promised_bytes_, taken, "bytes");
    if (damage_.empty() && bare_sample_bytes_ > 0 && taken % static_cast<std::uint64_t>(bare_sample_bytes_) != 0) {
        damage_ = "ends inside a sample, " + std::to_string(taken) + " bytes are no multiple of " +
                  std::to_string(bare_sample_bytes_);
    }
    if (damage_.empty() && samples_ && done_ < *samples_) refuse_broken(shortened(*samples_, done_, "samples"));
    if (damage_.empty() && !file_->fault().empty()) refuse_broken(file_->fault());
    if (done_ == 0) throw Error(Fault::input, name_ + ": holds 0 samples" + (damage_.empty() ? "" : ", " + damage_));
    if (pipe_) bytes.drain();
}

}  // namespace earmark::tools
