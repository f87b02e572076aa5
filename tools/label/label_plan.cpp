#include "tools/label/label_plan.hpp"

#include "tools/text.hpp"

#include <earmark/error.hpp>

#include <algorithm>

namespace earmark::tools {

namespace {

AigcLabel first_label(const LabelRequest& request) {
    const MetadataRequest& asked = request.metadata;
    // The mark's payload is a number of the content already: the same one in both ties them together.
    const std::string id = asked.produce_id.empty() ? request.payload : asked.produce_id;
    if (id.empty()) throw Error(Fault::usage, "--producer needs --produce-id, or --payload to take its place");
    AigcLabel label;
    if (!asked.label.empty()) label.label = asked.label;
    label.content_producer = asked.producer;
    label.produce_id = id;
    label.reserved_code_1 = asked.reserved1;
    label.content_propagator = asked.propagator.empty() ? asked.producer : asked.propagator;
    label.propagate_id = asked.propagate_id.empty() ? id : asked.propagate_id;
    label.reserved_code_2 = asked.reserved2;
    return label;
}

void keep_producer(const MetadataRequest& asked, const AigcLabel& label, const std::string& input) {
    const bool same = (asked.producer.empty() || asked.producer == label.content_producer) &&
                      (asked.produce_id.empty() || asked.produce_id == label.produce_id) &&
                      (asked.label.empty() || asked.label == label.label) &&
                      (asked.reserved1.empty() || asked.reserved1 == label.reserved_code_1);
    if (same) return;
    throw Error(Fault::usage, input + ": is already labelled " + label.label + " by '" + label.content_producer +
                                  "' as '" + label.produce_id +
                                  "', which is not changed; who distributes it gives --propagator and --propagate-id");
}

AigcLabel label_there(const std::string& input, const std::vector<std::string>& there) {
    const bool one = std::all_of(there.begin(), there.end(), [&](const std::string& text) { return text == there[0]; });
    const std::string hint = "; see earmark label --check";
    if (!one) throw Error(Fault::input, input + ": holds " + std::to_string(there.size()) + " different labels" + hint);
    const LabelReading reading = read_label(there.front());
    if (!reading.label || !reading.valid())
        throw Error(Fault::input, input + ": holds a label that breaks rules" + hint);
    return *reading.label;
}

}  // namespace

std::optional<AigcLabel> plan_label(const LabelRequest& request, const std::string& input,
                                    const std::vector<std::string>& there) {
    const MetadataRequest& asked = request.metadata;
    if (asked.propagator.empty() && (!asked.propagate_id.empty() || !asked.reserved2.empty())) {
        throw Error(Fault::usage, "--propagate-id and --reserved2 need --propagator");
    }
    if (asked.producer.empty() && (!asked.label.empty() || !asked.produce_id.empty() || !asked.reserved1.empty())) {
        throw Error(Fault::usage, "--label, --produce-id and --reserved1 need --producer");
    }
    if (!asked.propagator.empty() && asked.propagate_id.empty()) {
        throw Error(Fault::usage, "--propagator needs --propagate-id");
    }
    std::optional<AigcLabel> label;
    if (!there.empty()) {
        label = label_there(input, there);
        keep_producer(asked, *label, input);
        if (!asked.propagator.empty()) {
            label->content_propagator = asked.propagator;
            label->propagate_id = asked.propagate_id;
            label->reserved_code_2 = asked.reserved2;
        }
    } else if (!asked.producer.empty()) {
        label = first_label(request);
    } else if (!asked.propagator.empty()) {
        throw Error(Fault::usage, input + ": has no label for --propagator to update; a first one needs --producer");
    }
    if (label) require_valid(*label);
    return label;
}

std::vector<std::string> labels_in(const std::string& path) {
    try {
        container_of(path);
    } catch (const Error&) {
        return {};
    }
    return read_labels(path).texts;
}

void read_back(const std::string& path, const AigcLabel& wanted) {
    const FoundLabels found = read_labels(path);
    if (found.texts.size() != 1 || !found.damage.empty()) {
        throw Error(Fault::input, path + ": " + std::to_string(found.texts.size()) + " labels read back, not 1" +
                                      (found.damage.empty() ? "" : ", " + found.damage));
    }
    const LabelReading reading = read_label(found.texts.front());
    if (!reading.valid() || reading.label != wanted) throw Error(Fault::input, path + ": another label was read back");
}

void carry_label(const std::string& from, const std::string& to, const std::string& to_name) {
    if (from == "-") return;
    std::vector<std::string> there;
    try {
        there = labels_in(from);
    } catch (const Error& error) {
        // Audio that can be heard is no worse for tags that cannot be read.
        return warn(to_name + ": has no AIGC label of its input, " + error.what());
    }
    if (there.empty()) return;
    try {
        container_of(to);
    } catch (const Error&) {
        return warn(to_name + ": this container holds no AIGC label, so that of " + from + " is not in it");
    }
    write_label(to, there.front());
}

}  // namespace earmark::tools
