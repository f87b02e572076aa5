// Keys. A Key marks and reads; a ScreeningKey, made from it, finds marks and reads no payload.
//
//     auto key = earmark::Key::generate();
//     key.save("vendor.key");                       // mode 0600, never over an existing file
//     key.screening().save("screen.key");
//     auto any = earmark::load_key("screen.key");   // std::variant<Key, ScreeningKey>
//
// Values: copy freely, share between threads without locks; the memory of every copy is wiped when it goes.
// Errors: Error(key), one line naming the file and what is wrong with it (missing, damaged, truncated, another kind,
// later version).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace earmark {

inline constexpr std::size_t key_bytes = 32;

// 256 secret bits, wiped on destruction, compared in constant time.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::span<const std::uint8_t, key_bytes> bytes);
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret();
    std::span<const std::uint8_t, key_bytes> bytes() const noexcept { return bytes_; }
    bool operator==(const Secret& other) const noexcept;

  private:
    std::array<std::uint8_t, key_bytes> bytes_{};
};

class ScreeningKey {
  public:
    explicit ScreeningKey(Secret sync) : sync_(std::move(sync)) {}
    static ScreeningKey parse(std::string_view text, const std::string& name = "key");  // a master key: Error(key)

    const Secret& sync() const noexcept { return sync_; }
    std::string fingerprint() const;  // 16 hex digits, the same as that of the Key it came from; tells nothing about it
    std::string text() const;         // what save() writes, the secret in it: the caller wipes it
    void save(const std::filesystem::path& path) const;
    bool operator==(const ScreeningKey&) const = default;

  private:
    Secret sync_;
};

class Key {
  public:
    static Key generate();  // from the system's randomness
    static Key from_bytes(std::span<const std::uint8_t, key_bytes> master);
    static Key parse(std::string_view text, const std::string& name = "key");  // a screening key: Error(key)
    static Key load(const std::filesystem::path& path);                        // likewise

    ScreeningKey screening() const { return ScreeningKey(sync_); }
    const Secret& sync() const noexcept { return sync_; }        // where the mark is, and that it is there
    const Secret& payload() const noexcept { return payload_; }  // what it says
    std::string fingerprint() const;
    std::string text() const;
    void save(const std::filesystem::path& path) const;
    bool operator==(const Key&) const = default;

  private:
    explicit Key(const Secret& master);
    Secret master_, sync_, payload_;
};

using AnyKey = std::variant<Key, ScreeningKey>;
AnyKey parse_key(std::string_view text, const std::string& name = "key");  // `name` stands in the errors
AnyKey load_key(const std::filesystem::path& path);

}  // namespace earmark
