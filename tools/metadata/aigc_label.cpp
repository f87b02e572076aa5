#include "tools/metadata/aigc_label.hpp"

#include "tools/metadata/provider_code.hpp"

#include <earmark/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace earmark::tools {

namespace {

constexpr std::size_t longest_text = 65536;
constexpr std::size_t deepest = 2;  // {"AIGC": {...}}

struct Field {
    const char* key;
    std::string AigcLabel::*value;
};
constexpr std::array fields{
    Field{"Label", &AigcLabel::label},
    Field{"ContentProducer", &AigcLabel::content_producer},
    Field{"ProduceID", &AigcLabel::produce_id},
    Field{"ReservedCode1", &AigcLabel::reserved_code_1},
    Field{"ContentPropagator", &AigcLabel::content_propagator},
    Field{"PropagateID", &AigcLabel::propagate_id},
    Field{"ReservedCode2", &AigcLabel::reserved_code_2},
};

// Every key with its value as it comes: a DOM would silently drop the first of two equal keys.
class Keys : public nlohmann::json_sax<nlohmann::json> {
  public:
    std::vector<std::pair<std::string, std::optional<std::string>>> pairs;  // no value: not a string
    bool wrapped = false, two_objects = false, too_deep = false, not_an_object = false;

    bool null() override { return other(); }
    bool boolean(bool) override { return other(); }
    bool number_integer(number_integer_t) override { return other(); }
    bool number_unsigned(number_unsigned_t) override { return other(); }
    bool number_float(number_float_t, const string_t&) override { return other(); }
    bool binary(binary_t&) override { return other(); }
    bool string(string_t& text) override {
        if (depth_ == 0) not_an_object = true;
        if (!pairs.empty()) pairs.back().second = text;
        return depth_ > 0;
    }
    bool key(string_t& text) override {
        pairs.emplace_back(text, std::nullopt);
        return true;
    }
    bool start_object(std::size_t) override {
        ++depth_;
        if (depth_ == deepest) {
            // The wrapping key is no field; whatever stands beside it is too much.
            wrapped = pairs.size() == 1 && pairs.front().first == "AIGC" && !wrapped;
            two_objects = !wrapped;
            if (wrapped) pairs.clear();
        }
        too_deep = depth_ > deepest;
        return !too_deep && !two_objects;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override {
        too_deep = true;
        return false;
    }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

  private:
    bool other() {
        if (depth_ == 0) not_an_object = true;
        return depth_ > 0;
    }
    std::size_t depth_ = 0;
};

std::string shown(std::string_view value) {
    constexpr std::size_t longest = 60;
    std::string text = "'";
    for (const char c : value.substr(0, longest)) text += c >= 0x20 && c < 0x7F ? c : '?';
    return text + (value.size() > longest ? "...'" : "'");
}

// Annex E j: 0x21, 0x23 to 0x5B, 0x5D to 0x7E, and a quotation mark behind a backslash.
bool is_allowed(char c) {
    return c >= 0x21 && c <= 0x7E && c != '\\';
}

std::string bad_value(const std::string& key, const std::string& value) {
    return key + " is " + shown(value) + ", allowed are 0x21 to 0x7E without the backslash";
}

std::string bad_characters(const Keys& keys, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') continue;
        if (i + 1 == text.size() || text[i + 1] != '"') return "a backslash stands before something else than \"";
        ++i;
    }
    for (const auto& [key, value] : keys.pairs) {
        if (value && !std::all_of(value->begin(), value->end(), is_allowed)) {
            return bad_value(key, *value);
        }
    }
    return "";
}

std::string wrong_fields(const Keys& keys) {
    for (const Field& field : fields) {
        const auto same = [&](const auto& pair) { return pair.first == field.key; };
        const auto times = std::count_if(keys.pairs.begin(), keys.pairs.end(), same);
        if (times == 0) return std::string(field.key) + " is missing";
        if (times > 1) return std::string(field.key) + " stands " + std::to_string(times) + " times";
    }
    for (const auto& [key, value] : keys.pairs) {
        const auto same = [&](const Field& field) { return key == field.key; };
        if (std::none_of(fields.begin(), fields.end(), same)) return shown(key) + " is no field of the label";
    }
    return "";
}

std::string not_strings(const Keys& keys) {
    for (const auto& [key, value] : keys.pairs) {
        if (!value) return shown(key) + " is no string";
    }
    return "";
}

std::string wrong_party(const char* key, const std::string& value) {
    if (value.empty()) return std::string(key) + " is empty";
    const std::string fault = looks_like_code(value) ? code_fault(value) : "";
    return fault.empty() ? "" : std::string(key) + " " + shown(value) + ": " + fault;
}

// "" of a text that is a JSON object of the form looked for.
std::string wrong_form(const Keys& keys, bool parsed) {
    if (keys.not_an_object) return "is JSON, but no object";
    if (keys.too_deep || keys.two_objects) return "an object or array stands inside, and not as {\"AIGC\": {...}}";
    return parsed ? "" : "is no JSON in UTF-8";
}

Rule rule(const char* name, const char* source, const std::string& why) {
    return {name, source, why.empty(), why};
}

std::vector<Rule> broken_form(const std::string& why) {
    return {rule("JSON object in UTF-8", "Annex E b", why)};
}

}  // namespace

