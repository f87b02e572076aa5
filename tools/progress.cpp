#include "progress.hpp"

#include "text.hpp"

#include <algorithm>
#include <cstdio>

namespace earmark::tools {

namespace {

constexpr auto patience = std::chrono::milliseconds(1000);

}  // namespace

Progress::Progress(const std::string& label, std::optional<std::uint64_t> total, int sample_rate_hz)
    : label_(label), total_(total), sample_rate_hz_(sample_rate_hz), next_(start_ + patience) {}

Progress::Progress(const std::string& label, std::uint64_t total, const char* unit)
    : label_(label), total_(total), unit_(unit), next_(start_ + patience) {}

void Progress::at(std::uint64_t done) {
    if (!terminal_.wanted()) return;
    const Clock::time_point now = Clock::now();
    if (now < next_) return;
    next_ = now + between_drawings;
    draw(done, std::chrono::duration<double>(now - start_).count());
}

void Progress::draw(std::uint64_t done, double elapsed_s) {
    const double amount = static_cast<double>(done);
    char speed[64];
    std::string reached;
    if (unit_) {
        reached = std::to_string(done) + " " + unit_;
        std::snprintf(speed, sizeof speed, "%.0f/s", amount / elapsed_s);
    } else {
        reached = clock_time(amount / sample_rate_hz_);
        std::snprintf(speed, sizeof speed, "%.0fx", amount / sample_rate_hz_ / elapsed_s);
    }
    std::string line = label_.size() > 30 ? "..." + label_.substr(label_.size() - 27) : label_;
    double share = 0;
    if (total_ && *total_ > 0) {
        share = std::min(1.0, amount / static_cast<double>(*total_));
        line += "  [] " + std::to_string(static_cast<int>(100 * share)) + "%";
    }
    terminal_.draw(line + "  " + reached + "  " + speed, share);
}

void Progress::clear() {
    terminal_.clear();
}

}  // namespace earmark::tools
