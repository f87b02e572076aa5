#include "findings.hpp"

#include "metadata/labelled_file.hpp"

#include <earmark/error.hpp>

namespace earmark::tools {

LabelFinding find_label(const std::string& file, bool is_raw) {
    LabelFinding finding;
    if (is_raw) finding.unread = "bare samples have no metadata";
    if (file == "-") finding.unread = "metadata is not read from a pipe";
    if (!finding.unread.empty()) return finding;
    try {
        const FoundLabels found = read_labels(file);
        finding.texts = found.texts;
        finding.unread = found.damage;
        if (finding.found()) finding.reading = read_label(found.texts.front());
        if (found.texts.size() > 1) {
            finding.reading.rules.insert(
                finding.reading.rules.begin(),
                {"one label in the file", "6.1 c", false, std::to_string(found.texts.size()) + " labels"});
        }
    } catch (const Error& error) {
        finding.unread = error.what();
    }
    return finding;
}

Evidence evidence(const Findings& findings) {
    const LabelReading& reading = findings.label.reading;
    if (findings.label.found() && reading.label) {
        if (reading.label->label == "1") return Evidence::confirmed;
        if (reading.label->label == "2") return Evidence::possible;
    }
    const bool traces = findings.mark.marked || !findings.cues.empty() || findings.label.found();
    return traces ? Evidence::suspected : Evidence::not_found;
}

std::string_view name(Evidence evidence) {
    switch (evidence) {
        case Evidence::confirmed:
            return "confirmed";
        case Evidence::possible:
            return "possible";
        case Evidence::suspected:
            return "suspected";
        default:
            return "not found";
    }
}

std::string_view wording(Evidence evidence) {
    switch (evidence) {
        case Evidence::confirmed:
            return "属于生成合成内容";
        case Evidence::possible:
            return "可能为生成合成内容";
        case Evidence::suspected:
            return "疑似生成合成内容";
        default:
            return "";
    }
}

}  // namespace earmark::tools
