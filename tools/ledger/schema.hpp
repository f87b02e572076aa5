// The tables of a ledger file, how one is made, and whether a file has just them.
#pragma once

#include "database.hpp"
#include "digest.hpp"

namespace earmark::ledger {

// A new file with its first row, readable by its owner only; never over an existing one. Throws Error(input).
void create_file(const std::string& path, std::int64_t time_us);

void check_schema(Database& database);   // Error(input) unless it is a ledger of this version and nothing else
Hash read_seed(Database& database);      // 256 random bits, from which the payloads follow
Hash seed_commitment(const Hash& seed);  // what the first row says of it

// Inside a transaction: rows may be deleted between the two.
void allow_deletion(Database& database);
void forbid_deletion(Database& database);

}  // namespace earmark::ledger
