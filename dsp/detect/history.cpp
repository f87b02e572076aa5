#include "dsp/detect/history.hpp"

#include <algorithm>

namespace earmark {

History::History(int chip_bands_heard, int capacity)
    : capacity_(capacity),
      width_(chip_bands_heard),
      rows_(static_cast<std::size_t>(capacity) * slot_rows * static_cast<std::size_t>(width_) + padded_chip_bands),
      notes_(static_cast<std::size_t>(capacity)) {}

void History::push(const Slot& slot) noexcept {
    const std::size_t place = place_of(end_++);
    std::int8_t* to = rows_.data() + place * slot_rows * static_cast<std::size_t>(width_);
    for (const WholeRow& row : slot.residuals) to = std::copy_n(row.data(), width_, to);
    notes_[place] = {slot.sync_energy, slot.empty};
}

}  // namespace earmark
