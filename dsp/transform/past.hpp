// The newest samples of a signal, in one piece.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace earmark {

// They move to the front of the memory once in several additions. Real time: add() allocates nothing.
class Past {
  public:
    // length: of the past; step: of each addition.
    Past(int length, int step)
        : length_(static_cast<std::size_t>(length)), samples_(length_ + static_cast<std::size_t>(8 * step)) {
        reset();
    }
    void reset() noexcept {
        std::fill(samples_.begin(), samples_.end(), 0.0f);
        end_ = length_;
    }
    void add(std::span<const float> samples) noexcept {
        if (end_ + samples.size() > samples_.size()) {
            std::copy_n(samples_.begin() + (end_ - length_), length_, samples_.begin());
            end_ = length_;
        }
        std::copy(samples.begin(), samples.end(), samples_.begin() + end_);
        end_ += samples.size();
    }
    std::span<const float> all() const noexcept { return {samples_.data() + (end_ - length_), length_}; }

  private:
    std::size_t length_, end_ = 0;
    std::vector<float> samples_;
};

}  // namespace earmark
