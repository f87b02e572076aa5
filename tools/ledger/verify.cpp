#include "verify.hpp"

#include "schema.hpp"

#include <earmark/error.hpp>

#include <sodium.h>

#include <algorithm>
#include <charconv>

namespace earmark::ledger {

namespace {

constexpr std::size_t piece_rows = 4096;

std::string row_name(std::int64_t sequence) {
    return "row " + std::to_string(sequence);
}

std::string rows_name(std::int64_t from, std::int64_t to) {
    return from == to ? row_name(from) : "rows " + std::to_string(from) + " to " + std::to_string(to);
}

// The rows as they come, and what is still open about them.
struct Walk {
    Log& log;
    std::optional<Witness> witness;
    Verdict verdict{};
    Row last{};
    std::int64_t missing = 0, last_missing = 0, claimed = 0, claimed_up_to = 0, last_prune = 0;
    bool witness_met = false;

    void fail(const std::string& what) {
        if (verdict.problem.empty()) verdict.problem = what;
    }
    void take(const Row& row);
    void take_gap(const Row& row);
    void finish();
};

void Walk::take_gap(const Row& row) {
    if (row.sequence == last.sequence + 1) {
        if (row.previous != last.hash)
            fail(row_name(row.sequence) + " does not follow " + row_name(last.sequence) + ": one of them was changed");
        return;
    }
    missing += row.sequence - last.sequence - 1;
    last_missing = row.sequence - 1;
}

void Walk::take(const Row& row) {
    if (row.sequence < 1) fail(row_name(row.sequence) + " has a number that no row has");
    take_gap(row);
    const bool first = row.sequence == 1;
    if (row.hash != hash_of(row, first ? nullptr : &log.first_hash())) fail(row_name(row.sequence) + " was changed");
    if (first && row.input_digest != seed_commitment(read_seed(log.database())))
        fail("the seed of the payloads was changed");
    if (!log.index_knows(row)) fail(row_name(row.sequence) + " cannot be found by its payload: the index was changed");
    if (!first && row.time_us < last.time_us) ++verdict.clock_back;
    if (row.kind == Kind::pruned) {
        last_prune = row.sequence;
        std::int64_t count = 0;
        std::from_chars(row.detail.data(), row.detail.data() + row.detail.size(), count);
        claimed += count;
        claimed_up_to = std::max(claimed_up_to, row.about.value_or(0));
    }
    if (witness && witness->sequence == row.sequence) {
        witness_met = true;
        if (witness->hash != row.hash)
            fail(row_name(row.sequence) + " is not the one whose hash you gave: the log was written anew");
    }
    ++verdict.rows;
    last = row;
}

void Walk::finish() {
    verdict.pruned = missing;
    if (verdict.head.sequence != last.sequence)
        fail(rows_name(last.sequence + 1, verdict.head.sequence) + " at the end are gone");
    if (verdict.head.hash != last.hash) fail("the last row is not the one that the ledger remembers");
    if (last_missing > claimed_up_to) fail(row_name(last_missing) + " is gone, and nothing says that it was pruned");
    if (missing != claimed)
        fail(std::to_string(missing) + " rows are gone, but " + std::to_string(claimed) + " were pruned");
    if (witness && !witness_met) {
        const bool was_pruned = witness->sequence <= claimed_up_to && witness->sequence > 0;
        fail(row_name(witness->sequence) +
             (was_pruned ? " was pruned, give a later head" : " whose hash you gave is gone: the end was cut off"));
    }
}

}  // namespace

Witness witness_from(const std::string& text) {
    Witness witness;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), witness.sequence);
    const std::string digits(end, text.data() + text.size());
    std::size_t bytes = 0;
    const bool good = error == std::errc() && witness.sequence > 0 && digits.size() == 65 && digits[0] == ':' &&
                      sodium_hex2bin(witness.hash.data(), witness.hash.size(), digits.data() + 1, 64, nullptr, &bytes,
                                     nullptr) == 0 &&
                      bytes == witness.hash.size();
    if (!good)
        throw Error(Fault::usage, "--head: '" + text.substr(0, 90) +
                                      "' is none; allowed is NUMBER:HASH as earmark ledger head prints it");
    return witness;
}

Verdict verify(Log& log, const std::optional<Witness>& witness,
               const std::function<void(std::int64_t, std::int64_t)>& progress) {
    const Head start = log.head();
    Walk walk{log, witness};
    for (bool more = true; more;) {
        Transaction piece_state(log.database(), Purpose::read);
        const std::vector<Row> piece = log.rows_after(walk.last.sequence, piece_rows);
        for (const Row& row : piece) walk.take(row);
        walk.verdict.head = log.head();
        piece_state.commit();  // between two pieces writers have their turn
        more = piece.size() == piece_rows;
        if (progress) progress(walk.verdict.rows, walk.verdict.head.sequence);
    }
    // Somebody pruned meanwhile: some of the rows counted as there are gone, some perhaps not.
    if (walk.last_prune > start.sequence) return verify(log, witness, progress);
    walk.finish();
    return walk.verdict;
}

std::int64_t prune(Log& log, int keep_days) {
    if (keep_days < least_keep_days)
        throw Error(Fault::usage, "--keep-days: " + std::to_string(keep_days) + ", at least " +
                                      std::to_string(least_keep_days) + " are kept, six months");
    Append append(log);
    const std::int64_t newest_us = std::min(append.time_us(), append.head().time_us);
    const std::int64_t before_us = newest_us - std::int64_t{keep_days} * 86'400 * 1'000'000;
    Statement first_young(log.database(), "SELECT MIN(sequence) FROM log WHERE time_us >= ?");
    first_young.bind(1, before_us);
    const std::int64_t through = first_young.step() ? first_young.integer(0) - 1 : 0;
    first_young.reset();
    allow_deletion(log.database());
    Statement remove(log.database(), "DELETE FROM log WHERE kind IN (1, 2, 3) AND sequence <= ?");
    remove.bind(1, through);
    remove.run();
    const std::int64_t removed = log.database().number("SELECT changes()");
    forbid_deletion(log.database());
    if (removed == 0) return 0;  // nothing is committed
    Row row;
    row.kind = Kind::pruned;
    row.about = through;
    row.detail = std::to_string(removed);
    append.add(row);
    append.commit();
    return removed;
}

}  // namespace earmark::ledger
