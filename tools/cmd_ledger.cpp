// earmark ledger: makes, checks, shows and prunes the log of what was marked; registers voices and consents.
#include "ledger/verify.hpp"
#include "ledger_text.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "standard_output.hpp"

#include <earmark/error.hpp>

namespace earmark::tools {

namespace {

using Json = nlohmann::ordered_json;
using ledger::Access;
using ledger::Ledger;

struct Request {
    std::string file, head, name, person, reference, voice, from, until, scope, document;
    std::int64_t after = 0;
    int keep_days = 366;
    bool synthetic = false;
};

int create(const Request& options) {
    Ledger::create(options.file);
    Ledger ledger(options.file, {.access = Access::read});
    print_line(options.file + ": new ledger, head " + text_of(ledger.log().head()));
    return done;
}

int head(const Request& options) {
    Ledger ledger(options.file, {.access = Access::read});
    print_line(text_of(ledger.log().head()));
    return done;
}

int verify(const Request& options) {
    const auto witness = options.head.empty() ? std::nullopt : std::optional(ledger::witness_from(options.head));
    Ledger ledger(options.file, {.access = Access::read});
    Progress progress(options.file, static_cast<std::uint64_t>(ledger.log().head().sequence), "rows");
    const ledger::Verdict verdict = ledger::verify(
        ledger.log(), witness, [&](std::int64_t rows, std::int64_t) { progress.at(static_cast<std::uint64_t>(rows)); });
    if (!verdict.problem.empty()) {
        print_line(options.file + ": BROKEN, " + verdict.problem);
        return not_marked;
    }
    std::string line = options.file + ": whole, " + std::to_string(verdict.rows) + " rows";
    if (verdict.pruned > 0) line += ", " + std::to_string(verdict.pruned) + " more pruned by age";
    if (verdict.clock_back > 0)
        line += ", the clock went back before " + std::to_string(verdict.clock_back) + " of them";
    line += ", head " + text_of(verdict.head);
    print_line(line);
    if (!witness)
        print_line(options.file +
                   ": rows written anew from some row to the end look the same; to see that, give --head, noted "
                   "elsewhere before");
    return done;
}

int export_rows(const Request& options) {
    constexpr std::size_t piece_rows = 4096;
    Ledger ledger(options.file, {.access = Access::read});
    std::int64_t last = options.after;
    for (;;) {
        const std::vector<ledger::Row> rows = ledger.log().rows_after(last, piece_rows);
        if (rows.empty()) return done;
        std::string lines;
        for (const ledger::Row& row : rows)
            lines += json_of(row).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
        print(lines);
        last = rows.back().sequence;
    }
}

int prune(const Request& options) {
    Ledger ledger(options.file);
    const std::int64_t removed = ledger::prune(ledger.log(), options.keep_days);
    print_line(options.file + ": " + std::to_string(removed) + " rows older than " + std::to_string(options.keep_days) +
               " days removed, head " + text_of(ledger.log().head()));
    return done;
}

int voice(const Request& options) {
    if (options.person.empty() != options.synthetic)
        throw Error(Fault::usage, "ledger voice: needs either --person REFERENCE or --synthetic");
    Ledger ledger(options.file);
    ledger.add_voice(options.name, options.person);
    print_line(options.file + ": voice " + options.name +
               (options.synthetic ? " registered as synthetic" : ", needs the consent of " + options.person));
    return done;
}

std::string consent_words(const ledger::Consent& consent, std::int64_t now_us) {
    std::string words = "consent " + consent.reference + " from " + ledger::time_text(consent.from_us);
    if (consent.until_us) words += " until " + ledger::time_text(*consent.until_us);
    if (consent.withdrawn) return words + ", withdrawn";
    if (consent.until_us && now_us >= *consent.until_us) return words + ", ended";
    return words + (now_us < consent.from_us ? ", not begun" : "");
}

int voices(const Request& options) {
    Ledger ledger(options.file, {.access = Access::read});
    for (const ledger::Voice& one : ledger.voices()) {
        std::string line = one.name + ": " + (one.person.empty() ? "synthetic" : "person " + one.person);
        for (const ledger::Consent& consent : one.consents)
            line += "; " + consent_words(consent, ledger.log().now_us());
        if (!one.person.empty() && one.consents.empty()) line += "; no consent";
        print_line(line);
    }
    return done;
}

int consent(const Request& options) {
    ledger::ConsentGiven given{.reference = options.reference, .voice = options.voice};
    if (!options.from.empty()) given.from_us = ledger::time_from("--from", options.from);
    if (!options.until.empty()) given.until_us = ledger::time_from("--until", options.until);
    if (!options.document.empty()) given.document = ledger::file_digest(options.document);
    ledger::require_text("--scope", options.scope);
    if (!options.scope.empty()) given.detail = Json{{"scope", options.scope}}.dump();
    Ledger ledger(options.file);
    ledger.give_consent(given);
    print_line(options.file + ": consent " + options.reference + " recorded for voice " + options.voice);
    return done;
}

int withdraw(const Request& options) {
    Ledger ledger(options.file);
    ledger.withdraw_consent(options.reference);
    print_line(options.file + ": consent " + options.reference + " withdrawn");
    return done;
}

using Action = int (*)(const Request&);

struct Actions {
    CLI::App* parent;
    std::shared_ptr<Request> options = std::make_shared<Request>();
    std::vector<std::pair<CLI::App*, Action>> all = {};

