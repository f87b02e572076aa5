// What becomes of a signal while it comes: tells what changes from one poll to the next.
#pragma once

#include <earmark/detector.hpp>

#include <functional>
#include <string>
#include <utility>

namespace earmark::tools {

class Follower {
  public:
    // `tell` gets "began", "payload" or "ended", and the verdict at that time.
    using Tell = std::function<void(const std::string& event, const Detection& now)>;
    explicit Follower(Tell tell) : tell_(std::move(tell)) {}

    void take(const Detection& now);

  private:
    Tell tell_;
    bool ongoing_ = false, read_ = false;
    std::size_t segments_ = 0;
};

}  // namespace earmark::tools
