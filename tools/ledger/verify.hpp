// Does the log still say what was written? And the one way in which rows may leave it.
#pragma once

#include "log.hpp"

#include <functional>
#include <string>

namespace earmark::ledger {

// What a chain of hashes shows: a row edited, removed, put in between, or out of order; a table whose last row is not
// the one it remembers. What it cannot show: that somebody who can write the file wrote all of it anew from some row
// on, or put back an older copy of the whole file. Against that stands a head (number and hash of a row) noted
// elsewhere.
struct Verdict {
    std::string problem;  // the first one found, empty: none
    std::int64_t rows = 0, pruned = 0;
    std::int64_t clock_back = 0;  // rows with a time before that of the row before: clocks differ or were set
    Head head;
};

struct Witness {
    std::int64_t sequence = 0;
    Hash hash{};
};
Witness witness_from(const std::string& text);  // "17:9f3c...": Error(usage)

// `progress` gets rows read so far and the last row's number. Writers are held up by no more than one piece of it.
Verdict verify(Log& log, const std::optional<Witness>& witness,
               const std::function<void(std::int64_t, std::int64_t)>& progress = {});

// Removes the makings of all rows up to the last one before which everything is older than `keep_days`; voices,
// consents and what was pruned before stay. Age is measured to the newest row or to the clock, whichever is earlier: a
// clock set forward removes nothing. Throws Error(usage) when keep_days is less than least_keep_days. Returns the rows
// removed.
inline constexpr int least_keep_days = 184;  // the longest six months, March to August
std::int64_t prune(Log& log, int keep_days);

}  // namespace earmark::ledger
