#include <earmark/detector.hpp>
#include <earmark/error.hpp>
#include <earmark/parallel_detector.hpp>

#include "dsp/detect/detection.hpp"
#include "dsp/detect/plan.hpp"
#include "dsp/detect/saved_state.hpp"

#include <utility>

namespace earmark {
namespace {

void validate(const DetectConfig& config) {
    require_format(config.sample_rate_hz, config.channels);
    if (config.keys.empty()) throw Error(Fault::usage, "keys: 0 given, at least 1 is needed");
    if (!(config.p_max > 0 && config.p_max < 1))
        throw Error(Fault::usage, "p_max: " + std::to_string(config.p_max) + " is outside 0 to 1 (both excluded)");
}

}  // namespace

struct Detector::State {
    explicit State(std::shared_ptr<const DetectPlan::Parts> plan_parts)
        : parts(std::move(plan_parts)), scale_memory(parts->stream.scale_memory()) {
        for (int c = 0; c < config().channels; ++c)
            channels.push_back(std::make_unique<Channel>(parts->stream, scale_memory.get()));
    }

    const DetectConfig& config() const { return parts->stream.config; }
    Detection verdict(double duration_s) const { return detection_of(channels, duration_s); }

    std::shared_ptr<const DetectPlan::Parts> parts;
    std::unique_ptr<ScaleMemory> scale_memory;
    Channels channels;
};

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
    return detect(received, config, 1);
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
