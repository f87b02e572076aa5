#include <earmark/detector.hpp>
#include <earmark/error.hpp>

#include "dsp/detect/channel.hpp"
#include "dsp/detect/saved_state.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace earmark {
namespace {

constexpr double least_active_s = 1;  // below, "not found" says nothing

void validate(const DetectConfig& config) {
    require_format(config.sample_rate_hz, config.channels);
    if (config.keys.empty()) throw Error(Fault::usage, "keys: 0 given, at least 1 is needed");
    if (!(config.p_max > 0 && config.p_max < 1))
        throw Error(Fault::usage, "p_max: " + std::to_string(config.p_max) + " is outside 0 to 1 (both excluded)");
}

std::string active_reason(double active_s) {
    char text[64];
    std::snprintf(text, sizeof text, "%.1f s of active speech", active_s);
    return text;
}

}  // namespace

struct DetectPlan::Parts {
    StreamParts stream;
};

struct Detector::State {
    explicit State(std::shared_ptr<const DetectPlan::Parts> plan_parts)
        : parts(std::move(plan_parts)), scale_memory(parts->stream.scale_memory()) {
        for (int c = 0; c < config().channels; ++c)
            channels.push_back(std::make_unique<Channel>(parts->stream, scale_memory.get()));
    }

    const DetectConfig& config() const { return parts->stream.config; }
    Detection verdict(double duration_s) const;

    std::shared_ptr<const DetectPlan::Parts> parts;
    std::unique_ptr<ScaleMemory> scale_memory;
    std::vector<std::unique_ptr<Channel>> channels;
};

Detection Detector::State::verdict(double duration_s) const {
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

DetectPlan::DetectPlan(const DetectConfig& config) {
    validate(config);
    parts_ = std::make_shared<const Parts>(Parts{StreamParts(config)});
}

Detector::Detector(const DetectConfig& config) : Detector(DetectPlan(config)) {}
Detector::Detector(const DetectPlan& plan) : state_(std::make_unique<State>(plan.parts_)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

void Detector::push(const float* const* in, std::size_t samples) noexcept {
    for (std::size_t c = 0; c < state_->channels.size(); ++c) state_->channels[c]->push(in[c], samples);
}

std::optional<Detection> Detector::poll() {
    bool news = false;
    for (auto& channel : state_->channels) news |= channel->take_news();
    if (!news) return {};
    return state_->verdict(state_->channels.front()->heard_s());
}

Detection Detector::finish() {
    for (auto& channel : state_->channels) channel->finish();
    Detection found =
        state_->verdict(static_cast<double>(state_->channels.front()->samples()) / state_->config().sample_rate_hz);
    found.ongoing = false;
    reset();
    return found;
}

void Detector::reset() noexcept {
    for (auto& channel : state_->channels) channel->reset();
}

std::vector<std::byte> Detector::save() const {
    return save_channels(state_->parts->stream, state_->channels);
}

void Detector::restore(std::span<const std::byte> bytes) {
    auto restored = std::make_unique<State>(state_->parts);
    restore_channels(state_->parts->stream, bytes, restored->channels);
    state_ = std::move(restored);
}

Detection detect(const AudioView& received, const DetectConfig& config) {
    Detector detector(config);
    require_usable(received, config.sample_rate_hz, config.channels);
    detector.push(received.channels.data(), received.samples);
    return detector.finish();
}

std::string_view name(Search search) {
    switch (search) {
        case Search::none:
            return "none";
        case Search::drift:
            return "drift";
        case Search::full:
            return "full";
    }
    return "?";
}

Search search_from_name(std::string_view text) {
    for (const Search search : {Search::none, Search::drift, Search::full})
        if (name(search) == text) return search;
    throw Error(Fault::usage, "search: '" + std::string(text) + "' is not one of none, drift, full");
}

}  // namespace earmark
