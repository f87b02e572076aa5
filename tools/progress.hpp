// A progress line on stderr: only on a terminal, and only for work that takes more than about a second.
#pragma once

#include "terminal.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace earmark::tools {

class Progress {
  public:
    // `total` in samples, where it is known.
    Progress(const std::string& label, std::optional<std::uint64_t> total, int sample_rate_hz);
    // Of other things than audio: `unit` names them ("rows").
    Progress(const std::string& label, std::uint64_t total, const char* unit);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void at(std::uint64_t done);
    void clear() { terminal_.clear(); }  // before a line is printed on the same terminal

  private:
    using Clock = std::chrono::steady_clock;
    void draw(std::uint64_t done, double elapsed_s);

    std::string label_;
    std::optional<std::uint64_t> total_;
    double sample_rate_hz_ = 0;
    const char* unit_ = nullptr;
    Terminal terminal_{stderr};
    Clock::time_point start_ = Clock::now(), next_;
};

}  // namespace earmark::tools
