#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace earmark::tools {

namespace {

constexpr auto patience = std::chrono::milliseconds(1000);
constexpr auto between_drawings = std::chrono::milliseconds(100);

bool is_dumb() {
    const char* terminal = std::getenv("TERM");
    return terminal == nullptr || std::string_view(terminal) == "dumb";
}

// https://no-color.org: set, and not empty.
bool colour_refused() {
    const char* set = std::getenv("NO_COLOR");
    return set != nullptr && *set != '\0';
}

std::size_t terminal_columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string clock(double seconds) {
    const auto whole = static_cast<long>(seconds);
    char text[32];
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
    return text;
}

bool is_wanted() {
    return ::isatty(STDERR_FILENO) == 1 && !is_dumb();
}

std::string bar_of(double share, bool colour) {
    constexpr std::size_t width = 24;
    const auto full = static_cast<std::size_t>(share * width);
    const std::string bar = std::string(full, '#') + std::string(width - full, '.');
    return colour ? "\x1b[32m" + bar + "\x1b[0m" : bar;
}

}  // namespace

Progress::Progress(const std::string& label, std::optional<std::uint64_t> total, int sample_rate_hz)
    : label_(label),
      total_(total),
      sample_rate_hz_(sample_rate_hz),
      wanted_(is_wanted()),
      colour_(!colour_refused()),
      next_(start_ + patience) {}

Progress::~Progress() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::at(std::uint64_t samples) {
    if (!wanted_) return;
    const Clock::time_point now = Clock::now();
    if (now < next_) return;
    next_ = now + between_drawings;
    draw(samples, std::chrono::duration<double>(now - start_).count());
    drawn_ = true;
}

void Progress::draw(std::uint64_t samples, double elapsed_s) {
    const double heard_s = static_cast<double>(samples) / sample_rate_hz_;
    char speed[32];
    std::snprintf(speed, sizeof speed, "%.0fx", heard_s / elapsed_s);
    std::string line = label_.size() > 30 ? "..." + label_.substr(label_.size() - 27) : label_;
    std::string bar;
    if (total_ && *total_ > 0) {
        const double share = std::min(1.0, static_cast<double>(samples) / static_cast<double>(*total_));
        constexpr std::size_t width = 24;
        bar = bar_of(share, colour_);
        line += "  [] " + std::to_string(static_cast<int>(100 * share)) + "%  " + clock(heard_s) + "  " + speed;
        if (line.size() + width >= terminal_columns()) bar.clear();
    } else {
        line += "  " + clock(heard_s) + "  " + speed;
    }
    line = line.substr(0, terminal_columns() - 1);
    const std::size_t slot = line.find("[]");
    if (slot != std::string::npos) line.insert(slot + 1, bar);
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
}

FileCount::FileCount(std::size_t files)
    : files_(files),
      wanted_(is_wanted()),
      colour_(!colour_refused()),
      next_(std::chrono::steady_clock::now() + patience) {}

void FileCount::at(std::size_t files_done) {
    const auto now = std::chrono::steady_clock::now();
    if (!wanted_ || now < next_) return;
    const double share = static_cast<double>(files_done) / static_cast<double>(files_);
    std::fprintf(stderr, "\r\x1b[K[%s] %zu of %zu files", bar_of(share, colour_).c_str(), files_done, files_);
    drawn_ = true;
}

void FileCount::clear() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
}

}  // namespace earmark::tools
