#include "dsp/detect/detection.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace earmark {
namespace {

constexpr double least_active_s = 1;  // below, "not found" says nothing

std::string active_reason(double active_s) {
    char text[64];
    std::snprintf(text, sizeof text, "%.1f s of active speech", active_s);
    return text;
}

}  // namespace

Detection detection_of(const Channels& channels, double duration_s) {
    Detection found;
    const Trace* best = nullptr;
    for (std::size_t c = 0; c < channels.size(); ++c) {
        found.active_s = std::max(found.active_s, channels[c]->active_s());
        for (const auto& trace : channels[c]->traces()) {
            if (best && trace->shown_log10_p() >= best->shown_log10_p()) continue;
            best = trace.get();
            found.channel = static_cast<int>(c);
        }
    }
    found.duration_s = duration_s;
    found.active_s = std::min(found.active_s, found.duration_s);
    found.log10_p = best->shown_log10_p();
    found.hypotheses = std::exp(-best->shown_log_q());
    found.scores = best->scores();
    best->append_segments(found.segments);
    found.marked = !found.segments.empty();
    if (!found.marked) {
        if (found.active_s < least_active_s) found.reason = active_reason(found.active_s);
        return found;
    }
    found.key = best->key().name;
    found.decided_s = std::min(best->decided_s(), duration_s);
    found.ongoing = best->ongoing();
    for (Segment& segment : found.segments) {
        segment.end_s = std::min(segment.end_s, found.duration_s);
        if (segment.payload && (!found.payload || segment.payload_log10_p < found.payload_log10_p)) {
            found.payload = segment.payload;
            found.payload_log10_p = segment.payload_log10_p;
        }
    }
    const auto surest = std::min_element(found.segments.begin(), found.segments.end(),
                                         [](const Segment& a, const Segment& b) { return a.log10_p < b.log10_p; });
    found.time_scale = surest->time_scale;
    found.frequency_scale = surest->frequency_scale;
    found.start_s = found.segments.front().start_s;
    found.end_s = found.segments.back().end_s;
    return found;
}

}  // namespace earmark
