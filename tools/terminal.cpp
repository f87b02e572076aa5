#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace earmark::tools {

namespace {

bool is_dumb() {
    const char* terminal = std::getenv("TERM");
    return terminal == nullptr || std::string_view(terminal) == "dumb";
}

// https://no-color.org: set, and not empty.
bool colour_refused() {
    const char* set = std::getenv("NO_COLOR");
    return set != nullptr && *set != '\0';
}

std::size_t columns(std::FILE* file) {
    winsize size{};
    return ::ioctl(::fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

Terminal::Terminal(std::FILE* file)
    : file_(file), wanted_(::isatty(::fileno(file)) == 1 && !is_dumb()), colour_(!colour_refused()) {}

Terminal::~Terminal() {
    clear();
}

void Terminal::draw(std::string line, double share) {
    if (!wanted_) return;
    constexpr std::size_t width = 24;
    const std::size_t room = columns(file_) - 1;
    const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * width);
    std::string bar;
    if (line.size() + width <= room) bar = std::string(full, '#') + std::string(width - full, '.');
    line = line.substr(0, room);
    const std::size_t slot = line.find("[]");
    if (slot != std::string::npos && colour_) bar = "\x1b[32m" + bar + "\x1b[0m";
    if (slot != std::string::npos) line.insert(slot + 1, bar);
    std::fprintf(file_, "\r\x1b[K%s", line.c_str());
    std::fflush(file_);
    drawn_ = true;
}

void Terminal::clear() {
    if (drawn_) std::fputs("\r\x1b[K", file_);
    drawn_ = false;
}

void Terminal::print(const std::string& line) {
    std::fprintf(file_, "%s%s\n", drawn_ ? "\r\x1b[K" : "", line.c_str());
    std::fflush(file_);
    drawn_ = false;
}

}  // namespace earmark::tools
