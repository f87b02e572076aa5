#include <earmark/key.hpp>

#include "dsp/carrier/derive.hpp"
#include "dsp/carrier/key_file.hpp"
#include "dsp/carrier/key_text.hpp"
#include "dsp/carrier/wiped_text.hpp"

#include <sodium.h>

namespace earmark {
namespace {

constexpr std::size_t written_key_bytes = 512;  // more than a written key ever takes

std::string text_of(const KeyRecord& record) {
    WipedText text(written_key_bytes);
    append_key_text(text, record);
    return std::string(text.view());
}

void save_record(const std::filesystem::path& path, const KeyRecord& record) {
    WipedText text(written_key_bytes);
    append_key_text(text, record);
    write_key_file(path, text.view());
}

AnyKey key_from_record(const KeyRecord& record, const std::string& name) {
    const AnyKey key = record.kind == KeyKind::master ? AnyKey(Key::from_bytes(record.secret.bytes()))
                                                      : AnyKey(ScreeningKey(record.secret));
    // The checksum held, so this file was put together by hand or by another program.
    if (std::visit([](const auto& any) { return any.fingerprint(); }, key) != record.fingerprint)
        fail_key(name, "is damaged: its fingerprint is not that of its secret");
    return key;
}

Key require_master(const AnyKey& key, const std::string& name) {
    if (const auto* master = std::get_if<Key>(&key)) return *master;
    fail_key(name,
             "is a screening key, which finds marks but cannot make or read them: "
             "give the master key it was made from");
}

}  // namespace

std::string ScreeningKey::fingerprint() const {
    return derive_fingerprint(sync_);
}

std::string ScreeningKey::text() const {
    return text_of({KeyKind::screening, sync_, fingerprint()});
}

void ScreeningKey::save(const std::filesystem::path& path) const {
    save_record(path, {KeyKind::screening, sync_, fingerprint()});
}

ScreeningKey ScreeningKey::parse(std::string_view text, const std::string& name) {
    const AnyKey key = parse_key(text, name);
    if (const auto* screening = std::get_if<ScreeningKey>(&key)) return *screening;
    fail_key(name, "is a master key where a screening key is needed: give the screening key made from it");
}

Key::Key(const Secret& master)
    : master_(master), sync_(derive_subkey(master, Subkey::sync)), payload_(derive_subkey(master, Subkey::payload)) {}

Key Key::generate() {
    start_sodium();
    std::array<std::uint8_t, key_bytes> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    const Secret master(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return Key(master);
}

Key Key::from_bytes(std::span<const std::uint8_t, key_bytes> master) {
    return Key(Secret(master));
}

Key Key::parse(std::string_view text, const std::string& name) {
    return require_master(parse_key(text, name), name);
}

Key Key::load(const std::filesystem::path& path) {
    return require_master(load_key(path), path.string());
}

std::string Key::fingerprint() const {
    return derive_fingerprint(sync_);
}

std::string Key::text() const {
    return text_of({KeyKind::master, master_, fingerprint()});
}

void Key::save(const std::filesystem::path& path) const {
    save_record(path, {KeyKind::master, master_, fingerprint()});
}

AnyKey parse_key(std::string_view text, const std::string& name) {
    start_sodium();
    return key_from_record(parse_key_text(text, name), name);
}

AnyKey load_key(const std::filesystem::path& path) {
    WipedText text(max_key_text_bytes);
    read_key_file(path, text);
    return parse_key(text.view(), path.string());
}

}  // namespace earmark
