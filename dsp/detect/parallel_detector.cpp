#include <earmark/error.hpp>
#include <earmark/parallel_detector.hpp>

#include "dsp/detect/crew.hpp"
#include "dsp/detect/detection.hpp"
#include "dsp/detect/piecewise_channel.hpp"
#include "dsp/detect/plan.hpp"

#include <algorithm>
#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace earmark {
namespace {

// More would wait for the inquiry, which takes a sixth of the work and goes by one thread a channel.
constexpr int most_threads = 16;

int threads_to_use(const DetectConfig& config, int threads) {
    if (threads < 0) throw Error(Fault::usage, "threads: " + std::to_string(threads) + " is below 0");
    if (config.search == Search::full) return 1;
    if (threads == 0) threads = usable_cores();
    return std::min(threads, most_threads);
}

}  // namespace

struct ParallelDetector::State {
    State(const DetectPlan& plan, std::shared_ptr<const DetectPlan::Parts> plan_parts, int threads);
    ~State();

    void push(const float* const* in, std::size_t samples);
    Detection finish();

    void begin_wave(int pieces);
    void wait() {
        if (wave.valid()) wave.get();
    }
    void do_wave(std::int64_t first_row, int pieces);
    std::int64_t samples_needed(int pieces) const;
    const CellPlan& cells() const { return *parts->stream.cells; }

    std::optional<Detector> alone;  // does all the work of one thread

    std::shared_ptr<const DetectPlan::Parts> parts;
    int pieces_of_wave = 0;
    std::vector<PiecewiseChannel> heads;
    std::vector<std::vector<float>> held, given;  // samples of each channel: to come, and of the wave that is at work
    std::int64_t first_row = 0, samples = 0;      // of what is held; of the signal
    Crew crew;
    std::future<void> wave;
};

ParallelDetector::State::State(const DetectPlan& plan, std::shared_ptr<const DetectPlan::Parts> plan_parts, int threads)
    : parts(std::move(plan_parts)), crew(threads) {
    if (threads == 1) {
        alone.emplace(plan);
        return;
    }
    const int channels = parts->stream.config.channels;
    pieces_of_wave = (threads + channels - 1) / channels;
    heads.reserve(static_cast<std::size_t>(channels));
    for (int c = 0; c < channels; ++c) heads.emplace_back(parts->stream, pieces_of_wave);
    // Before the first sample: silence.
    held.assign(heads.size(), std::vector<float>(static_cast<std::size_t>(-cells().window_start(0)), 0.0f));
    given.resize(heads.size());
}

ParallelDetector::State::~State() {
    if (wave.valid()) wave.wait();
}

// Behind how many samples of the signal so many pieces are whole.
std::int64_t ParallelDetector::State::samples_needed(int pieces) const {
    return cells().window_start(first_row + std::int64_t{pieces} * piece_rows - 1) + cells().window_samples;
}

void ParallelDetector::State::push(const float* const* in, std::size_t count) {
    if (alone) return alone->push(in, count);
    std::size_t done = 0;
    while (done < count) {
        const auto wanted = static_cast<std::size_t>(samples_needed(pieces_of_wave) - samples);
        const std::size_t taken = std::min(count - done, wanted);
        for (std::size_t c = 0; c < held.size(); ++c) held[c].insert(held[c].end(), in[c] + done, in[c] + done + taken);
        samples += static_cast<std::int64_t>(taken);
        done += taken;
        if (taken == wanted) begin_wave(pieces_of_wave);
    }
}

// What is held goes to the threads, but for the overlap with what comes next.
void ParallelDetector::State::begin_wave(int pieces) {
    wait();
    const std::int64_t next_row = first_row + std::int64_t{pieces} * piece_rows;
    const auto used = cells().window_start(next_row) - cells().window_start(first_row);
    std::swap(held, given);
    for (std::size_t c = 0; c < held.size(); ++c) held[c].assign(given[c].begin() + used, given[c].end());
    wave = std::async(std::launch::async, [this, row = first_row, pieces] { do_wave(row, pieces); });
    first_row = next_row;
}

void ParallelDetector::State::do_wave(std::int64_t row, int pieces) {
    const int channels = static_cast<int>(heads.size());
    const auto head = [&](int i) -> PiecewiseChannel& { return heads[static_cast<std::size_t>(i % channels)]; };
    crew.run(channels * (1 + pieces), [&](int i) {
        if (i < channels) return head(i).take_wave();
        head(i).make_rows(row, given[static_cast<std::size_t>(i % channels)], i / channels - 1);
    });
    crew.run(channels, [&](int i) { head(i).follow_levels(pieces); });
    crew.run(channels * pieces, [&](int i) { head(i).read(i / channels); });
    for (PiecewiseChannel& each : heads) each.end_wave(pieces);
}

Detection ParallelDetector::State::finish() {
    if (alone) return alone->finish();
    int whole = 0;
    while (samples_needed(whole + 1) <= samples) ++whole;
    if (whole > 0) begin_wave(whole);
    wait();
    Channels channels;
    for (std::size_t c = 0; c < heads.size(); ++c) {
        heads[c].take_wave();
        heads[c].finish(first_row, held[c], samples);
        channels.push_back(heads[c].release());
    }
    Detection found = detection_of(channels, static_cast<double>(samples) / parts->stream.config.sample_rate_hz);
    found.ongoing = false;
    return found;
}

ParallelDetector::ParallelDetector(const DetectConfig& config, int threads)
    : ParallelDetector(DetectPlan(config), threads) {}
ParallelDetector::ParallelDetector(const DetectPlan& plan, int threads)
    : state_(std::make_unique<State>(plan, plan.parts_, threads_to_use(plan.parts_->stream.config, threads))) {}
ParallelDetector::ParallelDetector(ParallelDetector&&) noexcept = default;
ParallelDetector& ParallelDetector::operator=(ParallelDetector&&) noexcept = default;
ParallelDetector::~ParallelDetector() = default;

void ParallelDetector::push(const float* const* in, std::size_t samples) {
    state_->push(in, samples);
}

Detection ParallelDetector::finish() {
    return state_->finish();
}

Detection detect(const AudioView& received, const DetectConfig& config, int threads) {
    ParallelDetector detector(config, threads);
    require_usable(received, config.sample_rate_hz, config.channels);
    detector.push(received.channels.data(), received.samples);
    return detector.finish();
}

}  // namespace earmark
