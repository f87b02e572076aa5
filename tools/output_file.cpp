#include "output_file.hpp"

#include "file_batch.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <mutex>

namespace earmark::tools {

namespace {

// Global state, since a signal handler can reach nothing else: the names of the files that are not whole, as many as a
// batch writes at once.
constexpr std::size_t most_files = most_jobs;
char pending[most_files][4096];
std::mutex slots;  // held to find one free and fill it, and to free it
std::atomic<bool> creating = false, told_to_end = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

char* free_slot() {
    for (char* slot : pending) {
        if (slot[0] == '\0') return slot;
    }
    return nullptr;
}

void wait_a_little() {
    const timespec a_little{0, 100000};
    ::nanosleep(&a_little, nullptr);
}

// Other threads go on until the end: none of them makes a file now, and one that is being made is noted first. The
// thread that makes it has signals blocked, so this is another.
void remove_pending(int signal) {
    told_to_end = true;
    while (creating) wait_a_little();
    for (const char* slot : pending) {
        if (slot[0] != '\0') ::unlink(slot);
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void watch_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before {};
        ::sigaction(signal, nullptr, &before);
        if (before.sa_handler == SIG_DFL) std::signal(signal, remove_pending);  // nohup stays nohup
    }
}

[[noreturn]] void fail(const std::string& path, const std::string& what) {
    throw Error(Fault::input, path + ": " + what + ", " + std::strerror(errno));
}

bool same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// Asked once: to ask is to change it for a moment, for all threads.
mode_t usual_mode() {
    static const mode_t mask = [] {
        const mode_t now = ::umask(0);
        ::umask(now);
        return now;
    }();
    return 0666 & ~mask;
}

}  // namespace

void refuse_same_file(int output_fd, int input_fd, const std::string& input_name) {
    struct stat in {
    }, out{};
    if (::fstat(input_fd, &in) != 0 || ::fstat(output_fd, &out) != 0 || !S_ISREG(out.st_mode)) return;
    if (same_file(in, out)) throw Error(Fault::usage, input_name + ": is also the output, choose another output");
}

OutputFile::OutputFile(const std::string& path, int input_fd, const std::string& input_name)
    : path_(path), target_(path) {
    struct stat there {
    }, in{};
    mode_t mode = usual_mode();
    if (::stat(path.c_str(), &there) == 0) {
        if (S_ISDIR(there.st_mode)) throw Error(Fault::input, path + ": is a directory, cannot be the output");
        if (!S_ISREG(there.st_mode))
            throw Error(Fault::input, path + ": is no regular file, use - for a pipe or device");
        if (::fstat(input_fd, &in) == 0 && same_file(there, in)) {
            throw Error(Fault::usage, path + ": is also the input " + input_name + ", choose another output");
        }
        target_ = std::filesystem::canonical(path).string();  // through a link, as cp does
        mode = there.st_mode & 07777;
    }
    const std::filesystem::path target(target_);
    std::string hidden = target.filename().string().substr(0, 200);
    hidden.insert(hidden.begin(), '.');
    aside_ = (target.parent_path() / hidden.append(".XXXXXX")).string();
    if (aside_.size() >= sizeof pending[0]) throw Error(Fault::input, path + ": name too long");
    create(mode);
}

void OutputFile::create(mode_t mode) {
    const std::lock_guard lock(slots);
    slot_ = free_slot();
    if (slot_ == nullptr)
        throw Error(Fault::usage, path_ + ": more than " + std::to_string(most_files) + " output files at once");
    // No signal may fall between the making of the file and the note of its name.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    creating = true;
    if (told_to_end) {
        creating = false;
        for (;;) wait_a_little();
    }
    watch_signals();
    fd_ = ::mkostemp(aside_.data(), O_CLOEXEC);
    const int error = errno;
    if (fd_ >= 0) std::strcpy(slot_, aside_.c_str());
    creating = false;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (fd_ < 0) throw Error(Fault::input, path_ + ": cannot be written, " + std::strerror(error));
    ::fchmod(fd_, mode);  // a file system without access rights is no reason to fail
}

OutputFile::~OutputFile() {
    if (fd_ >= 0) ::close(fd_);
    if (committed_) return;
    ::unlink(aside_.c_str());
    forget();
}

void OutputFile::forget() {
    const std::lock_guard lock(slots);
    slot_[0] = '\0';
}

void OutputFile::settle() {
    if (::fsync(fd_) != 0) fail(path_, "cannot be written");
}

void OutputFile::commit() {
    if (::rename(aside_.c_str(), target_.c_str()) != 0) fail(path_, "cannot be put in place");
    committed_ = true;
    forget();
    // The rename itself must survive a power cut too; where directories cannot be synced nothing is lost but that.
    const std::string folder = std::filesystem::path(target_).parent_path().string();
    const int directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

}  // namespace earmark::tools
