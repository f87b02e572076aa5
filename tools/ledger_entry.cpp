#include "ledger_entry.hpp"

#include "text.hpp"

#include <earmark/error.hpp>

#include <filesystem>
#include <utility>

namespace earmark::tools {

void add_ledger_options(CLI::App& command, LedgerOptions& options) {
    CLI::Option* ledger = command
                              .add_option("--ledger", options.file,
                                          "Record this making here, as earmark ledger create made it; "
                                          "draws the payload when none is given")
                              ->type_name("FILE");
    const auto add = [&](const std::string& name, std::string& to, const std::string& what) {
        command.add_option(name, to, what)->type_name("TEXT")->needs(ledger);
    };
    add("--provider", options.provider, "For the ledger: who offers the service");
    add("--model", options.model, "For the ledger: system and version that spoke");
    add("--voice", options.voice, "For the ledger: the voice, as earmark ledger voice registered it");
    add("--consent", options.consent, "For the ledger: reference of the consent of the person whose voice it is");
    add("--reference", options.reference, "For the ledger: your own reference, such as a request; no person's name");
}

void refuse_ledger_as_output(const LedgerOptions& options, const std::string& out) {
    std::error_code none;  // a file that is not there is no ledger
    if (!options.file.empty() && std::filesystem::equivalent(options.file, out, none))
        throw Error(Fault::usage, out + ": is the ledger, choose another output");
}

LedgerEntry::LedgerEntry(const LedgerOptions& options, const std::optional<Payload>& given, ledger::Making making,
                         Output output)
    : file_(options.file), output_(output) {
    if (file_.empty()) {
        if (!given) throw Error(Fault::usage, "--payload is required, or --ledger to draw one from");
        payload_ = *given;
        return;
    }
    making.provider = options.provider;
    making.model = options.model;
    making.voice = options.voice;
    making.consent = options.consent;
    making.reference = options.reference;
    ledger_ = std::make_unique<ledger::Ledger>(file_);
    begun_ = ledger_->begin(making, given);
    payload_ = begun_.payload;
    open_ = true;
}

LedgerEntry::~LedgerEntry() {
    if (!open_) return;
    try {
        ledger_->failed(begun_, output_ == Output::file ? "no output was kept" : "broken off, parts may have gone out");
    } catch (const std::exception& error) {
        // Without that row the making stands as begun and never finished, which is true as well.
        warn(error.what());
    }
}

void LedgerEntry::made(const std::optional<ledger::Hash>& input, const std::optional<ledger::Hash>& output,
                       const std::string& detail) {
    if (ledger_) head_ = ledger_->made(begun_, input, output, detail);
}

}  // namespace earmark::tools
