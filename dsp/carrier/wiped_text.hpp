// Text with a secret in it: a fixed capacity, so that growing never leaves copies behind, wiped on destruction.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace earmark {

class WipedText {
  public:
    explicit WipedText(std::size_t capacity);
    WipedText(const WipedText&) = delete;
    WipedText& operator=(const WipedText&) = delete;
    ~WipedText();

    void append(std::string_view part);  // throws std::length_error beyond the capacity
    std::string_view view() const noexcept { return text_; }

  private:
    std::string text_;
    std::size_t capacity_;
};

}  // namespace earmark
