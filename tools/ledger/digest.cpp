#include "digest.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace earmark::ledger {

struct Digest::State {
    crypto_generichash_state blake2b;
};

std::string hex(std::span<const std::uint8_t> bytes) {
    std::string text(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

Digest::Digest(std::span<const std::uint8_t> key) : state_(std::make_unique<State>()) {
    if (sodium_init() < 0) throw Error(Fault::input, "libsodium does not start: no source of randomness");
    crypto_generichash_init(&state_->blake2b, key.empty() ? nullptr : key.data(), key.size(), sizeof(Hash));
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::add(const void* bytes, std::size_t count) {
    crypto_generichash_update(&state_->blake2b, static_cast<const unsigned char*>(bytes), count);
}

Hash Digest::finish() {
    Hash hash;
    crypto_generichash_final(&state_->blake2b, hash.data(), hash.size());
    return hash;
}

Hash file_digest(int fd, const std::string& name) {
    Digest digest;
    std::vector<char> piece(1 << 16);
    for (off_t at = 0;;) {
        const ssize_t got = ::pread(fd, piece.data(), piece.size(), at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error(Fault::input, name + ": cannot be read, " + std::strerror(errno));
        if (got == 0) return digest.finish();
        digest.add(piece.data(), static_cast<std::size_t>(got));
        at += got;
    }
}

Hash file_digest(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw Error(Fault::input, path + ": cannot be opened, " + std::strerror(errno));
    try {
        const Hash hash = file_digest(fd, path);
        ::close(fd);
        return hash;
    } catch (...) {
        ::close(fd);
        throw;
    }
}

}  // namespace earmark::ledger
