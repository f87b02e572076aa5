#include "tools/metadata/aigc_label.hpp"

#include <earmark/error.hpp>

#include <doctest/doctest.h>
#include <random>

using namespace earmark::tools;

namespace {

const AigcLabel good{"1", "ExampleVoice", "id-1", "", "Platform", "p-9", "{\"a\":\"b\"}"};

std::string broken_rule(const std::string& text) {
    std::string names;
    for (const Rule& rule : read_label(text).rules) {
        if (rule.kept) continue;
        CHECK(!rule.why.empty());
        names += (names.empty() ? "" : "; ") + rule.name;
    }
    return names;
}

std::string with(const std::string& from, const std::string& to) {
    std::string text = to_json(good);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("label: seven strings in the order of Annex E, quotation marks behind a backslash") {
    CHECK(to_json(good) == R"({"Label":"1","ContentProducer":"ExampleVoice","ProduceID":"id-1","ReservedCode1":"",)"
                           R"("ContentPropagator":"Platform","PropagateID":"p-9","ReservedCode2":"{\"a\":\"b\"}"})");
}

TEST_CASE("label: what is written is read, inner object and wrapped one") {
    for (const std::string& text : {to_json(good), "{\"AIGC\":" + to_json(good) + "}", " \n" + to_json(good)}) {
        const LabelReading reading = read_label(text);
        CHECK(reading.valid());
        REQUIRE(reading.label);
        CHECK(*reading.label == good);
    }
    CHECK(read_label(to_json(good)).rules.size() == 9);
}

TEST_CASE("label: each rule can be broken alone, and is named") {
    const std::string form = "JSON object in UTF-8", fields = "seven fields, each once, no other",
                      strings = "every value a string", characters = "characters";
    CHECK(broken_rule("") == form);
    CHECK(broken_rule("AIGC") == form);
    CHECK(broken_rule("\"Label\"") == form);
    CHECK(broken_rule("[]") == form);
    CHECK(broken_rule("7") == form);
    CHECK(broken_rule(to_json(good) + "x") == form);
    CHECK(broken_rule(to_json(good).substr(0, 40)) == form);
    CHECK(broken_rule(with("ExampleVoice", "\xC3\x28")) == form);
    CHECK(broken_rule(with("ExampleVoice", "\xED\xA0\x80")) == form);  // a surrogate
    CHECK(broken_rule(with("\"id-1\"", "{\"a\":{}}")) == form);
    CHECK(broken_rule(with("\"id-1\"", "[\"id-1\"]")) == form);
    CHECK(broken_rule("{\"AIGC\":{\"AIGC\":" + to_json(good) + "}}") == form);
    CHECK(broken_rule(std::string(1 << 20, '[')) == form);
    CHECK(broken_rule(std::string(70000, ' ') + to_json(good)) == form);
    CHECK(broken_rule(with("\"ReservedCode1\":\"\",", "")) == fields);
    CHECK(broken_rule(with("\"ReservedCode1\"", "\"reservedcode1\"")) == fields);
    CHECK(broken_rule(with("\"ReservedCode1\":\"\",", "\"ReservedCode1\":\"\",\"ReservedCode1\":\"\",")) == fields);
    CHECK(broken_rule(with("\"ReservedCode1\":\"\",", "\"ReservedCode1\":\"\",\"More\":\"\",")) == fields);
    CHECK(broken_rule(with("\"id-1\"", "1")) == strings + "; ProduceID is given");
    CHECK(broken_rule(with("\"ReservedCode1\":\"\"", "\"ReservedCode1\":null")) == strings);
    CHECK(broken_rule(with("\"Label\":\"1\"", "\"Label\":\"4\"")) == "Label is 1, 2 or 3");
    CHECK(broken_rule(with("\"Label\":\"1\"", "\"Label\":\"01\"")) == "Label is 1, 2 or 3");
    CHECK(broken_rule(with("\"Label\":\"1\"", "\"Label\":1")) == strings + "; Label is 1, 2 or 3");
    CHECK(broken_rule(with("id-1", "id 1")) == characters);
    CHECK(broken_rule(with("id-1", "id\\\\1")) == characters);
    CHECK(broken_rule(with("id-1", "\\u0041")) == characters);
    CHECK(broken_rule(with("id-1", "声音")) == characters);
    CHECK(broken_rule(with("id-1", "\x7F")) == characters);
    CHECK(broken_rule(with("\"ExampleVoice\"", "\"\"")) == "ContentProducer is a name or a code");
    CHECK(broken_rule(with("Platform", "0011910000000000000001TEST1")) == "ContentPropagator is a name or a code");
    CHECK(broken_rule(with("p-9", "")) == "PropagateID is given");
}

TEST_CASE("label: every printable character but the backslash may stand in a value") {
    for (int c = 0x20; c <= 0x7F; ++c) {
        CAPTURE(c);
        AigcLabel label = good;
        label.produce_id = std::string("id") + static_cast<char>(c);
        bool refused = false;
        try {
            require_valid(label);
        } catch (const earmark::Error& error) {
            refused = error.fault() == earmark::Fault::usage;
        }
        CHECK(refused == (c == 0x20 || c == '\\' || c == 0x7F));
        if (!refused) CHECK(read_label(to_json(label)).label == label);
    }
}

TEST_CASE("label: any bytes get an answer") {
    const std::string text = "{\"AIGC\":" + to_json(good) + "}";
    int valid = 0;
    for (unsigned seed = 0; seed < 5000; ++seed) {
        std::mt19937 random(seed);
        std::string bytes = text;
        for (unsigned times = 1 + random() % 4; times > 0; --times) {
            const std::size_t at = random() % bytes.size();
            if (random() % 2 == 0) {
                bytes[at] = static_cast<char>(random());
            } else {
                bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 20));
            }
        }
        valid += read_label(bytes).valid();
    }
    CHECK(valid < 2500);
}
