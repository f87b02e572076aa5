#include "tools/label/label_check.hpp"

#include "tools/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace earmark::tools {

namespace {

std::string number_fault(const FoundLabels& found) {
    if (!found.damage.empty()) return found.damage;
    if (found.texts.empty()) return "no AIGC label";
    if (found.texts.size() > 1) return std::to_string(found.texts.size()) + " labels";
    return "";
}

}  // namespace

bool CheckedLabel::valid() const {
    return reading.valid();
}

CheckedLabel check_label(const std::string& path) {
    CheckedLabel checked{read_labels(path), {}};
    const std::string fault = number_fault(checked.found);
    if (!checked.found.texts.empty()) checked.reading = read_label(checked.found.texts.front());
    checked.reading.rules.insert(checked.reading.rules.begin(),
                                 {"one label in the file", "6.1 c", fault.empty(), fault});
    return checked;
}

std::vector<std::string> check_lines(const std::string& path, const CheckedLabel& checked) {
    std::vector<std::string> lines;
    for (const Rule& rule : checked.reading.rules) {
        std::string line = path + ": " + (rule.kept ? "kept" : "BROKEN") + ", " + rule.name + " (" + rule.source + ")";
        if (!rule.kept) line += ": " + rule.why;
        lines.push_back(one_line(line));
    }
    return lines;
}

std::string check_json(const std::string& path, const CheckedLabel& checked) {
    using Json = nlohmann::ordered_json;
    Json line;
    line["file"] = path;
    line["container"] = name(checked.found.container);
    line["valid"] = checked.valid();
    line["labels"] = checked.found.texts;
    line["rules"] = Json::array();
    for (const Rule& rule : checked.reading.rules) {
        Json one{{"rule", rule.name}, {"source", rule.source}, {"kept", rule.kept}};
        if (!rule.kept) one["why"] = rule.why;
        line["rules"].push_back(one);
    }
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace earmark::tools
