// The file: an append-only table of rows in one SQLite database, and one transaction at a time that appends to it.
//
// The journal is SQLite's rollback journal: between transactions the ledger is one file, which can be copied and be
// read from a read-only place. A process killed at any point leaves the rows of committed transactions and no others;
// the next one to open the file for writing undoes the rest.
#pragma once

#include "permutation.hpp"
#include "row.hpp"

#include <functional>

namespace earmark::ledger {

// The last row, as the ledger remembers it beside the rows.
struct Head {
    std::int64_t sequence = 0;
    Hash hash{};
    std::int64_t time_us = 0;
    bool is_there = false;  // the row itself
};

std::string text_of(const Head& head);  // "17:9f3c...", to be noted elsewhere

std::int64_t system_clock_us();

struct OpenOptions {
    Access access = Access::write;
    int wait_ms = 10'000;  // for other writers
    std::function<std::int64_t()> clock_us = system_clock_us;
};

// Thread safety: one thread at a time per object; any number of objects and processes per file. Throws Error(input).
class Log {
  public:
    Log(const std::string& path, const OpenOptions& options);

    Head head();
    const Hash& first_hash() const { return first_hash_; }
    const Permutation& permutation() const { return permutation_; }
    std::int64_t now_us() const { return clock_us_(); }
    Database& database() { return database_; }

    // Rows after `sequence`, at most `count`: the file is locked only while one such piece is read.
    std::vector<Row> rows_after(std::int64_t sequence, std::size_t count);
    std::vector<Row> rows_with(const Payload& payload);
    std::vector<Row> registry_of_voice(const std::string& voice);      // voice, consent and withdrawn rows
    std::vector<Row> registry_of_consent(const std::string& consent);  // likewise
    std::vector<Row> registry();
    bool has_registry();
    bool index_knows(const Row& row);  // whether a look-up by payload leads to it

  private:
    friend class Append;
    std::vector<Row> all(Statement& statement);

    Database database_;
    std::function<std::int64_t()> clock_us_;
    Hash first_hash_{};
    Permutation permutation_;
    std::optional<Statement> insert_, by_payload_, by_voice_, known_;
};

// One transaction. Rows get number, time, and place in the chain as they are added.
class Append {
  public:
    explicit Append(Log& log);
    Row& add(Row row);  // valid until the next one is added
    const Head& head() const { return head_; }
    std::int64_t time_us() const { return time_us_; }  // of all its rows
    void commit();                                     // all rows are on the disk when it returns

  private:
    Log& log_;
    Transaction transaction_;
    Head head_;
    std::int64_t time_us_;
    Row last_;
};

}  // namespace earmark::ledger
