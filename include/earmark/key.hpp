// Keys. A Key marks and reads; a ScreeningKey, made from it, finds marks and reads no payload.
//
//     auto key = earmark::Key::generate();
//     key.save("vendor.key");                       // mode 0600, never over an existing file
//     key.screening().save("screen.key");
//     auto any = earmark::load_key("screen.key");   // std::variant<Key, ScreeningKey>
//
// Values: copy freely, share between threads without locks; memory is wiped when the last copy goes.
// Errors: Error(key), naming the file and what is wrong with it (missing, damaged, truncated, another kind, later
// version).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace earmark {

inline constexpr std::size_t key_bytes = 32;

// 256 secret bits, wiped on destruction.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::span<const std::uint8_t, key_bytes> bytes);
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret();
    std::span<const std::uint8_t, key_bytes> bytes() const noexcept { return bytes_; }
    bool operator==(const Secret&) const = default;

  private:
    std::array<std::uint8_t, key_bytes> bytes_{};
};

class ScreeningKey {
  public:
    explicit ScreeningKey(Secret sync) : sync_(std::move(sync)) {}
    static ScreeningKey parse(std::string_view text, const std::string& name = "key");

    const Secret& sync() const noexcept { return sync_; }
    std::string fingerprint() const;  // 16 hex digits, the same as that of the Key it came from; tells nothing about it
    std::string text() const;         // what save() writes
    void save(const std::filesystem::path& path) const;

  private:
    Secret sync_;
};

class Key {
  public:
    static Key generate();  // from the system's randomness
    static Key from_bytes(std::span<const std::uint8_t, key_bytes> master);
    static Key parse(std::string_view text, const std::string& name = "key");
    static Key load(const std::filesystem::path& path);  // a screening key here is an Error(key)

    ScreeningKey screening() const { return ScreeningKey(sync_); }
    const Secret& sync() const noexcept { return sync_; }        // where the mark is, and that it is there
    const Secret& payload() const noexcept { return payload_; }  // what it says
    std::string fingerprint() const;
    std::string text() const;
    void save(const std::filesystem::path& path) const;

  private:
    explicit Key(Secret master);
    Secret master_, sync_, payload_;
};

using AnyKey = std::variant<Key, ScreeningKey>;
AnyKey load_key(const std::filesystem::path& path);

}  // namespace earmark
