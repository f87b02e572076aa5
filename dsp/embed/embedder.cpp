#include <earmark/embedder.hpp>

#include "dsp/embed/cell_signs.hpp"
#include "dsp/embed/limiter.hpp"
#include "dsp/embed/spreader.hpp"
#include "dsp/simd/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace earmark {
namespace {

constexpr float active_rms = 1e-3f;     // -60 dBFS: below lies no speech worth a mark
constexpr float largest_sample = 1e6f;  // beyond, float arithmetic would overflow

}  // namespace

struct Embedder::State {
    struct Channel {
        Channel(int sample_rate_hz, Profile profile, int hop)
            : spreader(sample_rate_hz, depth_rule(profile)), limiter(hop), waiting(hop), ready(hop) {}
        Spreader spreader;
        Limiter limiter;
        std::vector<float> waiting;  // host samples of a hop not yet full
        std::vector<float> ready;    // marked samples of the hop that leaves meanwhile
    };

    explicit State(const EmbedConfig& config)
        : sizes(config.sample_rate_hz),
          sample_rate_hz(config.sample_rate_hz),
          signs(make_cell_signs(config.key, config.payload)) {
        for (int c = 0; c < config.channels; ++c) channels.emplace_back(sample_rate_hz, config.profile, sizes.hop);
        silence.resize(sizes.hop);
        silent_input.assign(channels.size(), silence.data());
        tail_output.resize(channels.size());
    }

    void start_again() noexcept {
        for (Channel& channel : channels) {
            channel.spreader.reset();
            channel.limiter.reset();
            std::fill(channel.ready.begin(), channel.ready.end(), 0.0f);
        }
        filled = 0;
    }

    void finish_hop() noexcept {
        bool limited = false;
        double loudest = 0;
        for (Channel& channel : channels) {
            const auto change = channel.spreader.add_hop(channel.waiting, signs);
            const auto marked = channel.limiter.add_hop(channel.spreader.delayed_host(), change);
            std::copy(marked.begin(), marked.end(), channel.ready.begin());
            limited |= channel.limiter.limited();
            loudest = std::max(loudest, channel.limiter.host_energy());
            change_energy += channel.limiter.change_energy();
            host_energy += channel.limiter.host_energy();
        }
        if (limited) report.limited_samples += sizes.hop;
        if (loudest > sizes.hop * active_rms * active_rms) report.active_s += double(sizes.hop) / sample_rate_hz;
        filled = 0;
    }

    const simd::Kernels& kernels = simd::kernels();
    FrameSizes sizes;
    int sample_rate_hz;
    CellSigns signs;
    std::vector<Channel> channels;
    int filled = 0;  // samples waiting in every channel
    EmbedReport report;
    double change_energy = 0, host_energy = 0;
    bool ended = false;
    std::vector<float> silence;
    std::vector<const float*> silent_input;
    std::vector<float*> tail_output;
};

Embedder::Embedder(const EmbedConfig& config) {
    require_format(config.sample_rate_hz, config.channels);
    state_ = std::make_unique<State>(config);
}
Embedder::Embedder(Embedder&&) noexcept = default;
Embedder& Embedder::operator=(Embedder&&) noexcept = default;
Embedder::~Embedder() = default;

void Embedder::process(const float* const* in, float* const* out, std::size_t samples) noexcept {
    State& s = *state_;
    if (s.ended) reset();
    for (std::size_t done = 0; done < samples;) {
        const std::size_t count = std::min<std::size_t>(samples - done, s.sizes.hop - s.filled);
        // The first frames spread a little before the first sample; that belongs to no host.
        const std::uint64_t before_first =
            latency_samples() - std::min<std::uint64_t>(latency_samples(), s.report.samples);
        for (std::size_t c = 0; c < s.channels.size(); ++c) {
            State::Channel& channel = s.channels[c];
            s.kernels.usable(in[c] + done, static_cast<int>(count), 0, largest_sample,
                             channel.waiting.data() + s.filled);
            std::copy_n(channel.ready.begin() + s.filled, count, out[c] + done);
            std::fill_n(out[c] + done, std::min<std::uint64_t>(count, before_first), 0.0f);
        }
        s.filled += static_cast<int>(count);
        s.report.samples += count;
        done += count;
        if (s.filled == s.sizes.hop) s.finish_hop();
    }
}

void Embedder::flush(float* const* out) noexcept {
    State& s = *state_;
    if (s.ended) reset();
    const std::uint64_t samples = s.report.samples;
    for (std::size_t done = 0; done < latency_samples();) {
        const std::size_t count = std::min<std::size_t>(latency_samples() - done, s.sizes.hop);
        for (std::size_t c = 0; c < s.channels.size(); ++c) s.tail_output[c] = out[c] + done;
        process(s.silent_input.data(), s.tail_output.data(), count);
        done += count;
    }
    s.report.samples = samples;
    s.start_again();
    s.ended = true;
}

void Embedder::reset() noexcept {
    State& s = *state_;
    s.start_again();
    s.report = {};
    s.change_energy = s.host_energy = 0;
    s.ended = false;
}

// One delay for the frames, one hop for the limiter's look-ahead, one hop waiting to be full: 30 ms.
std::size_t Embedder::latency_samples() const noexcept {
    return static_cast<std::size_t>(state_->sizes.delay() + state_->sizes.hop);
}

EmbedReport Embedder::report() const noexcept {
    EmbedReport report = state_->report;
    // Hops are counted whole, and some lie partly before the first sample or behind the last.
    report.limited_samples = std::min(report.limited_samples, report.samples);
    report.active_s = std::min(report.active_s, static_cast<double>(report.samples) / state_->sample_rate_hz);
    report.mark_db = state_->change_energy > 0 ? 10 * std::log10(state_->change_energy / state_->host_energy)
                                               : -std::numeric_limits<double>::infinity();
    return report;
}

Marked embed(const AudioView& host, const EmbedConfig& config) {
    Embedder embedder(config);
    require_usable(host, config.sample_rate_hz, config.channels);
    for (const float* channel : host.channels)
        for (std::size_t i = 0; i < host.samples; ++i)
            if (std::abs(channel[i]) > largest_host_sample)
                throw Error(Fault::input, "samples: sample " + std::to_string(i) + " is " + std::to_string(channel[i]) +
                                              ", outside -8 to 8; full scale is +-1");

    // The lag is cut off at the front and comes back from flush() at the end.
    const std::size_t latency = embedder.latency_samples();
    Marked marked{{{}, host.sample_rate_hz}, {}};
    marked.audio.channels.assign(host.channels.size(), std::vector<float>(host.samples + latency));
    std::vector<float*> out, tail;
    for (auto& channel : marked.audio.channels) {
        out.push_back(channel.data());
        tail.push_back(channel.data() + host.samples);
    }
    embedder.process(host.channels.data(), out.data(), host.samples);
    embedder.flush(tail.data());
    for (auto& channel : marked.audio.channels) channel.erase(channel.begin(), channel.begin() + latency);
    marked.report = embedder.report();
    return marked;
}

}  // namespace earmark
