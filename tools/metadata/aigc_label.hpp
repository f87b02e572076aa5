// The AIGC object that GB 45438-2025 asks for in a file's metadata (section 6.1 and Annex E): its seven fields, their
// JSON, and the rules. After secondary sources; nothing here certifies conformity.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::tools {

struct AigcLabel {
    std::string label = "1";         // Label: "1" is, "2" may be, "3" is suspected to be AI-generated
    std::string content_producer;    // who generated it: name, or code of 27 characters
    std::string produce_id;          // the producer's own number of this content
    std::string reserved_code_1;     // the producer's integrity data, may be empty
    std::string content_propagator;  // who distributes it; on first writing the producer
    std::string propagate_id;        // the distributor's own number; on first writing produce_id
    std::string reserved_code_2;     // the distributor's integrity data, may be empty

    bool operator==(const AigcLabel&) const = default;
};

// One rule and whether it is kept.
struct Rule {
    std::string name, source;  // source: the clause, as secondary sources number it
    bool kept = true;
    std::string why;  // of a broken rule: value and what is allowed
};

struct LabelReading {
    std::optional<AigcLabel> label;  // when the text is an object of strings, whatever else is wrong with it
    std::vector<Rule> rules;         // every rule, in fixed order
    bool valid() const;
};

// The inner object, keys in the order of Annex E: what stands under a key that is already called AIGC.
std::string to_json(const AigcLabel& label);

// Takes the inner object and {"AIGC": {...}} alike. Bounded in time and depth whatever the text is; never throws.
LabelReading read_label(std::string_view text);

// Throws Error(usage) naming the first rule that the label would break.
void require_valid(const AigcLabel& label);

}  // namespace earmark::tools
