// The slots of a stretch as they stand on the marked signal's own clock and frequencies, had the received one played at
// a given scale.
#pragma once

#include "dsp/detect/slot.hpp"
#include "dsp/detect/spectrogram.hpp"

#include <vector>

namespace earmark {

struct ScaledSlots {
    std::vector<Slot> slots;
    long long first_slot =
        0;  // index of slots[0]: slot k begins at marked time k * slot_s, received k * slot_s / scale.time
};

// Of the received rows [from, until), which the spectrogram must hold. Allocates nothing when `out` has capacity: what
// goes beyond is left out.
void slots_at(const Spectrogram& spectrogram, Scale scale, long long from, long long until, ScaledSlots& out);

}  // namespace earmark
