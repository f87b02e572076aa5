#include "tools/metadata/file_bytes.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace earmark::tools {

namespace {

constexpr std::size_t piece_bytes = 1 << 20;

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw Error(Fault::input, path + ": " + what + ", " + std::strerror(errno));
}

}  // namespace

FileBytes::FileBytes(const std::string& path, Mode mode) : path_(path) {
    fd_ = ::open(path.c_str(), (mode == read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (fd_ < 0) fail(path, "cannot be opened");
    struct stat about {};
    const bool good = ::fstat(fd_, &about) == 0 && S_ISREG(about.st_mode);
    if (!good) {
        ::close(fd_);
        throw Error(Fault::input, path + ": is no regular file");
    }
    size_ = static_cast<std::uint64_t>(about.st_size);
}

FileBytes::~FileBytes() {
    ::close(fd_);
}

Bytes FileBytes::read(std::uint64_t at, std::size_t count) const {
    if (at >= size_) return {};
    Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - at)));
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::pread(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(path_, "cannot be read");
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
}

void FileBytes::write(std::uint64_t at, const Bytes& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t put = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) fail(path_, "cannot be written");
        done += static_cast<std::size_t>(put);
    }
    size_ = std::max(size_, at + bytes.size());
}

void FileBytes::move(std::uint64_t from, std::uint64_t to, std::uint64_t count) {
    for (std::uint64_t done = 0; done < count;) {
        const std::uint64_t piece = std::min<std::uint64_t>(piece_bytes, count - done);
        // Up from the back, down from the front: never over bytes that are still to be moved.
        const std::uint64_t at = to > from ? count - done - piece : done;
        write(to + at, read(from + at, static_cast<std::size_t>(piece)));
        done += piece;
    }
}

void FileBytes::splice(std::uint64_t at, std::uint64_t removed, const Bytes& bytes) {
    const std::uint64_t tail = at + removed, tail_bytes = size_ - tail, new_size = size_ - removed + bytes.size();
    move(tail, at + bytes.size(), tail_bytes);
    write(at, bytes);
    if (new_size < size_ && ::ftruncate(fd_, static_cast<off_t>(new_size)) != 0) fail(path_, "cannot be cut");
    size_ = new_size;
}

}  // namespace earmark::tools
