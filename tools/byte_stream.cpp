#include "byte_stream.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace earmark::tools {

namespace {

// A pipe has no length; libsndfile must not think that it ends.
constexpr std::int64_t endless = INT64_MAX / 4;

// A long file goes to the disk while the rest of it is being made, or whoever syncs it in the end waits for all of it:
// of ten minutes at 44.1 kHz a fifth of the time.
void start_writing_back(int fd, std::int64_t from, std::int64_t to) {
#ifdef SYNC_FILE_RANGE_WRITE
    constexpr std::int64_t step = 1 << 20;
    const std::int64_t begun = from / step * step, end = to / step * step;
    if (end > begun) ::sync_file_range(fd, begun, end - begun, SYNC_FILE_RANGE_WRITE);  // a hint: what it says is moot
#else
    static_cast<void>(fd), static_cast<void>(from), static_cast<void>(to);
#endif
}

}  // namespace

ByteStream::ByteStream(int fd, bool owned) : fd_(fd), owned_(owned) {
    const off_t here = ::lseek(fd, 0, SEEK_CUR);
    pipe_ = here < 0;
    position_ = origin_ = pipe_ ? 0 : here;
}

ByteStream ByteStream::open(const std::string& path) {
    if (path == "-") return borrow(STDIN_FILENO);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw Error(Fault::input, path + ": cannot be opened, " + std::strerror(errno));
    struct stat about {};
    if (::fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
        ::close(fd);
        throw Error(Fault::input, path + ": is a directory, not an audio file");
    }
    return {fd, true};
}

ByteStream ByteStream::borrow(int fd) {
    return {fd, false};
}

ByteStream::ByteStream(ByteStream&& other) noexcept {
    *this = std::move(other);
}

ByteStream& ByteStream::operator=(ByteStream&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(owned_, other.owned_);
    pipe_ = other.pipe_;
    error_ = other.error_;
    position_ = other.position_;
    origin_ = other.origin_;
    end_ = other.end_;
    tap_ = std::move(other.tap_);
    return *this;
}

ByteStream::~ByteStream() {
    if (owned_) ::close(fd_);
}

std::size_t ByteStream::read(void* to, std::size_t bytes) {
    if (end_) bytes = std::min(bytes, static_cast<std::size_t>(std::max<std::int64_t>(0, *end_ - position_)));
    std::size_t done = 0;
    while (done < bytes) {
        const ssize_t got = ::read(fd_, static_cast<char*>(to) + done, bytes - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && error_ == 0) error_ = errno;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    position_ += static_cast<std::int64_t>(done);
    if (tap_ && pipe_) tap_(to, done);
    return done;
}

std::size_t ByteStream::write(const void* from, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
        const ssize_t put = ::write(fd_, static_cast<const char*>(from) + done, bytes - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            if (error_ == 0) error_ = errno;
            break;
        }
        done += static_cast<std::size_t>(put);
    }
    position_ += static_cast<std::int64_t>(done);
    if (!pipe_) start_writing_back(fd_, position_ - static_cast<std::int64_t>(done), position_);
    if (tap_ && pipe_) tap_(from, done);
    return done;
}

std::int64_t ByteStream::seek(std::int64_t offset, int whence) {
    std::int64_t target = offset;
    if (whence == SEEK_CUR) target += tell();
    if (whence == SEEK_END) target += length();
    // libsndfile seeks to where it already is; only that can be granted on a pipe.
    if (pipe_) return tell();
    if (::lseek(fd_, target + origin_, SEEK_SET) < 0) return -1;
    position_ = target + origin_;
    return target;
}

std::int64_t ByteStream::length() const {
    if (end_) return *end_ - origin_;
    if (pipe_) return endless;
    struct stat about {};
    return ::fstat(fd_, &about) == 0 ? about.st_size - origin_ : 0;
}

std::uint64_t ByteStream::drain() {
    end_.reset();
    std::array<char, 65536> waste;
    std::uint64_t total = 0;
    while (const std::size_t got = read(waste.data(), waste.size())) total += got;
    return total;
}

void ByteStream::begin_here(std::optional<std::uint64_t> limit) {
    origin_ = position_;
    end_.reset();
    if (limit) end_ = origin_ + static_cast<std::int64_t>(std::min<std::uint64_t>(*limit, endless));
}

void ByteStream::make_seekable(const void* head, std::size_t head_bytes, const std::string& name) {
    std::FILE* spool = std::tmpfile();
    const int fd = spool ? ::dup(::fileno(spool)) : -1;
    if (spool) std::fclose(spool);
    if (fd < 0) throw Error(Fault::input, name + ": no temporary file to hold it, " + std::strerror(errno));
    ByteStream file(fd, true);
    std::array<char, 65536> piece;
    bool good = file.write(head, head_bytes) == head_bytes;
    while (const std::size_t got = good ? read(piece.data(), piece.size()) : 0) {
        good = file.write(piece.data(), got) == got;
    }
    if (!good) throw Error(Fault::input, name + ": cannot be held in /tmp, " + std::strerror(file.error()));
    if (error_ != 0) throw Error(Fault::input, name + ": cannot be read, " + std::strerror(error_));
    file.seek(0, SEEK_SET);
    *this = std::move(file);
}

}  // namespace earmark::tools
