// Bytes that only the holder of the same keys can read or make: XChaCha20-Poly1305 under a key derived from theirs.
#pragma once

#include <earmark/key.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace earmark {

// The same keys in the same order give the same; nothing about them follows from it.
Secret derive_sealing_key(std::span<const AnyKey> keys);

inline constexpr std::size_t sealed_extra_bytes = 40;  // nonce and tag

// `header` stays readable and is protected too.
std::vector<std::byte> seal(const Secret& key, std::span<const std::byte> header, std::span<const std::byte> plain);
// False where anything differs from what seal() took and gave. `plain` gets its size.
bool open_sealed(const Secret& key, std::span<const std::byte> header, std::span<const std::byte> sealed,
                 std::vector<std::byte>& plain);

}  // namespace earmark
