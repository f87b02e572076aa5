#include "dsp/carrier/derive.hpp"

#include <earmark/error.hpp>

#include <sodium.h>

#include <array>

namespace earmark {
namespace {

// The context of libsodium's KDF is exactly eight characters.
constexpr const char* kdf_context = "earmark1";
static_assert(std::char_traits<char>::length("earmark1") == crypto_kdf_CONTEXTBYTES);
static_assert(key_bytes == crypto_kdf_KEYBYTES && key_bytes == crypto_generichash_KEYBYTES);

// The labels keep the uses of one subkey apart: no stream name can produce the fingerprint's input.
constexpr std::string_view stream_label = "earmark stream 1: ";
constexpr std::string_view fingerprint_label = "earmark fingerprint 1";
constexpr std::size_t fingerprint_bytes = 8;

// BLAKE2b takes a key of its own (RFC 7693, section 2.5), so no HMAC is needed. The 16 bytes that libsodium asks for as
// a minimum are cut for shorter results.
void keyed_hash(std::span<std::uint8_t> out, const Secret& key, std::string_view label, std::string_view message) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, key.bytes().data(), key_bytes, out.size());
    const auto update = [&state](std::string_view part) {
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    };
    update(label);
    update(message);
    crypto_generichash_final(&state, out.data(), out.size());
    sodium_memzero(&state, sizeof state);
}

}  // namespace

void start_sodium() {
    if (sodium_init() < 0) throw Error(Fault::key, "libsodium does not start: no source of randomness");
}

Secret derive_subkey(const Secret& master, Subkey which) {
    start_sodium();
    std::array<std::uint8_t, key_bytes> bytes;
    crypto_kdf_derive_from_key(bytes.data(), bytes.size(), static_cast<std::uint64_t>(which), kdf_context,
                               master.bytes().data());
    const Secret subkey(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return subkey;
}

Secret derive_stream_key(const Secret& subkey, std::string_view stream_name) {
    start_sodium();
    std::array<std::uint8_t, key_bytes> bytes;
    keyed_hash(bytes, subkey, stream_label, stream_name);
    const Secret stream_key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return stream_key;
}

std::string derive_fingerprint(const Secret& sync) {
    start_sodium();
    std::array<std::uint8_t, crypto_generichash_BYTES_MIN> hash;
    keyed_hash(hash, sync, fingerprint_label, {});
    std::array<char, 2 * fingerprint_bytes + 1> hex;
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), fingerprint_bytes);
    return hex.data();
}

}  // namespace earmark
