// A progress line on stderr: only on a terminal, and only for work that takes more than about a second.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace earmark::tools {

class Progress {
  public:
    // `total` in samples, where it is known.
    Progress(const std::string& label, std::optional<std::uint64_t> total, int sample_rate_hz);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    void at(std::uint64_t samples);

  private:
    using Clock = std::chrono::steady_clock;
    void draw(std::uint64_t samples, double elapsed_s);

    std::string label_;
    std::optional<std::uint64_t> total_;
    double sample_rate_hz_;
    bool wanted_, colour_;
    bool drawn_ = false;
    Clock::time_point start_ = Clock::now(), next_;
};

// The same for many files at once: how many are done. clear() before a line is printed elsewhere on the terminal.
class FileCount {
  public:
    explicit FileCount(std::size_t files);
    FileCount(const FileCount&) = delete;
    FileCount& operator=(const FileCount&) = delete;
    ~FileCount() { clear(); }

    void at(std::size_t files_done);
    void clear();

  private:
    std::size_t files_;
    bool wanted_, colour_, drawn_ = false;
    std::chrono::steady_clock::time_point next_;
};

}  // namespace earmark::tools
