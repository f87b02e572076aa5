// What a command that marks writes into the ledger: one making, from before its first marked sample to its end.
//
//     LedgerEntry entry(options.ledger, given, {.profile = "standard", ...}, Output::file);   // refuses without
//     consent
//     ... mark with entry.payload(), write the file aside, check it ...
//     entry.made(input_digest, output_digest, measures);
//     output.commit();
//     entry.kept();
//
// Without --ledger it writes nothing, and the payload is the one given.
#pragma once

#include "ledger/ledger.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>

namespace earmark::tools {

struct LedgerOptions {
    std::string file, provider, model, voice, consent, reference;
};
void add_ledger_options(CLI::App& command, LedgerOptions& options);

// Throws Error(usage) when --ledger names what would be written over.
void refuse_ledger_as_output(const LedgerOptions& options, const std::string& out);

enum class Output { file, stream };  // of a stream parts have gone out before its end

class LedgerEntry {
  public:
    // `making` tells profile, key_fingerprint and detail; the rest comes from the options. Throws Error(usage | input):
    // neither payload nor ledger, no consent, a ledger that cannot be written.
    LedgerEntry(const LedgerOptions& options, const std::optional<Payload>& given, ledger::Making making,
                Output output);
    LedgerEntry(const LedgerEntry&) = delete;
    LedgerEntry& operator=(const LedgerEntry&) = delete;
    ~LedgerEntry();  // not kept: the row `failed`

    const Payload& payload() const { return payload_; }
    bool is_open() const { return ledger_ != nullptr; }

    // The digests are of all bytes of input and output, where they are known; detail is a JSON object.
    void made(const std::optional<ledger::Hash>& input, const std::optional<ledger::Hash>& output,
              const std::string& detail);
    void kept() { open_ = false; }
    const std::string& file() const { return file_; }
    std::int64_t row() const { return begun_.sequence; }
    const ledger::Head& head() const { return head_; }  // after the row `made`: a witness of all rows up to it

  private:
    std::string file_;
    Output output_;
    std::unique_ptr<ledger::Ledger> ledger_;
    ledger::Begun begun_;
    ledger::Head head_;
    Payload payload_;
    bool open_ = false;
};

}  // namespace earmark::tools