    CLI::App* add(const std::string& name, const std::string& what, Action action) {
        CLI::App* command = parent->add_subcommand(name, what);
        command->add_option("LEDGER", options->file, "Ledger file")->required()->type_name("FILE");
        all.emplace_back(command, action);
        return command;
    }
};

void add_upkeep(Actions& actions) {
    Request& to = *actions.options;
    actions.add("create", "Make a new ledger; never overwrites, readable by its owner only", create);
    actions.add("verify", "Check every row and the chain; exit code 0 when whole, 1 when broken", verify)
        ->add_option("--head", to.head, "Also check that the log still contains this head, noted elsewhere before")
        ->type_name("NUMBER:HASH");
    actions.add("head", "Print number and hash of the last row, to be noted where the ledger's writers cannot write",
                head);
    actions.add("export", "Print the rows as JSON lines", export_rows)
        ->add_option("--after", to.after, "Only rows with a number above this one")
        ->type_name("NUMBER");
    actions.add("prune", "Remove makings of more than this age; voices and consents stay, the chain holds", prune)
        ->add_option("--keep-days", to.keep_days, "Days to keep, at least 184 (six months)")
        ->type_name("DAYS")
        ->capture_default_str();
}

void add_consents(Actions& actions) {
    Request& to = *actions.options;
    CLI::App* add_voice = actions.add("voice", "Register a voice; from the first one on, embed takes no other", voice);
    add_voice->add_option("NAME", to.name, "Name that a making gives")->required()->type_name("TEXT");
    add_voice->add_option("--person", to.person, "It is a real person's: your own reference of that person")
        ->type_name("TEXT");
    add_voice->add_flag("--synthetic", to.synthetic, "It is nobody's");
    actions.add("voices", "List the voices and their consents", voices);
    CLI::App* give = actions.add("consent", "Record that a person consents to the use of their voice", consent);
    give->add_option("REFERENCE", to.reference, "Name that a making gives")->required()->type_name("TEXT");
    give->add_option("--voice", to.voice, "The voice")->required()->type_name("TEXT");
    give->add_option("--from", to.from, "It begins then, UTC; now, when not given")->type_name("TIME");
    give->add_option("--until", to.until, "It ends before then, UTC")->type_name("TIME");
    give->add_option("--scope", to.scope, "What it covers, in words; recorded, not judged")->type_name("TEXT");
    give->add_option("--document", to.document, "The signed paper; its digest is recorded")->type_name("FILE");
    actions.add("withdraw", "Record that a consent was withdrawn; it never holds again", withdraw)
        ->add_option("REFERENCE", to.reference, "The consent")
        ->required()
        ->type_name("TEXT");
}

}  // namespace

Command add_ledger(CLI::App& app) {
    CLI::App* command = app.add_subcommand("ledger", "Keep the log of what was marked, for whom, in whose voice");
    command->require_subcommand(1);
    Actions actions{command};
    add_upkeep(actions);
    add_consents(actions);
    return {command, [actions] {
                for (const auto& [action, act] : actions.all) {
                    if (action->parsed()) return act(*actions.options);
                }
                return static_cast<int>(Fault::usage);  // not reached: one action is required
            }};
}

}  // namespace earmark::tools
