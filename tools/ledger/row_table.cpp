#include "row_table.hpp"

#include <algorithm>

namespace earmark::ledger {

namespace {

template <class Value>
void bind_maybe(Statement& statement, int parameter, const std::optional<Value>& value) {
    value ? statement.bind(parameter, *value) : statement.bind_null(parameter);
}

std::optional<std::int64_t> maybe_integer(const Statement& statement, int column) {
    return statement.is_null(column) ? std::nullopt : std::optional(statement.integer(column));
}

std::optional<Hash> maybe_hash(const Statement& statement, int column) {
    return statement.is_null(column) ? std::nullopt : std::optional(as_hash(statement.blob(column)));
}

}  // namespace

Hash as_hash(const Bytes& bytes) {
    Hash hash{};
    if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

void insert(Statement& to, const Row& row) {
    to.bind(1, row.sequence);
    to.bind(2, row.time_us);
    to.bind(3, static_cast<std::int64_t>(row.kind));
    bind_maybe(to, 4, row.about);
    row.payload ? to.bind(5, row.payload->bytes()) : to.bind_null(5);
    int parameter = 6;
    for (const std::string* text : {&row.provider, &row.model, &row.voice, &row.person, &row.consent, &row.reference})
        to.bind(parameter++, std::string_view(*text));
    bind_maybe(to, 12, row.from_us);
    bind_maybe(to, 13, row.until_us);
    to.bind(14, std::string_view(row.profile));
    to.bind(15, std::string_view(row.key_fingerprint));
    row.input_digest ? to.bind(16, std::span<const std::uint8_t>(*row.input_digest)) : to.bind_null(16);
    row.output_digest ? to.bind(17, std::span<const std::uint8_t>(*row.output_digest)) : to.bind_null(17);
    to.bind(18, std::string_view(row.detail));
    to.bind(19, std::span<const std::uint8_t>(row.previous));
    to.bind(20, std::span<const std::uint8_t>(row.hash));
    to.run();
}

Row row_from(const Statement& from, const Database& database) {
    Row row;
    row.sequence = from.integer(0);
    row.time_us = from.integer(1);
    const std::int64_t kind = from.integer(2);
    const Bytes payload = from.blob(4);
    const bool good = kind >= 0 && kind <= static_cast<std::int64_t>(Kind::pruned) &&
                      (payload.empty() || payload.size() == 4 || payload.size() == 8 || payload.size() == 16);
    if (!good) database.fail("is damaged, row " + std::to_string(row.sequence) + " is none that a ledger holds");
    row.kind = static_cast<Kind>(kind);
    row.about = maybe_integer(from, 3);
    if (!payload.empty()) row.payload = Payload::from_bytes(payload);
    int column = 5;
    for (std::string* text : {&row.provider, &row.model, &row.voice, &row.person, &row.consent, &row.reference})
        *text = from.text(column++);
    row.from_us = maybe_integer(from, 11);
    row.until_us = maybe_integer(from, 12);
    row.profile = from.text(13);
    row.key_fingerprint = from.text(14);
    row.input_digest = maybe_hash(from, 15);
    row.output_digest = maybe_hash(from, 16);
    row.detail = from.text(17);
    row.previous = as_hash(from.blob(18));
    row.hash = as_hash(from.blob(19));
    return row;
}

}  // namespace earmark::ledger
