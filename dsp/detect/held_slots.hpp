// The slots of a stretch as evidence, on the stack: for the length of a call.
#pragma once

#include "dsp/detect/history.hpp"
#include "dsp/detect/track.hpp"

#include <cstddef>
#include <new>
#include <span>

namespace earmark {

class HeldSlots {
  public:
    HeldSlots(const History& history, long long first, long long end) {
        for (long long s = first; s < end && count_ < most_track_slots; ++s)
            new (place(count_++)) SlotEvidence{nullptr, history.at(s)};
    }
    std::span<const SlotEvidence> view() const {
        return {reinterpret_cast<const SlotEvidence*>(memory_), static_cast<std::size_t>(count_)};
    }

  private:
    void* place(int index) { return memory_ + static_cast<std::size_t>(index) * sizeof(SlotEvidence); }

    int count_ = 0;
    alignas(SlotEvidence) std::byte memory_[most_track_slots * sizeof(SlotEvidence)];
};

}  // namespace earmark
