#include "audio_file.hpp"

#include "sound_library.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace earmark::tools {

namespace {

ByteStream& stream(void* user) {
    return *static_cast<ByteStream*>(user);
}

// Through these instead of a descriptor: a failed write keeps its errno, and a pipe can stand for a file.
SF_VIRTUAL_IO virtual_io() {
    SF_VIRTUAL_IO io{};
    io.get_filelen = [](void* user) -> sf_count_t { return stream(user).length(); };
    io.seek = [](sf_count_t offset, int whence, void* user) -> sf_count_t { return stream(user).seek(offset, whence); };
    io.tell = [](void* user) -> sf_count_t { return stream(user).tell(); };
    io.read = [](void* to, sf_count_t bytes, void* user) {
        return static_cast<sf_count_t>(stream(user).read(to, static_cast<std::size_t>(bytes)));
    };
    io.write = [](const void* from, sf_count_t bytes, void* user) {
        return static_cast<sf_count_t>(stream(user).write(from, static_cast<std::size_t>(bytes)));
    };
    return io;
}

SNDFILE* sound(void* handle) {
    return static_cast<SNDFILE*>(handle);
}

constexpr float full_scale = 32768;  // of 16 bits

std::string first_line(const char* text) {
    return std::string(text, std::strcspn(text, "\n"));
}

std::size_t count(sf_count_t done) {
    return done > 0 ? static_cast<std::size_t>(done) : 0;
}

bool is_bare_words(const AudioFormat& format) {
    return std::endian::native == std::endian::little &&
           format.code == (SF_FORMAT_RAW | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16);
}

}  // namespace

void AudioFile::Closer::operator()(void* handle) const {
    sound_library().sf_close(sound(handle));
}

AudioFile::AudioFile(ByteStream bytes, const AudioFormat& format)
    : format_(format), in_words_(is_bare_words(format)), bytes_(std::make_unique<ByteStream>(std::move(bytes))) {}

void* AudioFile::open_handle(int mode) {
    SF_VIRTUAL_IO io = virtual_io();
    SF_INFO info{};
    info.format = format_.code;
    info.samplerate = format_.sample_rate_hz;
    info.channels = format_.channels;
    SNDFILE* opened = sound_library().sf_open_virtual(&io, mode, &info, bytes_.get());
    if (opened != nullptr && mode == SFM_READ) {
        format_ = {info.format, info.samplerate, info.channels};
        // libsndfile says "more than any file holds" for "the header does not tell".
        if (info.frames < INT64_MAX / 8) promised_ = static_cast<std::uint64_t>(info.frames);
    }
    in_words_ = (format_.code & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16;
    return opened;
}

AudioFile AudioFile::open(ByteStream bytes, const std::string& name, const std::optional<AudioFormat>& bare) {
    AudioFile file(std::move(bytes), bare.value_or(AudioFormat{}));
    if (file.in_words_) return file;
    file.handle_.reset(file.open_handle(SFM_READ));
    if (file.handle_) return file;
    if (file.bytes().error() != 0)
        throw Error(Fault::input, name + ": cannot be read, " + std::strerror(file.bytes().error()));
    if (file.bytes().length() == 0) throw Error(Fault::input, name + ": is empty, 0 bytes");
    throw Error(Fault::input, name + ": no audio format known here (" +
                                  first_line(sound_library().sf_strerror(nullptr)) +
                                  "), decode it first: ffmpeg -i FILE -f wav - | earmark ... -");
}

AudioFile AudioFile::create(ByteStream bytes, const std::string& name, const AudioFormat& format) {
    AudioFile file(std::move(bytes), format);
    if (file.in_words_) return file;
    file.handle_.reset(file.open_handle(SFM_WRITE));
    if (!file.handle_) {
        const int error = file.bytes().error();
        throw Error(Fault::input,
                    name + ": cannot be written, " +
                        (error ? std::strerror(error) : first_line(sound_library().sf_strerror(nullptr))));
    }
    sound_library().sf_command(sound(file.handle_.get()), SFC_SET_CLIPPING, nullptr, SF_TRUE);
    // The chunk carries the time of day: the same samples would not give the same file.
    sound_library().sf_command(sound(file.handle_.get()), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    return file;
}

std::size_t AudioFile::read_words(std::size_t samples) {
    if (handle_)
        return count(
            sound_library().sf_readf_short(sound(handle_.get()), words_.data(), static_cast<sf_count_t>(samples)));
    const std::size_t sample_bytes = sizeof(short) * static_cast<std::size_t>(format_.channels);
    return bytes_->read(words_.data(), samples * sample_bytes) / sample_bytes;
}

std::size_t AudioFile::write_words(std::size_t samples) {
    if (handle_)
        return count(
            sound_library().sf_writef_short(sound(handle_.get()), words_.data(), static_cast<sf_count_t>(samples)));
    const std::size_t sample_bytes = sizeof(short) * static_cast<std::size_t>(format_.channels);
    return bytes_->write(words_.data(), samples * sample_bytes) / sample_bytes;
}

std::size_t AudioFile::read(float* interleaved, std::size_t samples) {
    if (!in_words_)
        return count(
            sound_library().sf_readf_float(sound(handle_.get()), interleaved, static_cast<sf_count_t>(samples)));
    words_.resize(samples * static_cast<std::size_t>(format_.channels));
    const std::size_t got = read_words(samples);
    const std::size_t values = got * static_cast<std::size_t>(format_.channels);
    std::transform(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(values), interleaved,
                   [](short word) { return static_cast<float>(word) * (1 / full_scale); });
    return got;
}

std::size_t AudioFile::write(const float* interleaved, std::size_t samples) {
    if (!in_words_)
        return count(
            sound_library().sf_writef_float(sound(handle_.get()), interleaved, static_cast<sf_count_t>(samples)));
    words_.resize(samples * static_cast<std::size_t>(format_.channels));
    std::transform(interleaved, interleaved + words_.size(), words_.begin(),
                   [](float x) { return static_cast<short>(std::clamp(x * full_scale, -full_scale, full_scale - 1)); });
    return write_words(samples);
}

std::string AudioFile::fault() const {
    if (!handle_ || sound_library().sf_error(sound(handle_.get())) == SF_ERR_NO_ERROR) return "";
    return first_line(sound_library().sf_strerror(sound(handle_.get())));
}

void AudioFile::close() {
    handle_.reset();
}

}  // namespace earmark::tools
