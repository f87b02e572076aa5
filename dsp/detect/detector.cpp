#include <earmark/detector.hpp>
#include <earmark/error.hpp>

#include "dsp/detect/cells.hpp"
#include "dsp/detect/slotter.hpp"
#include "dsp/detect/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <utility>

namespace earmark {
namespace {

constexpr int stretch_slots = 128;               // searched at once: 65.5 s, so memory does not grow with the signal
constexpr int stretch_step = stretch_slots / 2;  // and half of it again with the next
constexpr double least_active_s = 1;             // below, "not found" says nothing

void validate(const DetectConfig& config) {
    require_format(config.sample_rate_hz, config.channels);
    if (config.keys.empty()) throw Error(Fault::usage, "keys: 0 given, at least 1 is needed");
    if (!(config.p_max > 0 && config.p_max < 1))
        throw Error(Fault::usage, "p_max: " + std::to_string(config.p_max) + " is outside 0 to 1 (both excluded)");
    if (config.search != Search::none)
        throw Error(Fault::usage, "search: '" + std::string(name(config.search)) + "' is not built yet; use 'none'");
}

std::string active_reason(double active_s) {
    char text[64];
    std::snprintf(text, sizeof text, "%.1f s of active speech", active_s);
    return text;
}

}  // namespace

struct Detector::State {
    struct KeyTrace {                                // what one key found in one channel
        std::deque<PhaseCorrelations> correlations;  // of the slots held
        double log10_p = 0, log_q = 0;
        std::vector<Segment> segments;
        std::vector<Score> scores;
    };

    struct Channel {
        Channel(State& state, int sample_rate_hz)
            : cells(sample_rate_hz, [this, &state](const CellRow& row) { state.take_row(*this, row); }),
              slotter(cells.bands()),
              traces(state.carriers.size()) {}
        Cells cells;
        Slotter slotter;
        std::deque<Slot> slots;  // the last stretch
        long long first_slot = 0, searched_until = 0, active_rows = 0, stretches = 0;
        std::vector<KeyTrace> traces;
    };

    explicit State(const DetectConfig& c) : config(c) {
        for (const NamedKey& key : config.keys) {
            carriers.push_back(make_carrier(key.key));
            correlators.emplace_back(carriers.back());
        }
        make_channels();
    }

    void make_channels() {
        channels.clear();
        for (int c = 0; c < config.channels; ++c)
            channels.push_back(std::make_unique<Channel>(*this, config.sample_rate_hz));
    }

    void take_row(Channel& channel, const CellRow& row) {
        channel.active_rows += row.active;
        if (channel.slotter.push(row)) take_slot(channel);
    }

    void take_slot(Channel& channel) {
        if (channel.slots.size() == stretch_slots) drop_oldest(channel);
        channel.slots.push_back(channel.slotter.slot());
        const long long index = channel.first_slot + static_cast<long long>(channel.slots.size()) - 1;
        for (std::size_t k = 0; k < correlators.size(); ++k) {
            channel.traces[k].correlations.emplace_back();
            correlators[k].correlate(channel.slots.back(), index, channel.traces[k].correlations.back());
        }
        const long long until = index + 1;
        renewed = true;
        if (channel.slots.size() == stretch_slots && until - channel.searched_until >= stretch_step) search(channel);
    }

    void drop_oldest(Channel& channel) {
        channel.slots.pop_front();
        for (KeyTrace& trace : channel.traces) trace.correlations.pop_front();
        ++channel.first_slot;
    }

    void search(Channel& channel) {
        const double log_weight =
            log_stretch_weight(++channel.stretches) - std::log(static_cast<double>(carriers.size() * channels.size()));
        for (std::size_t k = 0; k < carriers.size(); ++k) {
            KeyTrace& trace = channel.traces[k];
            std::vector<SlotEvidence> evidence;
            for (std::size_t s = 0; s < channel.slots.size(); ++s)
                evidence.push_back({&trace.correlations[s], &channel.slots[s]});
            const auto verdict = judge(evidence, channel.first_slot, carriers[k], log_weight, config.p_max);
            if (verdict.log10_p < trace.log10_p || trace.log_q == 0) {
                trace.log10_p = verdict.log10_p;
                trace.log_q = verdict.log_q;
            }
            merge_segments(trace.segments, verdict.segments);
            if (!config.scores) continue;
            for (const Score& score : verdict.scores)
                if (score.start_s >= static_cast<double>(channel.searched_until) * slot_s - slot_s / 2)
                    trace.scores.push_back(score);
        }
        channel.searched_until = channel.first_slot + static_cast<long long>(channel.slots.size());
    }

