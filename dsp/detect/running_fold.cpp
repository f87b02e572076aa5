#include "dsp/detect/running_fold.hpp"

namespace earmark {

void RunningFold::clear() noexcept {
    fold_.fill(0);
    energy_ = 0;
    phases_ = {};
}

bool RunningFold::has(long long slot, int phase) const noexcept {
    const long long place = slot - first_;
    return place >= 0 && place < std::ssize(phases_) && phases_[static_cast<std::size_t>(place)] == phase;
}

void RunningFold::put(const History& history, long long slot, int phase, const Carrier& carrier, int times) noexcept {
    const SlotView view = history.at(slot);
    fold_slot(fold_, view, slot, phase, times);
    if (keeps_energy_) energy_ += times * static_cast<std::int64_t>(sync_sum(carrier, view, slot, phase).energy);
}

// Sums of whole numbers are the same in any order, so what is taken out leaves nothing behind.
void RunningFold::follow(const History& history, long long first, const Phases& phases,
                         const Carrier& carrier) noexcept {
    const long long end = first + std::ssize(phases);
    std::ptrdiff_t same = 0;
    for (long long slot = first; slot < end; ++slot) same += has(slot, phases[static_cast<std::size_t>(slot - first)]);
    // The slots that only the new track has, and those that only the old one had: cheaper than all?
    if (std::ssize(phases_) - same > same || first_ < history.first()) {
        clear();
        same = 0;
    }
    for (std::ptrdiff_t s = 0; s < std::ssize(phases_); ++s) {
        const long long place = first_ + s - first;
        const int phase = phases_[static_cast<std::size_t>(s)];
        if (place < 0 || place >= std::ssize(phases) || phases[static_cast<std::size_t>(place)] != phase)
            put(history, first_ + s, phase, carrier, -1);
    }
    for (long long slot = first; slot < end; ++slot) {
        const int phase = phases[static_cast<std::size_t>(slot - first)];
        if (!has(slot, phase)) put(history, slot, phase, carrier, 1);
    }
    first_ = first;
    phases_ = phases;
}

}  // namespace earmark
