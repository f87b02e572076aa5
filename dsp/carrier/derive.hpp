// How every secret value follows from the master key:
//
//     master --(BLAKE2b KDF)--> sync subkey    --(keyed BLAKE2b)--> one stream key per name, and the fingerprint
//                          '--> payload subkey --(keyed BLAKE2b)--> one stream key per name
//
// A subkey tells nothing about the master or the other subkey; that is what makes a screening key safe to give away.
// Changing anything here makes every key and every mark in the world unreadable: the known-answer tests stand guard.
#pragma once

#include <earmark/key.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace earmark {

// Idempotent and thread safe; to be called before any other function of libsodium. Throws Error(key) if it fails.
void start_sodium();

enum class Subkey : std::uint64_t { sync = 1, payload = 2 };

Secret derive_subkey(const Secret& master, Subkey which);
Secret derive_stream_key(const Secret& subkey, std::string_view stream_name);
std::string derive_fingerprint(const Secret& sync);  // 16 hex digits

}  // namespace earmark
