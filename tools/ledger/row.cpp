#include "row.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace earmark::ledger {

namespace {

constexpr std::string_view label = "earmark ledger row 1";
constexpr std::uint64_t absent = ~std::uint64_t{0};
constexpr std::size_t longest_text = 1000;

class Encoder {
  public:
    explicit Encoder(const Hash* key) : digest_(key ? Digest(*key) : Digest()) {}

    void bytes(std::span<const std::uint8_t> value) {
        number(value.size());
        digest_.add(value.data(), value.size());
    }
    void text(std::string_view value) { bytes({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()}); }
    void number(std::uint64_t value) {
        std::array<std::uint8_t, 8> little;
        for (std::size_t i = 0; i < 8; ++i) little[i] = static_cast<std::uint8_t>(value >> (8 * i));
        digest_.add(little.data(), little.size());
    }
    void integer(std::int64_t value) {
        number(8);
        number(static_cast<std::uint64_t>(value));
    }
    void maybe(const std::optional<std::int64_t>& value) { value ? integer(*value) : number(absent); }
    void maybe(const std::optional<Hash>& value) { value ? bytes(*value) : number(absent); }
    void maybe(const std::optional<Payload>& value) { value ? bytes(value->bytes()) : number(absent); }
    Hash finish() { return digest_.finish(); }

  private:
    Digest digest_;
};

// Well-formed UTF-8 (Unicode 15, table 3-7): the second byte's range depends on the first.
bool is_utf8(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    for (std::size_t i = 0; i < text.size();) {
        const unsigned first = at(i);
        std::size_t more = 0;
        unsigned low = 0x80, high = 0xbf;
        if (first < 0x80) {
            ++i;
            continue;
        }
        if (first >= 0xc2 && first <= 0xdf) more = 1;
        if (first >= 0xe0 && first <= 0xef) more = 2;
        if (first >= 0xf0 && first <= 0xf4) more = 3;
        if (more == 0) return false;
        if (first == 0xe0) low = 0xa0;
        if (first == 0xed) high = 0x9f;
        if (first == 0xf0) low = 0x90;
        if (first == 0xf4) high = 0x8f;
        if (at(i + 1) < low || at(i + 1) > high) return false;
        for (std::size_t k = 2; k <= more; ++k) {
            if (at(i + k) < 0x80 || at(i + k) > 0xbf) return false;
        }
        i += 1 + more;
    }
    return true;
}

[[noreturn]] void fail_time(std::string_view field, const std::string& text) {
    throw Error(Fault::usage, std::string(field) + ": '" + text.substr(0, 40) +
                                  "' is no time; allowed are 2026-11-24 and 2026-11-24T13:30:00Z, UTC");
}

}  // namespace

std::string_view name(Kind kind) {
    constexpr std::array<std::string_view, 8> names{"opened", "begun",   "made",      "failed",
                                                    "voice",  "consent", "withdrawn", "pruned"};
    return names.at(static_cast<std::size_t>(kind));
}

Hash hash_of(const Row& row, const Hash* first) {
    Encoder out(first);
    out.text(label);
    out.bytes(row.previous);
    out.integer(row.sequence);
    out.integer(row.time_us);
    out.text(name(row.kind));
    out.maybe(row.about);
    out.maybe(row.payload);
    for (const std::string* text : {&row.provider, &row.model, &row.voice, &row.person, &row.consent, &row.reference})
        out.text(*text);
    out.maybe(row.from_us);
    out.maybe(row.until_us);
    out.text(row.profile);
    out.text(row.key_fingerprint);
    out.maybe(row.input_digest);
    out.maybe(row.output_digest);
    out.text(row.detail);
    return out.finish();
}

void require_text(std::string_view field, std::string_view text) {
    const auto refuse = [&](const std::string& what) { throw Error(Fault::usage, std::string(field) + ": " + what); };
    if (text.size() > longest_text)
        refuse(std::to_string(text.size()) + " bytes, at most " + std::to_string(longest_text) + " are allowed");
    if (!is_utf8(text)) refuse("is no UTF-8");
    const auto control = std::find_if(text.begin(), text.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code < 0x20 || code == 0x7f;
    });
    if (control != text.end())
        refuse("has a control character at byte " + std::to_string(control - text.begin()) + ", one line is allowed");
}

std::string time_text(std::int64_t time_us) {
    constexpr std::int64_t million = 1'000'000;
    const std::int64_t rest = (time_us % million + million) % million;
    const auto whole = static_cast<std::time_t>((time_us - rest) / million);
    std::tm parts{};
    char text[64], out[80];
    if (::gmtime_r(&whole, &parts) == nullptr) return std::to_string(time_us) + " us";
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(out, sizeof out, "%s.%06dZ", text, static_cast<int>(rest));
    return out;
}

std::int64_t time_from(std::string_view field, const std::string& text) {
    for (const char* format : {"%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"}) {
        std::tm parts{};
        const char* end = ::strptime(text.c_str(), format, &parts);
        if (end == nullptr || *end != '\0') continue;
        const std::tm given = parts;
        const std::time_t seconds = ::timegm(&parts);
        // 2026-02-30 would silently become 2 March.
        if (parts.tm_mday != given.tm_mday || parts.tm_mon != given.tm_mon || parts.tm_year < 70) break;
        return std::int64_t{seconds} * 1'000'000;
    }
    fail_time(field, text);
}

}  // namespace earmark::ledger
