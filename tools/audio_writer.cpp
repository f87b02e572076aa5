#include "audio_writer.hpp"

#include "standard_output.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

namespace earmark::tools {

namespace {

// To the nearest whole number, to even half way, |x| < 2^22 or, by way of doubles, 2^51: so large a sum has no digits
// behind the point. The compiler does this for several samples at once, std::nearbyint it calls.
template <class Real>
float whole(float x) {
    constexpr Real no_fraction = std::is_same_v<Real, float> ? 0x1.8p23F : 0x1.8p52;
    return static_cast<float>(static_cast<Real>(x) + no_fraction - no_fraction);
}

template <class Real>
void fit_to_steps(std::vector<float>& samples, float steps) {
    const float step = 1 / steps;
    for (float& x : samples) x = step * whole<Real>(std::clamp(x * steps, -steps, steps - 1));
}

// To the nearest step of the format, so that a sample left alone by the mark comes out as it came in; libsndfile would
// round down.
void fit(std::vector<float>& samples, const AudioFormat& format) {
    if (is_float(format)) return;
    const int bits = integer_bits(format);
    const bool exact = bits > 0 && bits <= 24;  // a float has no more
    if (!exact) {
        for (float& x : samples) x = std::clamp(x, -1.0F, 1.0F);
    } else if (bits <= 16) {
        fit_to_steps<float>(samples, std::ldexp(1.0F, bits - 1));
    } else {
        fit_to_steps<double>(samples, std::ldexp(1.0F, bits - 1));
    }
}

bool can_mend(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    return ::lseek(fd, 0, SEEK_CUR) >= 0 && flags >= 0 && (flags & O_APPEND) == 0;
}

}  // namespace

AudioWriter::AudioWriter(int fd, const std::string& name, const AudioFormat& format,
                         std::optional<std::uint64_t> samples, bool to_stdout, const ByteStream::Tap& tap)
    : name_(name), format_(format) {
    ByteStream bytes = ByteStream::borrow(fd);
    bytes.tap(tap);
    if (is_wav_words(format) || (to_stdout && is_wav_container(format))) {
        header_ = wav_header_for(format);
        if (samples) header_->data_bytes = *samples * static_cast<std::uint64_t>(header_->sample_bytes());
        header_at_ = bytes.is_pipe() ? 0 : ::lseek(fd, 0, SEEK_CUR);
        const std::vector<std::uint8_t> head = make_wav_header(*header_);
        bytes.write(head.data(), head.size());
        bytes.begin_here(std::nullopt);
        format_ = headerless(format);
    }
    if (bytes.error() == EPIPE) throw PipeClosed{};
    if (bytes.error() != 0) throw Error(Fault::input, name + ": cannot be written, " + std::strerror(bytes.error()));
    file_ = AudioFile::create(std::move(bytes), name, format_);
}

void AudioWriter::write(const float* const* channels, std::size_t from, std::size_t to) {
    const auto count = static_cast<std::size_t>(format_.channels);
    interleaved_.resize((to - from) * count);
    if (count == 1) std::copy(channels[0] + from, channels[0] + to, interleaved_.begin());
    for (std::size_t c = 0; c < count && count > 1; ++c) {
        for (std::size_t i = from; i < to; ++i) interleaved_[(i - from) * count + c] = channels[c][i];
    }
    fit(interleaved_, format_);
    const std::size_t put = file_->write(interleaved_.data(), to - from);
    check();
    if (put != to - from) throw Error(Fault::input, name_ + ": cannot be written, " + file_->fault());
    done_ += put;
}

void AudioWriter::close() {
    file_->close();
    check();
    if (header_) mend_header();
    check();
}

void AudioWriter::check() const {
    const int error = file_->bytes().error();
    if (error == EPIPE) throw PipeClosed{};
    if (error != 0) throw Error(Fault::input, name_ + ": cannot be written, " + std::strerror(error));
}

// Standard output may be a file after all: then the sizes can be told when they are known.
void AudioWriter::mend_header() {
    const int fd = file_->bytes().fd();
    const std::uint64_t bytes = done_ * static_cast<std::uint64_t>(header_->sample_bytes());
    const std::uint8_t pad = 0;  // chunks have even sizes
    if (header_->data_bytes && bytes % 2 == 1) file_->bytes().write(&pad, 1);
    if (header_->data_bytes || !can_mend(fd)) return;
    header_->data_bytes = bytes;
    if (bytes % 2 == 1) file_->bytes().write(&pad, 1);
    const std::vector<std::uint8_t> head = make_wav_header(*header_);
    if (::pwrite(fd, head.data(), head.size(), header_at_) != static_cast<ssize_t>(head.size())) {
        throw Error(Fault::input, name_ + ": header cannot be completed, " + std::strerror(errno));
    }
}

}  // namespace earmark::tools
