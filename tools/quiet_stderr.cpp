#include "quiet_stderr.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace earmark::tools {

QuietStderr::QuietStderr() : before_(stderr) {
    std::fflush(stderr);
    const int copy = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    std::FILE* file = copy >= 0 && nowhere >= 0 ? ::fdopen(copy, "w") : nullptr;
    if (file != nullptr) {
        std::setvbuf(file, nullptr, _IOLBF, BUFSIZ);
        ::dup2(nowhere, STDERR_FILENO);
        before_ = file;
        silenced_ = true;
    } else if (copy >= 0) {
        ::close(copy);
    }
    if (nowhere >= 0) ::close(nowhere);
}

QuietStderr::~QuietStderr() {
    if (!silenced_) return;
    std::fflush(stderr);
    std::fflush(before_);
    ::dup2(::fileno(before_), STDERR_FILENO);
    std::fclose(before_);
}

}  // namespace earmark::tools
