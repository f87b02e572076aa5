#include "dsp/carrier/seal.hpp"

#include "dsp/carrier/derive.hpp"

#include <sodium.h>

namespace earmark {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(nonce_bytes + tag_bytes == sealed_extra_bytes);
static_assert(key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

// A master key seals under its payload subkey: its screening key must not open what was read.
const Secret& innermost(const AnyKey& key) {
    if (const auto* master = std::get_if<Key>(&key)) return master->payload();
    return std::get<ScreeningKey>(key).sync();
}

}  // namespace

Secret derive_sealing_key(std::span<const AnyKey> keys) {
    Secret sealing = derive_stream_key(innermost(keys.front()), "sealed state");
    for (const AnyKey& key : keys.subspan(1))
        sealing = derive_stream_key(sealing, derive_fingerprint(derive_stream_key(innermost(key), "sealed state")));
    return sealing;
}

std::vector<std::byte> seal(const Secret& key, std::span<const std::byte> header, std::span<const std::byte> plain) {
    start_sodium();
    std::vector<std::byte> sealed(nonce_bytes + plain.size() + tag_bytes);
    randombytes_buf(sealed.data(), nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed.data() + nonce_bytes), nullptr, raw(plain.data()),
                                               plain.size(), raw(header.data()), header.size(), nullptr,
                                               raw(sealed.data()), key.bytes().data());
    return sealed;
}

bool open_sealed(const Secret& key, std::span<const std::byte> header, std::span<const std::byte> sealed,
                 std::vector<std::byte>& plain) {
    start_sodium();
    if (sealed.size() < nonce_bytes + tag_bytes) return false;
    plain.resize(sealed.size() - nonce_bytes - tag_bytes);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               raw(plain.data()), nullptr, nullptr, raw(sealed.data() + nonce_bytes), sealed.size() - nonce_bytes,
               raw(header.data()), header.size(), raw(sealed.data()), key.bytes().data()) == 0;
}

}  // namespace earmark
