// How a row stands in the table: the SQL, and the way there and back.
#pragma once

#include "row.hpp"

namespace earmark::ledger {

// The numbers of kinds in the SQL are those of Kind: what is pruned in time, and what is not.
#define EARMARK_COLUMNS                                                                                      \
    "sequence, time_us, kind, about, payload, provider, model, voice, person, consent, reference, from_us, " \
    "until_us, profile, key_fingerprint, input_digest, output_digest, detail, previous, hash"
inline constexpr const char* insert_row =
    "INSERT INTO log (" EARMARK_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
inline constexpr const char* select_piece =
    "SELECT " EARMARK_COLUMNS " FROM log WHERE sequence > ? ORDER BY sequence LIMIT ?";
inline constexpr const char* select_payload =
    "SELECT " EARMARK_COLUMNS
    " FROM log INDEXED BY by_payload WHERE payload IS NOT NULL AND payload = ? ORDER BY sequence";
inline constexpr const char* select_voice =
    "SELECT " EARMARK_COLUMNS " FROM log INDEXED BY by_voice WHERE kind IN (4, 5, 6) AND voice = ? ORDER BY sequence";
inline constexpr const char* select_registry =
    "SELECT " EARMARK_COLUMNS " FROM log INDEXED BY by_voice WHERE kind IN (4, 5, 6) ORDER BY sequence";
inline constexpr const char* registry_exists =
    "SELECT EXISTS (SELECT 1 FROM log INDEXED BY by_voice WHERE kind IN (4, 5, 6))";
inline constexpr const char* find_indexed =
    "SELECT 1 FROM log INDEXED BY by_payload WHERE payload IS NOT NULL AND payload = ? AND sequence = ?";
#undef EARMARK_COLUMNS
static_assert(static_cast<int>(Kind::begun) == 1 && static_cast<int>(Kind::failed) == 3 &&
              static_cast<int>(Kind::voice) == 4 && static_cast<int>(Kind::withdrawn) == 6);

void insert(Statement& insert_row_statement, const Row& row);
Row row_from(const Statement& from, const Database& database);  // Error(input) when the row is none of ours

// A blob of another length was not written by us; the zeros that come instead never fit the chain.
Hash as_hash(const Bytes& bytes);

}  // namespace earmark::ledger
