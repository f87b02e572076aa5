#include "dsp/carrier/key_file.hpp"

#include "dsp/carrier/key_text.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace earmark {
namespace {

class FileDescriptor {
  public:
    explicit FileDescriptor(int number) : number_(number) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() { close(); }

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    // A network file system may report a failed write only here. Not repeated after EINTR: Linux has closed it then.
    bool close() {
        const int closing = std::exchange(number_, -1);
        return closing < 0 || ::close(closing) == 0 || errno == EINTR;
    }

  private:
    int number_;
};

std::string reason(int error) {
    return std::system_category().message(error);
}

int open_again(const std::filesystem::path& path, int flags, mode_t mode = 0) {
    int number;
    do {
        number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    } while (number < 0 && errno == EINTR);
    return number;
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written == 0) errno = ENOSPC;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Makes the name durable as well as the content. Best effort: some file systems refuse to sync a directory, and the
// directory may be writable but not readable; the key itself is safe in either case.
void sync_directory_of(const std::filesystem::path& path) {
    const auto parent = path.parent_path();
    const FileDescriptor directory(open_again(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY));
    if (directory.is_open()) ::fsync(directory.number());
}

}  // namespace

void read_key_file(const std::filesystem::path& path, WipedText& text) {
    const std::string name = path.string();
    const FileDescriptor file(open_again(path, O_RDONLY));
    if (!file.is_open()) fail_key(name, errno == ENOENT ? "no such file" : "cannot be opened: " + reason(errno));
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) fail_key(name, "cannot be read: " + reason(errno));
    if (S_ISDIR(status.st_mode)) fail_key(name, "is a directory, not a key file");

    std::array<char, 4096> chunk;
    std::size_t total = 0;
    ssize_t got = 0;
    int error = 0;
    do {
        got = ::read(file.number(), chunk.data(), chunk.size());
        if (got < 0) error = errno;
        if (got > 0) total += static_cast<std::size_t>(got);
        if (got > 0 && total <= max_key_text_bytes) text.append({chunk.data(), static_cast<std::size_t>(got)});
    } while ((got > 0 && total <= max_key_text_bytes) || (got < 0 && error == EINTR));
    sodium_memzero(chunk.data(), chunk.size());
    if (got < 0) fail_key(name, "cannot be read: " + reason(error));
    if (total > max_key_text_bytes) fail_key(name, "is larger than 64 KiB: not an earmark key file");
}

void write_key_file(const std::filesystem::path& path, std::string_view text) {
    const std::string name = path.string();
    FileDescriptor file(open_again(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR));
    if (!file.is_open())
        fail_key(name, errno == EEXIST ? "exists already, and a key is never overwritten: choose another name"
                                       : "cannot be created: " + reason(errno));
    // The mode is set again because a umask may have taken the owner's own rights away.
    const bool done = ::fchmod(file.number(), S_IRUSR | S_IWUSR) == 0 && write_all(file.number(), text) &&
                      ::fsync(file.number()) == 0 && file.close();
    if (!done) {
        const int error = errno;
        ::unlink(path.c_str());
        fail_key(name, "cannot be written: " + reason(error));
    }
    sync_directory_of(path);
}

}  // namespace earmark
