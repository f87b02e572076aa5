// The last slots of a channel, only the bands that exist: a ring, filled in place.
#pragma once

#include "dsp/detect/slot.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace earmark {

// Real time: push() and clear() allocate nothing. Memory: capacity slots of 128 rows of one byte a chip band.
class History {
  public:
    History(int chip_bands_heard, int capacity);
    void clear() noexcept { end_ = 0; }
    void push(const Slot& slot) noexcept;

    long long first() const noexcept { return end_ > capacity_ ? end_ - capacity_ : 0; }
    long long end() const noexcept { return end_; }  // index of the next slot from the start of the signal
    SlotView at(long long index) const noexcept {    // first() <= index < end()
        const std::size_t place = place_of(index);
        return {rows_.data() + place * slot_rows * static_cast<std::size_t>(width_), width_, &notes_[place].sync_energy,
                notes_[place].empty != 0};
    }

    template <class Archive>
    void exchange(Archive& archive) {
        archive(end_, rows_, notes_);
    }

  private:
    struct Note {
        std::array<float, chip_hops> sync_energy;
        std::int32_t empty;

        template <class Archive>
        void exchange(Archive& archive) {
            archive(sync_energy, empty);
        }
    };

    // Of 32 bits, which last for 68 years: a division of 64 takes several times as long.
    std::size_t place_of(long long index) const noexcept {
        return static_cast<std::uint32_t>(index) % static_cast<std::uint32_t>(capacity_);
    }

    int capacity_, width_;
    long long end_ = 0;
    std::vector<std::int8_t> rows_;
    std::vector<Note> notes_;
};

}  // namespace earmark
