#include "dsp/carrier/key_text.hpp"

#include <earmark/error.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace earmark {
namespace {

constexpr std::string_view magic = "earmark key ";
constexpr std::string_view checksum_field = "checksum: ";
constexpr std::size_t checksum_digits = 16;
constexpr std::size_t fingerprint_digits = 16;
constexpr std::size_t max_line_bytes = 128;  // of a line that carries a field

constexpr std::string_view master_note = "# Keep this file secret: whoever has it can mark audio and read marks.";
constexpr std::string_view screening_note =
    "# Keep this file secret: whoever has it can find marks, remove or imitate them; it reads no payload.";

std::string_view name_of(KeyKind kind) {
    return kind == KeyKind::master ? "master" : "screening";
}

bool is_hex(std::string_view text, std::size_t digits) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == digits && std::all_of(text.begin(), text.end(), is_digit);
}

// Takes the next line, without its end, off the text.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

class Checksum {
  public:
    Checksum() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES_MIN); }
    Checksum(const Checksum&) = delete;
    Checksum& operator=(const Checksum&) = delete;
    ~Checksum() { sodium_memzero(&state_, sizeof state_); }

    // The end of a line counts as LF, so that a CRLF file has the checksum of the LF file.
    void add_line(std::string_view line) {
        add(line);
        add("\n");
    }

    std::string hex() {
        std::array<std::uint8_t, crypto_generichash_BYTES_MIN> hash;
        crypto_generichash_final(&state_, hash.data(), hash.size());
        std::array<char, checksum_digits + 1> digits;
        sodium_bin2hex(digits.data(), digits.size(), hash.data(), checksum_digits / 2);
        return digits.data();
    }

  private:
    void add(std::string_view part) {
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    }
    crypto_generichash_state state_;
};

void check_version(std::string_view first_line, bool is_last_line, const std::string& name) {
    const std::string own = std::to_string(key_text_version);
    if (is_last_line && !first_line.empty() && (std::string(magic) + own + "\r").starts_with(first_line))
        fail_key(name, "is truncated: it ends in its first line");
    if (!first_line.starts_with(magic))
        fail_key(name, "is not an earmark key file, whose first line is '" + std::string(magic) + own + "'");
    const std::string_view version = first_line.substr(magic.size());
    if (version == own) return;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool is_number = !version.empty() && version.size() <= 9 && version.front() != '0' &&
                           std::all_of(version.begin(), version.end(), is_digit);
    if (!is_number) fail_key(name, "is damaged: its first line has no valid version");
    fail_key(name, "is a key file of version " + std::string(version) + ", this earmark reads version " + own +
                       "; use a later earmark");
}

// The first line is known to be right. Returns the lines before the checksum line.
std::string_view check_sum(std::string_view text, const std::string& name) {
    Checksum checksum;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view before = text.substr(0, text.size() - rest.size());
        const std::string_view line = take_line(rest);
        if (!line.starts_with(checksum_field)) {
            checksum.add_line(line);
            continue;
        }
        const std::string_view found = line.substr(checksum_field.size());
        const bool cut_short = found.size() < checksum_digits || found.ends_with('\r');
        if (rest.empty() && cut_short) break;
        if (!rest.empty()) fail_key(name, "is damaged: text follows its checksum");
        if (found != checksum.hex()) fail_key(name, "is damaged: its checksum does not match");
        return before;
    }
    fail_key(name, "is truncated: it ends before a whole checksum line");
}

// Takes lines off the text until one that is not a comment, which must be this field.
std::string_view take_field(std::string_view& text, std::string_view field, const std::string& name) {
    std::string_view line;
    do {
        line = take_line(text);
    } while (line.starts_with('#'));
    const std::string label = std::string(field) + ": ";
    if (!line.starts_with(label)) fail_key(name, "is damaged: '" + label + "' is not where it should be");
    return line.substr(label.size());
}

}  // namespace

void fail_key(const std::string& name, const std::string& message) {
    std::string line = name.empty() ? "''" : name;
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    std::replace_if(line.begin(), line.end(), is_control, '?');
    throw Error(Fault::key, line + ": " + message);
}

void append_key_text(WipedText& text, const KeyRecord& record) {
    Checksum checksum;
    const auto add_line = [&](std::string_view label, std::string_view value) {
        WipedText line(max_line_bytes);
        line.append(label);
        line.append(value);
        checksum.add_line(line.view());
        text.append(line.view());
        text.append("\n");
    };
    std::array<char, 2 * key_bytes + 1> secret_hex;
    sodium_bin2hex(secret_hex.data(), secret_hex.size(), record.secret.bytes().data(), key_bytes);
    add_line(magic, std::to_string(key_text_version));
    add_line("", record.kind == KeyKind::master ? master_note : screening_note);
    add_line("kind: ", name_of(record.kind));
    add_line("secret: ", {secret_hex.data(), 2 * key_bytes});
    add_line("fingerprint: ", record.fingerprint);
    sodium_memzero(secret_hex.data(), secret_hex.size());
    text.append(checksum_field);
    text.append(checksum.hex());
    text.append("\n");
}

KeyRecord parse_key_text(std::string_view text, const std::string& name) {
    if (text.empty()) fail_key(name, "is empty");
    if (text.size() > max_key_text_bytes) fail_key(name, "is larger than 64 KiB: not an earmark key file");
    std::string_view rest = text;
    const std::string_view first_line = take_line(rest);
    check_version(first_line, rest.empty(), name);
    std::string_view fields = check_sum(text, name);
    take_line(fields);

    KeyRecord record;
    const std::string_view kind = take_field(fields, "kind", name);
    const std::string_view secret = take_field(fields, "secret", name);
    record.fingerprint = take_field(fields, "fingerprint", name);
    if (!fields.empty()) fail_key(name, "is damaged: there are unknown lines before its checksum");
    if (kind != name_of(KeyKind::master) && kind != name_of(KeyKind::screening))
        fail_key(name, "is damaged: its kind is neither 'master' nor 'screening'");
    record.kind = kind == name_of(KeyKind::master) ? KeyKind::master : KeyKind::screening;
    if (!is_hex(secret, 2 * key_bytes)) fail_key(name, "is damaged: its secret is not 64 hexadecimal digits");
    if (!is_hex(record.fingerprint, fingerprint_digits))
        fail_key(name, "is damaged: its fingerprint is not 16 hexadecimal digits");
    std::array<std::uint8_t, key_bytes> bytes;
    sodium_hex2bin(bytes.data(), bytes.size(), secret.data(), secret.size(), nullptr, nullptr, nullptr);
    record.secret = Secret(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return record;
}

}  // namespace earmark
