// An open file descriptor as libsndfile wants to see it: read, write, seek, length. It remembers why a call failed,
// which libsndfile does not, and lets a pipe stand for a file that is read once from front to back.
#pragma once

#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace earmark::tools {

class ByteStream {
  public:
    static ByteStream open(const std::string& path);  // "-" is stdin; throws Error(input)
    static ByteStream borrow(int fd);                 // the caller closes it
    ByteStream(ByteStream&& other) noexcept;
    ByteStream& operator=(ByteStream&& other) noexcept;
    ~ByteStream();

    // Sees every byte that passes through a pipe, in order; of a file it sees nothing, for that can be read again.
    using Tap = std::function<void(const void*, std::size_t)>;
    void tap(Tap tap) { tap_ = std::move(tap); }

    std::size_t read(void* to, std::size_t bytes);  // less than asked only at the end or on an error
    std::size_t write(const void* from, std::size_t bytes);
    std::int64_t seek(std::int64_t offset, int whence);
    std::int64_t tell() const { return position_ - origin_; }
    std::int64_t length() const;
    std::uint64_t drain();  // reads on to the end, so that whoever writes into our pipe is not killed; bytes left

    // From here on the stream looks as if it began at this place, and ended `limit` bytes later.
    void begin_here(std::optional<std::uint64_t> limit);
    // Moves what is left of a pipe into a file without a name, so that it can be sought in.
    void make_seekable(const void* head, std::size_t head_bytes, const std::string& name);

    bool is_pipe() const { return pipe_; }
    int fd() const { return fd_; }
    int error() const { return error_; }  // errno of the first call that failed, 0 when none did

  private:
    ByteStream(int fd, bool owned);
    int fd_ = -1;
    bool owned_ = false;
    bool pipe_ = false;
    int error_ = 0;
    std::int64_t position_ = 0;  // in the underlying file; of a pipe the bytes taken from it
    std::int64_t origin_ = 0;
    Tap tap_;
    std::optional<std::int64_t> end_;  // in the underlying file
};

}  // namespace earmark::tools
