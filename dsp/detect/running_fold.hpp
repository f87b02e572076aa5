// The fold of a track that is looked at again with every slot: what has not changed since is not added up again.
#pragma once

#include "dsp/detect/history.hpp"
#include "dsp/detect/statistic.hpp"

namespace earmark {

// It is made of what the history holds and of nothing else, so it need not be saved with a stream.
// Real time: nothing allocates. 4.5 kB.
class RunningFold {
  public:
    explicit RunningFold(bool keeps_energy = true) : keeps_energy_(keeps_energy) {}
    void clear() noexcept;
    // Makes it that of slots first, first + 1 ... with these phases; all of them and the last ones followed are held.
    void follow(const History& history, long long first, const Phases& phases, const Carrier& carrier) noexcept;

    const Fold& fold() const noexcept { return fold_; }
    double energy() const noexcept {
        return static_cast<double>(energy_);
    }  // of the sync chips, before folding, if kept

  private:
    bool has(long long slot, int phase) const noexcept;
    void put(const History& history, long long slot, int phase, const Carrier& carrier, int times) noexcept;

    bool keeps_energy_;
    Fold fold_{};
    std::int64_t energy_ = 0;
    long long first_ = 0;
    Phases phases_;
};

}  // namespace earmark
