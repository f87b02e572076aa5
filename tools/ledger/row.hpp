// One row of the ledger, and its place in the chain.
#pragma once

#include "database.hpp"
#include "digest.hpp"

#include <earmark/payload.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace earmark::ledger {

enum class Kind {
    opened,     // the first row of every ledger
    begun,      // marking began: from here on audio with this payload may exist
    made,       // the marked audio was complete; written before it is put in place
    failed,     // nothing was kept
    voice,      // a voice was registered, as a real person's when `person` says whose
    consent,    // the person's consent, from from_us until until_us
    withdrawn,  // of a consent
    pruned      // rows begun, made and failed up to row `about` were removed, as many as `detail` says
};
std::string_view name(Kind kind);

struct Row {
    std::int64_t sequence = 0;  // 1, 2, 3, ... without a gap but for what was pruned
    std::int64_t time_us = 0;   // of the writer's clock, since 1970 UTC
    Kind kind = Kind::opened;
    std::optional<std::int64_t> about;  // the row that this one is about
    std::optional<Payload> payload;
    std::string provider, model, voice, person;     // empty: not given
    std::string consent, reference;                 // consent: the reference of one; reference: the user's own
    std::optional<std::int64_t> from_us, until_us;  // of a consent; until is the first moment it does not cover
    std::string profile, key_fingerprint;
    std::optional<Hash> input_digest, output_digest;  // BLAKE2b-256 of all bytes of the file
    std::string detail;       // a JSON object; in words why it failed; how many rows were pruned
    Hash previous{}, hash{};  // of the row before, of this one
};

// BLAKE2b-256 over the fields in their order, each as its length (8 bytes, least significant first) and its bytes,
// after the hash of the row before. Numbers are 8 bytes, least significant first; what is not given has length 2^64
// - 1. Keyed with the hash of the first row (that row: without a key), so that no row of another ledger fits.
Hash hash_of(const Row& row, const Hash* first);

// Text of one line in UTF-8, at most 1000 bytes: throws Error(usage) naming `field` otherwise.
void require_text(std::string_view field, std::string_view text);

// As 2026-11-24T01:54:11.000000Z, and back from that or a day alone, 2026-11-24. Throws Error(usage).
std::string time_text(std::int64_t time_us);
std::int64_t time_from(std::string_view field, const std::string& text);

}  // namespace earmark::ledger
