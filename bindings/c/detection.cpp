#include "bindings/c/detection.hpp"

#include "bindings/c/status.hpp"

using namespace earmark;

earmark_detection::earmark_detection(Detection detection) : found(std::move(detection)) {
    if (found.marked) key = std::stoi(found.key);
    if (found.payload) payload = found.payload->hex();
}

namespace {

template <class Field>
Field read(const earmark_detection* detection, Field Detection::*field) {
    return detection != nullptr ? detection->found.*field : Field{};
}

}  // namespace

int earmark_detection_marked(const earmark_detection* detection) {
    return read(detection, &Detection::marked) ? 1 : 0;
}

double earmark_detection_log10_p(const earmark_detection* detection) {
    return read(detection, &Detection::log10_p);
}

const char* earmark_detection_payload(const earmark_detection* detection) {
    return detection != nullptr && !detection->payload.empty() ? detection->payload.c_str() : nullptr;
}

double earmark_detection_payload_log10_p(const earmark_detection* detection) {
    return read(detection, &Detection::payload_log10_p);
}

int earmark_detection_key(const earmark_detection* detection) {
    return detection != nullptr ? detection->key : -1;
}

int earmark_detection_channel(const earmark_detection* detection) {
    return read(detection, &Detection::channel);
}

double earmark_detection_start_s(const earmark_detection* detection) {
    return read(detection, &Detection::start_s);
}

double earmark_detection_end_s(const earmark_detection* detection) {
    return read(detection, &Detection::end_s);
}

double earmark_detection_time_scale(const earmark_detection* detection) {
    return read(detection, &Detection::time_scale);
}

double earmark_detection_frequency_scale(const earmark_detection* detection) {
    return read(detection, &Detection::frequency_scale);
}

double earmark_detection_duration_s(const earmark_detection* detection) {
    return read(detection, &Detection::duration_s);
}

double earmark_detection_active_s(const earmark_detection* detection) {
    return read(detection, &Detection::active_s);
}

double earmark_detection_hypotheses(const earmark_detection* detection) {
    return read(detection, &Detection::hypotheses);
}

double earmark_detection_decided_s(const earmark_detection* detection) {
    return read(detection, &Detection::decided_s);
}

int earmark_detection_ongoing(const earmark_detection* detection) {
    return read(detection, &Detection::ongoing) ? 1 : 0;
}

const char* earmark_detection_reason(const earmark_detection* detection) {
    return detection != nullptr ? detection->found.reason.c_str() : nullptr;
}

size_t earmark_detection_segments(const earmark_detection* detection) {
    return detection != nullptr ? detection->found.segments.size() : 0;
}

earmark_status earmark_detection_segment(const earmark_detection* detection, size_t index, earmark_segment* segment) {
    return c::guarded([&] {
        c::require(detection, "detection");
        const auto& segments = detection->found.segments;
        if (index >= segments.size())
            throw Error(Fault::usage, "index: " + std::to_string(index) + ", there are " +
                                          std::to_string(segments.size()) + " segments");
        c::give({0, segments[index].start_s, segments[index].end_s, segments[index].log10_p}, segment, "segment");
    });
}

void earmark_detection_free(earmark_detection* detection) {
    delete detection;
}
