// One line on a terminal, redrawn in place; nothing where there is no terminal, or only a dumb one.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace earmark::tools {

constexpr auto between_drawings = std::chrono::milliseconds(100);

class Terminal {
  public:
    explicit Terminal(std::FILE* file);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal();  // leaves no line behind

    bool wanted() const { return wanted_; }
    // "[]" in the line becomes a bar that is full at 1, where there is room for it.
    void draw(std::string line, double share);
    void clear();
    void print(const std::string& line);  // a line that stays, on a terminal or not

  private:
    std::FILE* file_;
    bool wanted_, colour_;
    bool drawn_ = false;
};

}  // namespace earmark::tools
