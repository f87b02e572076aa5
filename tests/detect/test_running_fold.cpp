// The fold that is kept from slot to slot is the one made anew.
#include "dsp/detect/running_fold.hpp"

#include "dsp/detect/held_slots.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

using namespace earmark;
using namespace earmark::test;

namespace {

Slot random_slot(Random& random) {
    Slot slot;
    slot.empty = random.below(8) == 0;
    if (slot.empty) return slot;
    for (WholeRow& row : slot.residuals)
        for (std::size_t band = 0; band < chip_bands; ++band) row[band] = std::int8_t(random.below(255) - 127);
    return slot;
}

}  // namespace

TEST_CASE("running fold: a track that grows, moves its start and changes its mind, as the window slides on") {
    constexpr int window = 12;
    Random random(1);
    const Carrier carrier = make_carrier(numbered_key(1));
    for (const int width : {chip_bands, 15}) {
        History history(width, window + 2);
        RunningFold running;
        std::vector<int> path;  // a phase for each slot of the signal
        int changed = 0;
        for (int end = 1; end <= 200; ++end) {
            history.push(random_slot(random));
            path.push_back(random.below(6) == 0 || path.empty() ? random.below(packet_hops) : path.back());
            if (random.below(10) == 0) path[std::size_t(random.below(end))] = random.below(packet_hops), ++changed;
            if (random.below(30) == 0)
                for (int& phase : path) phase = random.below(packet_hops);  // all of it
            if (random.below(12) == 0) continue;                            // not looked at
            if (random.below(50) == 0) running.clear();
            const int oldest = std::max(0, end - window), first = oldest + random.below(end - oldest);
            const Phases phases(std::vector<int>(path.begin() + first, path.end()));
            running.follow(history, first, phases, carrier);

            const HeldSlots slots(history, first, end);
            REQUIRE(running.fold() == fold(slots.view(), first, {0, phases}));
            double energy = 0, correlation = 0;
            for (int slot = first; slot < end; ++slot) {
                const SlotSum sum = sync_sum(carrier, history.at(slot), slot, path[std::size_t(slot)]);
                energy += sum.energy;
                correlation += sum.correlation;
            }
            REQUIRE(running.energy() == energy);
            REQUIRE(sync_sum(running.fold(), carrier).correlation == correlation);
        }
        CHECK(changed > 5);
    }
}
