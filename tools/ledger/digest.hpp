// BLAKE2b-256 (RFC 7693), what `b2sum -l 256` prints.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace earmark::ledger {

using Hash = std::array<std::uint8_t, 32>;

std::string hex(std::span<const std::uint8_t> bytes);  // lower case

class Digest {
  public:
    explicit Digest(std::span<const std::uint8_t> key = {});  // no key, or 16 to 64 bytes
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    void add(const void* bytes, std::size_t count);
    Hash finish();  // once

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Of all bytes of a regular file, whose position stays where it is. Throws Error(input) naming `name`.
Hash file_digest(int fd, const std::string& name);
Hash file_digest(const std::string& path);

}  // namespace earmark::ledger
