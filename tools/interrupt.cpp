#include "interrupt.hpp"

#include <array>
#include <atomic>
#include <csignal>

namespace earmark::tools {

namespace {

constexpr std::array wishes{SIGINT, SIGTERM, SIGHUP};
std::atomic<bool> wished = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

// What is ignored, under nohup for one, stays ignored.
void handle(int signal, void (*handler)(int)) {
    struct sigaction old {
    }, action{};
    if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler == SIG_IGN) return;
    action.sa_handler = handler;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
    wished = false;
    for (const int signal : wishes) handle(signal, [](int) { wished = true; });
}

Interrupt::~Interrupt() {
    for (const int signal : wishes) handle(signal, SIG_DFL);
}

bool Interrupt::asked() const {
    return wished;
}

}  // namespace earmark::tools
