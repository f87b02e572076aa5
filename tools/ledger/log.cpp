#include "log.hpp"

#include "row_table.hpp"
#include "schema.hpp"

#include <sodium.h>

#include <chrono>

namespace earmark::ledger {

namespace {

Hash subkey(const Hash& seed, std::uint64_t which) {
    Hash key;
    crypto_kdf_derive_from_key(key.data(), key.size(), which, "earmarkL", seed.data());
    return key;
}

}  // namespace

std::string text_of(const Head& head) {
    return std::to_string(head.sequence) + ":" + hex(head.hash);
}

std::int64_t system_clock_us() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

Log::Log(const std::string& path, const OpenOptions& options)
    : database_(path, options.access, options.wait_ms), clock_us_(options.clock_us), permutation_(Hash{}) {
    // EXTRA: the folder is synced too when the journal goes, so that a power cut cannot bring it back.
    database_.run("PRAGMA synchronous = EXTRA");
    database_.run("PRAGMA secure_delete = ON");
    // The index of payloads is met in random order: 64 MiB hold that of three million rows.
    database_.run("PRAGMA cache_size = -65536");
    check_schema(database_);
    Statement first(database_, "SELECT hash FROM log WHERE sequence = 1");
    if (!first.step()) database_.fail("is damaged, its first row is gone");
    first_hash_ = as_hash(first.blob(0));
    permutation_ = Permutation(subkey(read_seed(database_), 1));
}

Head Log::head() {
    Statement statement(database_,
                        "SELECT head.sequence, head.hash, log.time_us FROM head LEFT JOIN log USING (sequence)");
    if (!statement.step()) database_.fail("is damaged, it does not know its last row");
    return {statement.integer(0), as_hash(statement.blob(1)), statement.integer(2), !statement.is_null(2)};
}

std::vector<Row> Log::all(Statement& statement) {
    std::vector<Row> rows;
    while (statement.step()) rows.push_back(row_from(statement, database_));
    statement.reset();
    return rows;
}

std::vector<Row> Log::rows_after(std::int64_t sequence, std::size_t count) {
    Statement statement(database_, select_piece);
    statement.bind(1, sequence);
    statement.bind(2, static_cast<std::int64_t>(count));
    return all(statement);
}

std::vector<Row> Log::rows_with(const Payload& payload) {
    if (!by_payload_) by_payload_.emplace(database_, select_payload);
    by_payload_->bind(1, payload.bytes());
    std::vector<Row> rows = all(*by_payload_);
    for (const Row& row : rows) {
        if (row.payload != payload) database_.fail("is damaged, its index of payloads is wrong");
    }
    return rows;
}

std::vector<Row> Log::registry_of_voice(const std::string& voice) {
    if (!by_voice_) by_voice_.emplace(database_, select_voice);
    by_voice_->bind(1, std::string_view(voice));
    return all(*by_voice_);
}

std::vector<Row> Log::registry_of_consent(const std::string& consent) {
    std::vector<Row> rows = registry();
    std::erase_if(rows, [&](const Row& row) { return row.consent != consent; });
    return rows;
}

std::vector<Row> Log::registry() {
    Statement statement(database_, select_registry);
    return all(statement);
}

bool Log::has_registry() {
    return database_.number(registry_exists) == 1;
}

bool Log::index_knows(const Row& row) {
    if (!row.payload) return true;
    if (!known_) known_.emplace(database_, find_indexed);
    known_->bind(1, row.payload->bytes());
    known_->bind(2, row.sequence);
    const bool known = known_->step();
    known_->reset();
    return known;
}

Append::Append(Log& log) : log_(log), transaction_(log.database()), head_(log.head()), time_us_(log.now_us()) {
    if (!head_.is_there) log_.database().fail("is damaged, row " + std::to_string(head_.sequence) + " is gone");
}

Row& Append::add(Row row) {
    row.sequence = head_.sequence + 1;
    row.time_us = time_us_;
    row.previous = head_.hash;
    row.hash = hash_of(row, &log_.first_hash());
    if (!log_.insert_) log_.insert_.emplace(log_.database_, insert_row);
    insert(*log_.insert_, row);
    head_ = {row.sequence, row.hash, row.time_us, true};
    last_ = std::move(row);
    return last_;
}

void Append::commit() {
    Statement update(log_.database(), "UPDATE head SET sequence = ?, hash = ?");
    update.bind(1, head_.sequence);
    update.bind(2, std::span<const std::uint8_t>(head_.hash));
    update.run();
    transaction_.commit();
}

}  // namespace earmark::ledger