bool LabelReading::valid() const {
    return std::all_of(rules.begin(), rules.end(), [](const Rule& one) { return one.kept; });
}

std::string to_json(const AigcLabel& label) {
    std::string text;
    for (const Field& field : fields) {
        text += text.empty() ? "{\"" : ",\"";
        text += field.key;
        text += "\":\"";
        for (const char c : label.*field.value) text += c == '"' ? std::string("\\\"") : std::string(1, c);
        text += '"';
    }
    return text + "}";
}

LabelReading read_label(std::string_view text) {
    if (text.size() > longest_text) {
        return {{}, broken_form(std::to_string(text.size()) + " bytes, at most " + std::to_string(longest_text))};
    }
    Keys keys;
    const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &keys);
    const std::string form = wrong_form(keys, parsed);
    if (!form.empty()) return {{}, broken_form(form)};
    LabelReading reading;
    const std::string strings = not_strings(keys);
    AigcLabel label;
    label.label.clear();
    for (const Field& field : fields) {
        for (const auto& [key, value] : keys.pairs) {
            if (key == field.key) label.*field.value = value.value_or("");
        }
    }
    if (strings.empty()) reading.label = label;
    const bool known = label.label == "1" || label.label == "2" || label.label == "3";
    reading.rules = {
        rule("JSON object in UTF-8", "Annex E b", ""),
        rule("seven fields, each once, no other", "Annex E", wrong_fields(keys)),
        rule("every value a string", "Annex E", strings),
        rule("Label is 1, 2 or 3", "Annex E c", known ? "" : "Label is " + shown(label.label)),
        rule("characters", "Annex E j", bad_characters(keys, text)),
        rule("ContentProducer is a name or a code", "Annex E, TC260-PG-20252A",
             wrong_party("ContentProducer", label.content_producer)),
        rule("ProduceID is given", "Annex E", label.produce_id.empty() ? "ProduceID is empty" : ""),
        rule("ContentPropagator is a name or a code", "Annex E, TC260-PG-20252A",
             wrong_party("ContentPropagator", label.content_propagator)),
        rule("PropagateID is given", "Annex E", label.propagate_id.empty() ? "PropagateID is empty" : ""),
    };
    return reading;
}

void require_valid(const AigcLabel& label) {
    for (const Field& field : fields) {
        const std::string& value = label.*field.value;
        if (!std::all_of(value.begin(), value.end(), is_allowed))
            throw Error(Fault::usage, "AIGC label: " + bad_value(field.key, value));
    }
    for (const Rule& one : read_label(to_json(label)).rules) {
        if (!one.kept) throw Error(Fault::usage, "AIGC label: " + one.why + " (rule: " + one.name + ")");
    }
}

}  // namespace earmark::tools
