// The text of a key file, version 1:
//
//     earmark key 1
//     # Keep this file secret: whoever has it can mark audio and read marks.
//     kind: master                          (or: screening)
//     secret: <64 hexadecimal digits>       (of a master key the master, of a screening key the sync subkey)
//     fingerprint: <16 hexadecimal digits>
//     checksum: <16 hexadecimal digits>     (BLAKE2b-128 of all lines before, each ended by LF; its first eight bytes)
//
// Lines end in LF or CRLF, the last may go without; digits are lower case; lines that begin with # are skipped, but the
// checksum covers them. Nothing else is tolerated: a key that changed by one bit would search for a mark nobody made.
#pragma once

#include "dsp/carrier/wiped_text.hpp"

#include <earmark/key.hpp>

#include <string>
#include <string_view>

namespace earmark {

inline constexpr int key_text_version = 1;
inline constexpr std::size_t max_key_text_bytes = 64 * 1024;

enum class KeyKind { master, screening };

struct KeyRecord {
    KeyKind kind = KeyKind::master;
    Secret secret;
    std::string fingerprint;  // as written; the caller compares it with the one that follows from the secret
};

void append_key_text(WipedText& text, const KeyRecord& record);

// Throws Error(key): "<name>: <what is wrong>", in one line whatever `name` holds.
KeyRecord parse_key_text(std::string_view text, const std::string& name);
[[noreturn]] void fail_key(const std::string& name, const std::string& message);

}  // namespace earmark
