#include "progress.hpp"

#include "text.hpp"

#include <algorithm>
#include <cstdio>

namespace earmark::tools {

namespace {

constexpr auto patience = std::chrono::milliseconds(1000);
constexpr auto between_drawings = std::chrono::milliseconds(100);

}  // namespace

Progress::Progress(const std::string& label, std::optional<std::uint64_t> total, int sample_rate_hz)
    : label_(label), total_(total), sample_rate_hz_(sample_rate_hz), next_(start_ + patience) {}

void Progress::at(std::uint64_t samples) {
    if (!terminal_.wanted()) return;
    const Clock::time_point now = Clock::now();
    if (now < next_) return;
    next_ = now + between_drawings;
    draw(samples, std::chrono::duration<double>(now - start_).count());
}

void Progress::draw(std::uint64_t samples, double elapsed_s) {
    const double heard_s = static_cast<double>(samples) / sample_rate_hz_;
    char speed[32];
    std::snprintf(speed, sizeof speed, "%.0fx", heard_s / elapsed_s);
    std::string line = label_.size() > 30 ? "..." + label_.substr(label_.size() - 27) : label_;
    double share = 0;
    if (total_ && *total_ > 0) {
        share = std::min(1.0, static_cast<double>(samples) / static_cast<double>(*total_));
        line += "  [] " + std::to_string(static_cast<int>(100 * share)) + "%";
    }
    terminal_.draw(line + "  " + clock_time(heard_s) + "  " + speed, share);
}

}  // namespace earmark::tools
