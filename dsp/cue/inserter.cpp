#include <earmark/cue.hpp>
#include <earmark/error.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace earmark {
namespace {

constexpr double max_pause_s = 10;
constexpr std::uint64_t never = UINT64_MAX;

void check(const InsertConfig& config) {
    std::vector<const float*> channels;
    for (const auto& channel : config.cue.channels) {
        channels.push_back(channel.data());
        if (channel.size() != config.cue.samples()) throw Error(Fault::usage, "cue: channels differ in length");
    }
    require_format(config.cue.sample_rate_hz, static_cast<int>(channels.size()));
    require_usable({channels, config.cue.samples(), config.cue.sample_rate_hz}, config.cue.sample_rate_hz,
                   static_cast<int>(channels.size()));
    if (std::adjacent_find(config.at.begin(), config.at.end(), std::greater_equal<>()) != config.at.end())
        throw Error(Fault::usage, "at: positions must ascend, each once");
    if (config.every_s != 0 && !(config.every_s >= 1 && config.every_s <= 86400))
        throw Error(Fault::usage, "every_s: " + std::to_string(config.every_s) + " is outside 1 to 86400 (0 is never)");
    if (!(config.pause_s >= 0 && config.pause_s <= max_pause_s))
        throw Error(Fault::usage, "pause_s: " + std::to_string(config.pause_s) + " is outside 0 to 10");
}

}  // namespace

struct CueInserter::State {
    InsertConfig config;
    std::size_t pause = 0, inserted = 0;
    std::uint64_t every = 0;

    std::uint64_t position = 0;   // samples of the stream done
    std::size_t next_listed = 0;  // in config.at
    std::uint64_t next_repeat = never;
    std::size_t inside = 0;  // samples of the insertion done; 0 outside of one
    bool inserting = false, end_done = false;

    void reset() {
        position = next_listed = inside = 0;
        next_repeat = every > 0 ? every : never;
        inserting = end_done = false;
    }
    bool is_due() const {
        return (next_listed < config.at.size() && config.at[next_listed] == position) || next_repeat == position;
    }
    void begin() {
        inserting = true;
        inside = 0;
        if (next_listed < config.at.size() && config.at[next_listed] == position) ++next_listed;
        if (next_repeat == position) next_repeat += every;
    }
    std::uint64_t next() const {
        return std::min(next_listed < config.at.size() ? config.at[next_listed] : never, next_repeat);
    }
    std::size_t insert(float* const* out, std::size_t from, std::size_t capacity);
};

// Puts what fits of pause, cue, pause behind out[c][from].
std::size_t CueInserter::State::insert(float* const* out, std::size_t from, std::size_t capacity) {
    const std::size_t count = std::min(capacity - from, inserted - inside), cue_end = inserted - pause;
    for (std::size_t c = 0; c < config.cue.channels.size(); ++c) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = inside + i;
            out[c][from + i] = at >= pause && at < cue_end ? config.cue.channels[c][at - pause] : 0.0f;
        }
    }
    inside += count;
    inserting = inside < inserted;
    return count;
}

CueInserter::CueInserter(const InsertConfig& config) {
    check(config);
    state_ = std::make_unique<State>();
    state_->config = config;
    state_->pause = static_cast<std::size_t>(std::lround(config.pause_s * config.cue.sample_rate_hz));
    state_->inserted = config.cue.samples() + 2 * state_->pause;
    state_->every = static_cast<std::uint64_t>(std::llround(config.every_s * config.cue.sample_rate_hz));
    state_->reset();
}

CueInserter::CueInserter(CueInserter&&) noexcept = default;
CueInserter& CueInserter::operator=(CueInserter&&) noexcept = default;
CueInserter::~CueInserter() = default;

CueInserter::Step CueInserter::process(const float* const* in, std::size_t in_samples, float* const* out,
                                       std::size_t capacity) noexcept {
    State& s = *state_;
    Step step;
    while (step.put < capacity) {
        if (s.inserting) {
            step.put += s.insert(out, step.put, capacity);
            continue;
        }
        if (step.taken == in_samples) break;
        if (s.is_due()) {
            s.begin();
            continue;
        }
        const std::size_t count = static_cast<std::size_t>(
            std::min<std::uint64_t>({in_samples - step.taken, capacity - step.put, s.next() - s.position}));
        for (std::size_t c = 0; c < s.config.cue.channels.size(); ++c) {
            std::copy_n(in[c] + step.taken, count, out[c] + step.put);
        }
        step.taken += count;
        step.put += count;
        s.position += count;
    }
    return step;
}

std::size_t CueInserter::finish(float* const* out, std::size_t capacity) noexcept {
    State& s = *state_;
    std::size_t put = 0;
    while (put < capacity) {
        if (!s.inserting && s.config.at_end && !s.end_done) {
            s.inserting = s.end_done = true;
            s.inside = 0;
        }
        if (!s.inserting) break;
        put += s.insert(out, put, capacity);
    }
    if (put == 0) s.reset();
    return put;
}

void CueInserter::reset() noexcept {
    state_->reset();
}

std::size_t CueInserter::inserted_samples() const noexcept {
    return state_->inserted;
}

std::size_t CueInserter::pause_samples() const noexcept {
    return state_->pause;
}

}  // namespace earmark
