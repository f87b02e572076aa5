// A file as a row of bytes that can be read anywhere and changed in the middle. For files written aside: a change is
// not atomic.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace earmark::tools {

using Bytes = std::vector<std::uint8_t>;

class FileBytes {
  public:
    enum Mode { read_only, read_and_write };
    FileBytes(const std::string& path, Mode mode);  // throws Error(input), as the other calls do
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;
    ~FileBytes();

    const std::string& path() const { return path_; }
    std::uint64_t size() const { return size_; }
    // As many of the bytes as are there.
    Bytes read(std::uint64_t at, std::size_t count) const;
    void write(std::uint64_t at, const Bytes& bytes);
    // Puts `bytes` where `removed` bytes stood; what follows moves.
    void splice(std::uint64_t at, std::uint64_t removed, const Bytes& bytes);

  private:
    void move(std::uint64_t from, std::uint64_t to, std::uint64_t count);
    std::string path_;
    int fd_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace earmark::tools
