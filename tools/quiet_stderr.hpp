// Standard error without what libraries say there that have no other place to say it: ALSA and JACK print pages while
// devices are looked for.
#pragma once

#include <cstdio>

namespace earmark::tools {

class QuietStderr {
  public:
    QuietStderr();
    QuietStderr(const QuietStderr&) = delete;
    QuietStderr& operator=(const QuietStderr&) = delete;
    ~QuietStderr();  // as before

    std::FILE* before() const { return before_; }  // what standard error was; never null

  private:
    std::FILE* before_;
    bool silenced_ = false;
};

}  // namespace earmark::tools
