// The ledger: who had which marked audio made, when, by what, in whose voice and with whose consent.
//
//     ledger::Ledger ledger("audio.ledger");
//     ledger::Begun begun = ledger.begin({.provider = "Example", .voice = "anna", .consent = "c-17"});  // may refuse
//     ... mark with begun.payload, write the file aside ...
//     ledger.made(begun, input_digest, output_digest, R"({"samples":48000})");
//     ... put the file in place ...
//
// begin() is on the disk before it returns, so no marked sample exists without its row; a row `begun` without `made` or
// `failed` says that the program was cut off and that parts may exist. `made` says that the audio was complete, not
// that it was kept.
#pragma once

#include "consent.hpp"
#include "log.hpp"

#include <span>

namespace earmark::ledger {

struct Making {
    std::string provider = {}, model = {}, voice = {}, consent = {}, reference = {};  // empty: not given
    std::string profile = {}, key_fingerprint = {};
    std::string detail = {};  // settings, a JSON object
};

struct Begun {
    std::int64_t sequence = 0;
    Payload payload;
    Hash hash{};  // of its row: a witness of the chain up to here
};

// What became of one making. An old one may have lost its first row to retention.
struct Story {
    std::optional<Row> begun, made, failed;
    bool finished() const { return made && !failed; }
};

struct ConsentGiven {
    std::string reference = {}, voice = {}, detail = {};
    std::optional<std::int64_t> from_us = {}, until_us = {};  // from: now unless given
    std::optional<Hash> document = {};                        // digest of the paper
};

// Thread safety: one thread at a time per object; many objects, also in many processes, may write one file.
// Errors: Error(usage) for what is refused (consent, a text that is no line of UTF-8), Error(input) for the file.
class Ledger {
  public:
    static void create(const std::string& path, std::int64_t time_us = system_clock_us());
    explicit Ledger(const std::string& path, const OpenOptions& options = {});

    // Draws the payload, 64 bits that never come twice in this ledger; or takes the caller's, which may not be one that
    // the ledger will draw itself later.
    Begun begin(const Making& making, const std::optional<Payload>& given = std::nullopt);
    std::vector<Begun> begin_many(std::span<const Making> makings);  // all or none, one write to the disk
    Head made(const Begun& begun, const std::optional<Hash>& input, const std::optional<Hash>& output,
              const std::string& detail = "");
    Head failed(const Begun& begun, const std::string& why);

    std::vector<Story> trace(const Payload& payload);

    void add_voice(const std::string& name, const std::string& person);  // no person: nobody's voice
    void give_consent(const ConsentGiven& given);
    void withdraw_consent(const std::string& reference);
    std::vector<Voice> voices();

    Log& log() { return log_; }

  private:
    Row begun_row(Append& append, const Making& making, const std::optional<Payload>& given);
    void require_consent(const Making& making, std::int64_t now_us);

    Log log_;
};

}  // namespace earmark::ledger
