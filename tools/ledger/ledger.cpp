#include "ledger.hpp"

#include "schema.hpp"

#include <earmark/error.hpp>

#include <algorithm>

namespace earmark::ledger {

namespace {

// Row numbers that a ledger may reach: a million a second for nine years.
constexpr std::uint64_t most_rows = std::uint64_t{1} << 48;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(Fault::usage, why);
}

void require_texts(const Making& making) {
    require_text("--provider", making.provider);
    require_text("--model", making.model);
    require_text("--voice", making.voice);
    require_text("--consent", making.consent);
    require_text("--reference", making.reference);
}

void require_name(std::string_view field, const std::string& name) {
    if (name.empty()) refuse(std::string(field) + ": is empty, at least one character is needed");
    require_text(field, name);
}

std::uint64_t number_of(const Payload& payload) {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : payload.bytes()) number = number << 8 | byte;
    return number;
}

// A clock set back must not bring an ended consent to life again.
std::int64_t never_before(const Append& append) {
    return std::max(append.time_us(), append.head().time_us);
}

}  // namespace

void Ledger::create(const std::string& path, std::int64_t time_us) {
    create_file(path, time_us);
}

Ledger::Ledger(const std::string& path, const OpenOptions& options) : log_(path, options) {}

void Ledger::require_consent(const Making& making, std::int64_t now_us) {
    const std::vector<Voice> known =
        making.voice.empty() ? std::vector<Voice>{} : voices_from(log_.registry_of_voice(making.voice));
    const std::string why = refusal(known.empty() ? nullptr : &known.front(), making.voice, making.consent,
                                    !known.empty() || log_.has_registry(), now_us);
    if (!why.empty()) refuse(why);
}

Row Ledger::begun_row(Append& append, const Making& making, const std::optional<Payload>& given) {
    require_consent(making, never_before(append));
    Row row;
    row.kind = Kind::begun;
    const auto next = static_cast<std::uint64_t>(append.head().sequence) + 1;
    if (given && given->bits() == 64) {
        const std::uint64_t place = log_.permutation().back(number_of(*given));
        if (place >= next && place < most_rows)
            refuse("payload " + given->hex() + " is one that this ledger will draw itself, choose another");
    }
    row.payload = given ? *given : Payload::from_uint64(log_.permutation().forward(next));
    row.provider = making.provider;
    row.model = making.model;
    row.voice = making.voice;
    row.consent = making.consent;
    row.reference = making.reference;
    row.profile = making.profile;
    row.key_fingerprint = making.key_fingerprint;
    row.detail = making.detail;
    return row;
}

Begun Ledger::begin(const Making& making, const std::optional<Payload>& given) {
    require_texts(making);
    Append append(log_);
    const Row& row = append.add(begun_row(append, making, given));
    const Begun begun{row.sequence, *row.payload, row.hash};
    append.commit();
    return begun;
}

std::vector<Begun> Ledger::begin_many(std::span<const Making> makings) {
    std::for_each(makings.begin(), makings.end(), require_texts);
    std::vector<Begun> begun;
    begun.reserve(makings.size());
    Append append(log_);
    for (const Making& making : makings) {
        const Row& row = append.add(begun_row(append, making, std::nullopt));
        begun.push_back({row.sequence, *row.payload, row.hash});
    }
    append.commit();
    return begun;
}

Head Ledger::made(const Begun& begun, const std::optional<Hash>& input, const std::optional<Hash>& output,
                  const std::string& detail) {
    Append append(log_);
    Row row;
    row.kind = Kind::made;
    row.about = begun.sequence;
    row.payload = begun.payload;
    row.input_digest = input;
    row.output_digest = output;
    row.detail = detail;
    append.add(row);
    append.commit();
    return append.head();
}

Head Ledger::failed(const Begun& begun, const std::string& why) {
    Append append(log_);
    Row row;
    row.kind = Kind::failed;
    row.about = begun.sequence;
    row.payload = begun.payload;
    row.detail = why;
    append.add(row);
    append.commit();
    return append.head();
}

std::vector<Story> Ledger::trace(const Payload& payload) {
    std::map<std::int64_t, Story> stories;
    for (const Row& row : log_.rows_with(payload)) {
        if (row.kind == Kind::begun) stories[row.sequence].begun = row;
        if (row.kind == Kind::made) stories[row.about.value_or(row.sequence)].made = row;
        if (row.kind == Kind::failed) stories[row.about.value_or(row.sequence)].failed = row;
    }
    std::vector<Story> in_order;
    for (auto& [sequence, story] : stories) in_order.push_back(std::move(story));
    return in_order;
}

void Ledger::add_voice(const std::string& name, const std::string& person) {
    require_name("voice", name);
    require_text("--person", person);
    Append append(log_);
    const std::vector<Voice> known = voices_from(log_.registry_of_voice(name));
    // What was nobody's may turn out to be somebody's; never the other way, which would end the need of consent.
    if (!known.empty() && (!known.front().person.empty() || person.empty()))
        refuse("voice '" + name + "' is registered already, as " +
               (known.front().person.empty() ? "synthetic" : "that of '" + known.front().person + "'"));
    Row row;
    row.kind = Kind::voice;
    row.voice = name;
    row.person = person;
    append.add(row);
    append.commit();
}

void Ledger::give_consent(const ConsentGiven& given) {
    require_name("consent", given.reference);
    require_name("--voice", given.voice);
    Append append(log_);
    const std::vector<Voice> known = voices_from(log_.registry_of_voice(given.voice));
    if (known.empty() || known.front().person.empty())
        refuse("voice '" + given.voice + "' is not registered as a real person's: earmark ledger voice does that");
    for (const Row& row : log_.registry_of_consent(given.reference)) {
        if (row.voice != given.voice)
            refuse("consent '" + given.reference + "' is for voice '" + row.voice +
                   "', give this one another reference");
        if (row.kind == Kind::withdrawn)
            refuse("consent '" + given.reference + "' was withdrawn, give a new one another reference");
    }
    Row row;
    row.kind = Kind::consent;
    row.voice = given.voice;
    row.consent = given.reference;
    row.from_us = given.from_us.value_or(append.time_us());
    row.until_us = given.until_us;
    if (row.until_us && *row.until_us <= *row.from_us)
        refuse("consent '" + given.reference + "': ends at " + time_text(*row.until_us) + ", before it begins at " +
               time_text(*row.from_us));
    row.input_digest = given.document;
    row.detail = given.detail;
    append.add(row);
    append.commit();
}

void Ledger::withdraw_consent(const std::string& reference) {
    require_name("consent", reference);
    Append append(log_);
    const std::vector<Row> rows = log_.registry_of_consent(reference);
    if (rows.empty()) refuse("consent '" + reference + "' is not in this ledger, nothing withdrawn");
    if (rows.back().kind == Kind::withdrawn) refuse("consent '" + reference + "' was withdrawn before");
    Row row;
    row.kind = Kind::withdrawn;
    row.voice = rows.back().voice;
    row.consent = reference;
    append.add(row);
    append.commit();
}

std::vector<Voice> Ledger::voices() {
    return voices_from(log_.registry());
}

}  // namespace earmark::ledger
