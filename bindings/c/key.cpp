#include "bindings/c/key.hpp"

#include "bindings/c/status.hpp"

#include <earmark/payload.hpp>

namespace earmark::c {

const Key& master_of(const earmark_key* key) {
    require(key, "key");
    if (const Key* master = std::get_if<Key>(&key->any)) return *master;
    throw Error(Fault::key, "key: a screening key finds marks; marking takes the master key");
}

}  // namespace earmark::c

using namespace earmark;

earmark_status earmark_key_load(const char* path, earmark_key** key) {
    return c::guarded([&] {
        c::require(path, "path");
        c::require(key, "key");
        *key = new earmark_key{load_key(path)};
    });
}

earmark_status earmark_key_parse(const char* text, const char* name, earmark_key** key) {
    return c::guarded([&] {
        c::require(text, "text");
        c::require(key, "key");
        *key = new earmark_key{parse_key(text, name != nullptr ? name : "key")};
    });
}

earmark_status earmark_key_generate(earmark_key** key) {
    return c::guarded([&] {
        c::require(key, "key");
        *key = new earmark_key{Key::generate()};
    });
}

earmark_status earmark_key_screening(const earmark_key* master, earmark_key** screening) {
    return c::guarded([&] {
        c::require(screening, "screening");
        *screening = new earmark_key{c::master_of(master).screening()};
    });
}

earmark_status earmark_key_save(const earmark_key* key, const char* path) {
    return c::guarded([&] {
        c::require(key, "key");
        c::require(path, "path");
        std::visit([&](const auto& any) { any.save(path); }, key->any);
    });
}

int earmark_key_is_master(const earmark_key* key) {
    return key != nullptr && std::holds_alternative<Key>(key->any) ? 1 : 0;
}

earmark_status earmark_key_fingerprint(const earmark_key* key, char fingerprint[17]) {
    return c::guarded([&] {
        c::require(key, "key");
        c::require(fingerprint, "fingerprint");
        const std::string text = std::visit([](const auto& any) { return any.fingerprint(); }, key->any);
        std::memcpy(fingerprint, text.c_str(), text.size() + 1);
    });
}

void earmark_key_free(earmark_key* key) {
    delete key;
}

earmark_status earmark_payload_parse(const char* text, char digits[33]) {
    return c::guarded([&] {
        c::require(text, "payload");
        c::require(digits, "digits");
        const std::string hex = Payload::from_hex(text).hex();
        std::memcpy(digits, hex.c_str(), hex.size() + 1);
    });
}