    Detection verdict() const;

    std::optional<Detection> poll();

    DetectConfig config;
    bool renewed = false;
    double decided_s = 0;
    std::vector<Carrier> carriers;
    std::vector<Correlator> correlators;
    std::vector<std::unique_ptr<Channel>> channels;
};

Detection Detector::State::verdict() const {
    Detection found;
    const KeyTrace* best = nullptr;
    for (std::size_t c = 0; c < channels.size(); ++c) {
        found.active_s = std::max(found.active_s, static_cast<double>(channels[c]->active_rows) * hop_s);
        for (std::size_t k = 0; k < carriers.size(); ++k) {
            const KeyTrace& trace = channels[c]->traces[k];
            if (best && trace.log10_p >= best->log10_p) continue;
            best = &trace;
            found.channel = static_cast<int>(c);
            found.key = config.keys[k].name;
        }
    }
    found.duration_s = static_cast<double>(channels.front()->cells.samples()) / config.sample_rate_hz;
    found.active_s = std::min(found.active_s, found.duration_s);
    found.log10_p = best->log10_p;
    found.hypotheses = std::exp(-best->log_q);
    found.scores = best->scores;
    found.marked = !best->segments.empty();
    if (!found.marked) {
        found.key.clear();
        if (found.active_s < least_active_s) found.reason = active_reason(found.active_s);
        return found;
    }
    found.segments = best->segments;
    for (Segment& segment : found.segments) {
        segment.end_s = std::min(segment.end_s, found.duration_s);
        if (segment.payload && (!found.payload || segment.payload_log10_p < found.payload_log10_p)) {
            found.payload = segment.payload;
            found.payload_log10_p = segment.payload_log10_p;
        }
    }
    found.start_s = found.segments.front().start_s;
    found.end_s = found.segments.back().end_s;
    return found;
}

// For now searched from scratch, on a copy.
std::optional<Detection> Detector::State::poll() {
    if (!std::exchange(renewed, false)) return {};
    std::vector<std::vector<KeyTrace>> kept;
    for (auto& channel : channels) {
        kept.push_back(channel->traces);
        const auto searched_until = channel->searched_until;
        search(*channel);
        --channel->stretches;
        channel->searched_until = searched_until;
    }
    Detection found = verdict();
    for (std::size_t c = 0; c < channels.size(); ++c) channels[c]->traces = kept[c];
    if (found.marked && decided_s == 0) decided_s = found.duration_s;
    found.decided_s = decided_s;
    found.ongoing = found.marked && found.end_s > found.duration_s - 2;
    return found;
}

struct DetectPlan::Parts {
    DetectConfig config;
};

DetectPlan::DetectPlan(const DetectConfig& config) {
    validate(config);
    parts_ = std::make_shared<const Parts>(Parts{config});
}

Detector::Detector(const DetectConfig& config) : Detector(DetectPlan(config)) {}
Detector::Detector(const DetectPlan& plan) : state_(std::make_unique<State>(plan.parts_->config)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

void Detector::push(const float* const* in, std::size_t samples) noexcept {
    for (std::size_t c = 0; c < state_->channels.size(); ++c) state_->channels[c]->cells.push(in[c], samples);
}

Detection Detector::finish() {
    for (auto& channel : state_->channels) {
        channel->cells.finish();
        if (channel->slotter.finish()) state_->take_slot(*channel);
        const long long until = channel->first_slot + static_cast<long long>(channel->slots.size());
        if (until > channel->searched_until) state_->search(*channel);
    }
    Detection found = state_->verdict();
    reset();
    return found;
}

void Detector::reset() noexcept {
    state_->make_channels();
    state_->renewed = false;
    state_->decided_s = 0;
}

std::optional<Detection> Detector::poll() {
    return state_->poll();
}

std::vector<std::byte> Detector::save() const {
    throw Error(Fault::usage, "save: not built yet");
}

void Detector::restore(std::span<const std::byte>) {
    throw Error(Fault::usage, "restore: not built yet");
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
