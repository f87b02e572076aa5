#include "dsp/carrier/derive.hpp"

#include <earmark/error.hpp>
#include <earmark/key.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace earmark;

namespace {

Key test_key() {
    std::array<std::uint8_t, key_bytes> master;
    for (std::size_t i = 0; i < master.size(); ++i) master[i] = static_cast<std::uint8_t>(i);
    return Key::from_bytes(master);
}

std::string hex(const Secret& secret) {
    std::string text;
    for (const std::uint8_t byte : secret.bytes()) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

const std::string known_text =
    "earmark key 1\n"
    "# Keep this file secret: whoever has it can mark audio and read marks.\n"
    "kind: master\n"
    "secret: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "fingerprint: aea51b58c631a55d\n"
    "checksum: f59348995edf71d9\n";

// The error, which must be Error(key), one line and without a piece of the secret; empty when there is none.
std::string parse_error(const std::string& text, const std::string& name = "k.key") {
    try {
        parse_key(text, name);
    } catch (const Error& error) {
        const std::string what = error.what();
        CHECK(error.fault() == Fault::key);
        CHECK(what.find('\n') == std::string::npos);
        CHECK(what.find("0102030405") == std::string::npos);
        return what;
    }
    return "";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

}  // namespace

// Values from reference.py, which derives with Python's hashlib.blake2b.
TEST_CASE("key: known answers of subkeys, fingerprint and file") {
    const Key key = test_key();
    CHECK(hex(key.sync()) == "2930da79ede841134f1101442f22929384c41175a43d107e1c33b76fa963c6f7");
    CHECK(hex(key.payload()) == "4bb7825dc9ed58f36520deb9cff568ba2a2c0d0c0f92e98c68bab7dfd7322ecf");
    CHECK(key.fingerprint() == "aea51b58c631a55d");
    CHECK(key.text() == known_text);
}

TEST_CASE("key: generated keys differ and their parts are kept apart") {
    const Key first = Key::generate(), second = Key::generate();
    CHECK(first != second);
    CHECK(first.sync() != first.payload());
    CHECK(first.sync() != second.sync());
    CHECK(first.fingerprint() != second.fingerprint());
    CHECK_FALSE(contains(first.text(), hex(first.sync())));
    CHECK_FALSE(contains(first.screening().text(), hex(first.payload())));
}

TEST_CASE("key: a screening key has the fingerprint and the sync subkey of its key") {
    const Key key = test_key();
    CHECK(key.screening().sync() == key.sync());
    CHECK(key.screening().fingerprint() == key.fingerprint());
    CHECK(contains(key.screening().text(), hex(key.sync())));
    CHECK_FALSE(contains(key.screening().text(), "secret: 00010203"));
}

TEST_CASE("key text: goes round for both kinds") {
    const Key key = test_key();
    CHECK(Key::parse(key.text()) == key);
    CHECK(ScreeningKey::parse(key.screening().text()) == key.screening());
    CHECK(std::get<Key>(parse_key(key.text())) == key);
    CHECK(std::get<ScreeningKey>(parse_key(key.screening().text())) == key.screening());
}

TEST_CASE("key text: CRLF and a missing last line end are tolerated") {
    const std::string crlf = replaced(known_text, "\n", "\r\n");
    CHECK(Key::parse(crlf) == test_key());
    CHECK(Key::parse(known_text.substr(0, known_text.size() - 1)) == test_key());
    CHECK(Key::parse(crlf.substr(0, crlf.size() - 2)) == test_key());
}

TEST_CASE("key text: each kind where the other is needed says what to do") {
    const Key key = test_key();
    CHECK_THROWS_WITH_AS(Key::parse(key.screening().text(), "screen.key"),
                         "screen.key: is a screening key, which finds marks but cannot make or read them: give the "
                         "master key it was made from",
                         Error);
    CHECK_THROWS_WITH_AS(
        ScreeningKey::parse(key.text(), "vendor.key"),
        "vendor.key: is a master key where a screening key is needed: give the screening key made from it", Error);
}

TEST_CASE("key text: what is wrong is told apart") {
    CHECK(parse_error("") == "k.key: is empty");
    CHECK(contains(parse_error("RIFF....WAVEfmt "), "k.key: is not an earmark key file"));
    CHECK(contains(parse_error("\n"), "is not an earmark key file"));
    CHECK(contains(parse_error("\xef\xbb\xbf" + known_text), "is not an earmark key file"));
    CHECK(parse_error(replaced(known_text, "key 1\n", "key 2\n")) ==
          "k.key: is a key file of version 2, this earmark reads version 1; use a later earmark");
    CHECK(contains(parse_error("earmark key 12\nanything"), "version 12, this earmark reads version 1"));
    for (const char* version : {"0", "01", "-1", "1 ", "x", "", "99999999999999999999"})
        CHECK(contains(parse_error(replaced(known_text, "key 1\n", std::string("key ") + version + "\n")),
                       "is damaged: its first line has no valid version"));
    CHECK(contains(parse_error(replaced(known_text, "000102", "000103")), "is damaged: its checksum does not match"));
    CHECK(contains(parse_error(replaced(known_text, "71d9", "71D9")), "is damaged: its checksum does not match"));
    CHECK(contains(parse_error(known_text + "\n"), "is damaged: text follows its checksum"));
    CHECK(contains(parse_error(known_text + known_text), "is damaged: text follows its checksum"));
    CHECK(contains(parse_error(known_text + std::string(70000, 'x')), "is larger than 64 KiB"));
}

// Files with a right checksum and wrong fields: put together by hand, or by a program that is not this one. The
// checksums are Python's: hashlib.blake2b(lines, digest_size=16).hexdigest()[:16].
TEST_CASE("key text: fields are checked although the checksum holds") {
    const auto with = [](const std::string& from, const std::string& to, const std::string& checksum) {
        return parse_error(replaced(replaced(known_text, from, to), "f59348995edf71d9", checksum));
    };
    CHECK(with("kind: master\n", "kind: guest\n", "6c57dae189fb6024") ==
          "k.key: is damaged: its kind is neither 'master' nor 'screening'");
    CHECK(with("kind: master\n", "kind: screening\n", "6958a55c89ba4fca") ==
          "k.key: is damaged: its fingerprint is not that of its secret");
    CHECK(with("kind: master\n", "", "bc911f3125e65ae6") == "k.key: is damaged: 'kind: ' is not where it should be");
    CHECK(with("kind: master\n", "kind: master\nkind: master\n", "f6cf21283f3b9391") ==
          "k.key: is damaged: 'secret: ' is not where it should be");
    CHECK(with("1d1e1f", "1d1e", "bb87320b2981ab7e") == "k.key: is damaged: its secret is not 64 hexadecimal digits");
    CHECK(with("1d1e1f", "1d1e1F", "872471d0b5bde875") == "k.key: is damaged: its secret is not 64 hexadecimal digits");
    CHECK(with("1d1e1f", "1d1e1g", "8c888b896d2192de") == "k.key: is damaged: its secret is not 64 hexadecimal digits");
    CHECK(with("fingerprint: aea51b58c631a55d", "fingerprint: aea51b58c631a55e", "ec6f2d8c252001e9") ==
          "k.key: is damaged: its fingerprint is not that of its secret");
    CHECK(with("fingerprint: aea51b58c631a55d", "fingerprint: aea5", "e78afe6333e0e60d") ==
          "k.key: is damaged: its fingerprint is not 16 hexadecimal digits");
    CHECK(with("fingerprint: aea51b58c631a55d\n", "fingerprint: aea51b58c631a55d\nnote: mine\n", "9a3dc015832fac50") ==
          "k.key: is damaged: there are unknown lines before its checksum");
    CHECK(with("kind: master\n", "# mine\nkind: master\n# and\n", "9753935c9758bef9") ==
          "");  // comments may be added, if checksummed
}

TEST_CASE("key text: an error is one line and names the file, whatever the name") {
    CHECK(parse_error("", "a\nb\x1b.key") == "a?b?.key: is empty");
    CHECK(parse_error("", "") == "'': is empty");
}

TEST_CASE("key text: every truncation is found, and only the last line end may be missing") {
    for (const Key& key : {test_key(), Key::generate()})
        for (const std::string& text : {key.text(), key.screening().text(), replaced(key.text(), "\n", "\r\n")})
            for (std::size_t size = 0; size < text.size(); ++size) {
                const std::string error = parse_error(text.substr(0, size));
                const std::string ended = text.substr(0, size);
                if (!ended.ends_with('\r') && (ended + "\n" == text || ended + "\r\n" == text)) {
                    CHECK(error == "");
                } else {
                    CHECK(contains(error, size == 0 ? "is empty" : "is truncated"));
                }
            }
}

TEST_CASE("key text: every changed bit, every other character, every lost and doubled one is found") {
    for (const std::string& text : {test_key().text(), test_key().screening().text()})
        for (std::size_t at = 0; at < text.size(); ++at) {
            std::string changed = text;
            for (int value = 0; value < 256; ++value) {
                changed[at] = static_cast<char>(value);
                if (changed[at] != text[at]) REQUIRE_MESSAGE(parse_error(changed) != "", at, " -> ", value);
            }
            if (at + 1 < text.size()) REQUIRE(parse_error(std::string(text).erase(at, 1)) != "");
            REQUIRE(parse_error(std::string(text).insert(at, 1, text[at])) != "");
        }
}

// Whatever comes in, the parser returns a key or throws Error; nothing else, and no other exception.
TEST_CASE("key text: random bytes and mutated files only ever throw Error") {
    std::mt19937 random(20240607);  // its sequence is fixed by the standard
    const std::string seeds[] = {known_text, test_key().screening().text(),
                                 "earmark key 1\nchecksum: ", "checksum: \r\n#"};
    int refused = 0;
    for (int trial = 0; trial < 20000; ++trial) {
        std::string text = trial % 8 == 0 ? std::string(random() % 300, '\0') : seeds[random() % 4];
        if (trial % 8 == 0)
            for (char& c : text) c = static_cast<char>(random());
        for (std::uint32_t edits = random() % 6; edits > 0 && !text.empty(); --edits) {
            const std::size_t at = random() % text.size();
            const std::size_t length = random() % 20;
            const std::string piece = text.substr(random() % text.size(), length);
            switch (random() % 4) {
                case 0:
                    text[at] = static_cast<char>(random());
                    break;
                case 1:
                    text.erase(at, length);
                    break;
                case 2:
                    text.insert(at, piece);
                    break;
                default:
                    text.insert(at, 1, "\n\r\0:#1"[random() % 6]);
            }
        }
        try {
            const AnyKey key = parse_key(text);
            REQUIRE(std::visit([](const auto& any) { return any.fingerprint(); }, key) == "aea51b58c631a55d");
        } catch (const Error& error) {
            REQUIRE(error.fault() == Fault::key);
            ++refused;
        }
    }
    CHECK(refused > 10000);
    CHECK(refused < 20000);
}
