// Rows of the ledger as JSON objects, and what became of a making in words.
#pragma once

#include "ledger/ledger.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace earmark::tools {

// All fields of the row by their names, null where nothing was given; from these fields anyone can compute the hashes.
nlohmann::ordered_json json_of(const ledger::Row& row);

// "made 2026-11-24T02:14:03Z by Example, model tts-2, voice anna, consent c-17, row 4"
std::string words_of(const ledger::Story& story);
nlohmann::ordered_json json_of(const ledger::Story& story);

}  // namespace earmark::tools
