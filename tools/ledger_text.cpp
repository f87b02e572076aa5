#include "ledger_text.hpp"

#include "text.hpp"

namespace earmark::tools {

namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json maybe(const std::optional<Value>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json maybe_hex(const std::optional<ledger::Hash>& hash) {
    return hash ? Json(ledger::hex(*hash)) : Json(nullptr);
}

Json maybe_time(const std::optional<std::int64_t>& time_us) {
    return time_us ? Json(ledger::time_text(*time_us)) : Json(nullptr);
}

Json maybe_row(const std::optional<ledger::Row>& row) {
    return row ? json_of(*row) : Json(nullptr);
}

std::string row_number(const ledger::Row& row) {
    return "row " + std::to_string(row.sequence);
}

std::string to_the_second(std::int64_t time_us) {
    return ledger::time_text(time_us).substr(0, 19) + "Z";
}

}  // namespace

Json json_of(const ledger::Row& row) {
    Json line;
    line["sequence"] = row.sequence;
    line["time"] = ledger::time_text(row.time_us);
    line["kind"] = name(row.kind);
    line["about"] = maybe(row.about);
    line["payload"] = row.payload ? Json(row.payload->hex()) : Json(nullptr);
    line["provider"] = row.provider;
    line["model"] = row.model;
    line["voice"] = row.voice;
    line["person"] = row.person;
    line["consent"] = row.consent;
    line["reference"] = row.reference;
    line["from"] = maybe_time(row.from_us);
    line["until"] = maybe_time(row.until_us);
    line["profile"] = row.profile;
    line["key_fingerprint"] = row.key_fingerprint;
    line["input_digest"] = maybe_hex(row.input_digest);
    line["output_digest"] = maybe_hex(row.output_digest);
    line["detail"] = row.detail;
    line["previous"] = ledger::hex(row.previous);
    line["hash"] = ledger::hex(row.hash);
    return line;
}

std::string words_of(const ledger::Story& story) {
    if (!story.begun) {
        const ledger::Row& rest = story.failed ? *story.failed : *story.made;
        return "made " + to_the_second(rest.time_us) + ", " + row_number(rest) + "; who by was pruned by age";
    }
    const ledger::Row& begun = *story.begun;
    std::string words;
    if (story.failed) {
        words = "begun " + to_the_second(begun.time_us) + ", failed: " + story.failed->detail;
    } else if (story.made) {
        words = "made " + to_the_second(story.made->time_us);
    } else {
        words = "begun " + to_the_second(begun.time_us) + " and never finished, parts may exist";
    }
    if (!begun.provider.empty()) words += " by " + begun.provider;
    const std::pair<const char*, const std::string*> named[] = {{"model", &begun.model},
                                                                {"voice", &begun.voice},
                                                                {"consent", &begun.consent},
                                                                {"reference", &begun.reference},
                                                                {"profile", &begun.profile}};
    for (const auto& [what, value] : named) {
        if (!value->empty()) words += std::string(", ") + what + " " + *value;
    }
    return words + ", " + row_number(begun);
}

Json json_of(const ledger::Story& story) {
    return {{"begun", maybe_row(story.begun)}, {"made", maybe_row(story.made)}, {"failed", maybe_row(story.failed)}};
}

}  // namespace earmark::tools
