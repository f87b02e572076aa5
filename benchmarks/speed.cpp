// How fast the engines are, and how far from the transforms alone.
//
//     benchmark_speed [--json speed.json] [--benchmark_filter=embedding]
//
// Each job runs side by side with its floor, the bare transforms that it cannot do without, piece by piece in turns, so
// that whatever else the machine does meets both alike: as the FFT library does real transforms, and as earmark does.
// Time is processor time of this thread, but for what several threads share, which goes by the clock. Counters:
// x_real_time, floor_us and over_floor (job over the library's transforms), over_own (over earmark's), times_as_fast
// (as one thread). Every job checks its result before it is timed.
#include <earmark/earmark.hpp>

#include "benchmarks/false_alarms/synthetic.hpp"
#include "benchmarks/library_fft.hpp"
#include "benchmarks/run_benchmarks.hpp"
#include "dsp/detect/cells.hpp"
#include "dsp/detect/sequential.hpp"
#include "dsp/detect/slotter.hpp"
#include "dsp/detect/track.hpp"
#include "dsp/embed/spreader.hpp"
#include "dsp/simd/kernels.hpp"
#include "dsp/transform/fft.hpp"
#include "dsp/transform/pair_fft.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace earmark;
using earmark::benchmark::LibraryFft;
using earmark::benchmark::Random;
using earmark::benchmark::run_benchmarks;

namespace {

constexpr double long_s = 60;  // what is marked, found again and then timed
constexpr double piece_s = 4;  // job and floor take turns
constexpr std::uint64_t seed = 1;

double thread_s() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Work>
double seconds(Work work) {
    const double start = thread_s();
    work();
    return thread_s() - start;
}

// Noise that comes and goes like syllables, never silent.
std::vector<float> host(double length_s, int rate) {
    Random random(seed);
    std::vector<float> samples(static_cast<std::size_t>(length_s * rate));
    float last = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double swell = std::pow(std::sin(3.1 * static_cast<double>(i) / rate), 2) + 0.01;
        last = 0.7f * last + static_cast<float>(0.05 * swell * random.normal());
        samples[i] = last;
    }
    return samples;
}

Key key(std::uint8_t number) {
    std::array<std::uint8_t, key_bytes> bytes{};
    bytes[0] = number;
    bytes[1] = static_cast<std::uint8_t>(number >> 4);
    return Key::from_bytes(bytes);
}

EmbedConfig embed_config(int rate) {
    return {.key = key(0), .payload = Payload::from_uint64(0x0123456789abcdef), .sample_rate_hz = rate};
}

AudioView view(const std::vector<float>& samples, std::array<const float*, 1>& channel, int rate) {
    channel = {samples.data()};
    return {channel, samples.size(), rate};
}

std::vector<float> marked_host(int rate) {
    const std::vector<float> samples = host(long_s, rate);
    std::array<const float*, 1> channel;
    return embed(view(samples, channel, rate), embed_config(rate)).audio.channels[0];
}

DetectConfig detect_config(int rate, int keys) {
    DetectConfig config{.keys = {}, .sample_rate_hz = rate};
    for (int k = keys - 1; k >= 0; --k) {
        std::array<std::uint8_t, key_bytes> bytes{};
        bytes[0] = static_cast<std::uint8_t>(k);
        bytes[1] = static_cast<std::uint8_t>(k >> 8);
        config.keys.push_back({std::to_string(k), Key::from_bytes(bytes)});
    }
    return config;
}

bool found(const std::vector<float>& marked, const DetectConfig& config) {
    std::array<const float*, 1> channel;
    const Detection detection = detect(view(marked, channel, config.sample_rate_hz), config);
    return detection.marked && detection.key == "0" && detection.payload == embed_config(8000).payload;
}

// Adds up the turns of a job and its floors.
class Turns {
  public:
    Turns(::benchmark::State& state, double audio_s) : state_(state), audio_s_(audio_s) {}
    ~Turns() {
        const double turns = static_cast<double>(state_.iterations());
        state_.counters["x_real_time"] = audio_s_ * turns / job_s_;
        state_.counters["floor_us"] = 1e6 * library_s_ / turns;
        state_.counters["over_floor"] = job_s_ / library_s_;
        state_.counters["over_own"] = job_s_ / own_s_;
        state_.SetLabel(simd_target());
    }
    void add(double job_s, double library_s, double own_s) {
        state_.SetIterationTime(job_s);
        job_s_ += job_s;
        library_s_ += library_s;
        own_s_ += own_s;
    }

  private:
    ::benchmark::State& state_;
    double audio_s_, job_s_ = 0, library_s_ = 0, own_s_ = 0;
};

// Transforms of zeros, denormal numbers or infinities take another time than those of audio.
RealFft filled_fft(int length) {
    RealFft fft(length);
    Random random(seed);
    for (float& x : fft.time()) x = static_cast<float>(0.1 * random.normal());
    fft.forward();
    return fft;
}

// What an embedder transforms for each hop: a frame there and back, and the window of the masking rule.
template <class Fft>
void embed_floor(Fft& frame, Fft& mask) {
    for (int hop = 0; hop < static_cast<int>(piece_s / hop_s); ++hop) {
        frame.forward();
        mask.forward();
        frame.inverse();
    }
}

PairFft filled_pair_fft(int length) {
    PairFft fft(length);
    Random random(seed);
    for (int i = 0; i < length; ++i)
        fft.time()[i] = {static_cast<float>(0.1 * random.normal()), static_cast<float>(0.1 * random.normal())};
    fft.forward();
    return fft;
}

// What a detector transforms: a window for each row; its own way two at once.
template <class Fft>
void detect_floor(Fft& fft) {
    constexpr int at_once = std::is_same_v<Fft, PairFft> ? 2 : 1;
    for (int row = 0; row < static_cast<int>(long_s / hop_s); row += at_once) fft.forward();
}

void embedding(::benchmark::State& state) {
    const int rate = static_cast<int>(state.range(0));
    if (!found(marked_host(rate), detect_config(rate, 1))) return state.SkipWithError("the mark was not found again");
    std::vector<float> samples = host(piece_s, rate), out(samples.size());
    Embedder embedder(embed_config(rate));
    const FrameSizes sizes(rate);
    LibraryFft frame(sizes.frame_transform()), mask(sizes.mask_transform());
    RealFft own_frame = filled_fft(sizes.frame_transform()), own_mask = filled_fft(sizes.mask_transform());
    const float* in[] = {samples.data()};
    float* to[] = {out.data()};
    Turns turns(state, piece_s);
    for (auto _ : state) {
        const double job_s = seconds([&] { embedder.process(in, to, samples.size()); });
        turns.add(job_s, seconds([&] { embed_floor(frame, mask); }),
                  seconds([&] { embed_floor(own_frame, own_mask); }));
    }
}

// From the first sample to the verdict, by a detector that is there, as for the next of many calls; `starting` has what
// one costs. marked: 0 screens a host in which there is nothing to find, which is what most calls are.
void detecting(::benchmark::State& state) {
    const int rate = static_cast<int>(state.range(0)), keys = static_cast<int>(state.range(1));
    const bool marked = state.range(2) != 0;
    const DetectConfig config = detect_config(rate, keys);
    const std::vector<float> samples = marked ? marked_host(rate) : host(long_s, rate);
    if (found(samples, config) != marked) return state.SkipWithError("the verdict is wrong");
    const int length = CellPlan(rate).fft.length();
    LibraryFft fft(length);
    PairFft own = filled_pair_fft(length);
    Detector detector(config);
    const float* in[] = {samples.data()};
    Turns turns(state, long_s);
    for (auto _ : state) {
        const double job_s = seconds([&] {
            detector.push(in, samples.size());
            ::benchmark::DoNotOptimize(detector.finish());
        });
        turns.add(job_s, seconds([&] { detect_floor(fft); }), seconds([&] { detect_floor(own); }));
    }
}

// Several threads on one signal of ten minutes, by the clock, in turns with one thread.
void sharing(::benchmark::State& state) {
    constexpr int rate = 8000, rounds = 10;
    const int threads = static_cast<int>(state.range(0));
    const DetectConfig config = detect_config(rate, 1);
    const std::vector<float> samples = marked_host(rate);
    const float* in[] = {samples.data()};
    const auto verdict_s = [&](int many, Detection& found) {
        const auto start = std::chrono::steady_clock::now();
        ParallelDetector detector(config, many);
        for (int round = 0; round < rounds; ++round) detector.push(in, samples.size());
        found = detector.finish();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    double shared_s = 0, alone_s = 0;
    for (auto _ : state) {
        Detection together, alone;
        const double job_s = verdict_s(threads, together);
        alone_s += verdict_s(1, alone);
        if (!alone.marked || together.log10_p != alone.log10_p) return state.SkipWithError("the verdict is wrong");
        shared_s += job_s;
        state.SetIterationTime(job_s);
    }
    state.counters["times_as_fast"] = alone_s / shared_s;
    state.counters["x_real_time"] = rounds * long_s * static_cast<double>(state.iterations()) / shared_s;
    state.SetLabel(simd_target());
}

void up_to_all_cores(::benchmark::internal::Benchmark* job) {
    for (int threads = 2; threads <= static_cast<int>(std::thread::hardware_concurrency()); threads *= 2)
        job->Arg(threads);
}

// The stages of detection with one key, each fed with all that the one before gave.
class Stages {
  public:
    Stages(const std::vector<float>& samples, int rate)
        : samples_(samples),
          rate_(rate),
          fft_(filled_pair_fft(CellPlan(rate).fft.length())),
          correlator_(make_carrier(AnyKey(key(0)))) {
        cells();
        whitening();
        correlation();
    }
    void transforms() {
        for (std::size_t row = 0; row < rows_.size(); row += 2) fft_.forward();
    }
    void cells() {  // transforms among them
        rows_.clear();
        Cells cells(rate_, [this](const CellRow& row) { rows_.push_back(row); });
        cells.push(samples_.data(), samples_.size());
        bands_ = cells.bands();
    }
    void whitening() {
        slots_.clear();
        read_.clear();
        Slotter slotter(bands_);
        for (const CellRow& row : rows_) {
            if (slotter.push(row)) slots_.push_back(slotter.slot());
            if (!slotter.has_read()) continue;
            for (const WholeRow& residuals : slotter.read_rows()) read_.push_back(residuals);
        }
    }
    void sequential_test() {
        SequentialTest test;
        long long row = 0;
        for (const WholeRow& residuals : read_)
            ::benchmark::DoNotOptimize(test.push(RowBets(residuals, bands_ / 2), row++, correlator_));
    }
    void correlation() {
        correlations_.resize(slots_.size());
        for (std::size_t s = 0; s < slots_.size(); ++s)
            correlator_.correlate(slots_[s], static_cast<long long>(s), correlations_[s]);
    }
    void tracker() {
        Tracker tracker(static_cast<int>(slots_.size()));
        for (std::size_t s = 0; s < slots_.size(); ++s) tracker.push(slots_[s], correlations_[s]);
        ::benchmark::DoNotOptimize(tracker.lead(0));
    }

  private:
    const std::vector<float>& samples_;
    int rate_, bands_ = 0;
    PairFft fft_;
    Correlator correlator_;
    std::vector<CellRow> rows_;
    std::vector<WholeRow> read_;
    std::vector<Slot> slots_;
    std::vector<PhaseCorrelations> correlations_;
};

// Where the time of detecting() with one key goes: the share of every stage, run alone. Under "judgement" stands all
// the rest: tracks followed and weighed, payloads read, stretches judged; where there is none of it the stages' own
// copies may bring it a little under 0.
void profile(::benchmark::State& state) {
    const int rate = static_cast<int>(state.range(0));
    const bool marked = state.range(1) != 0;
    const DetectConfig config = detect_config(rate, 1);
    const std::vector<float> samples = marked ? marked_host(rate) : host(long_s, rate);
    if (found(samples, config) != marked) return state.SkipWithError("the verdict is wrong");
    std::array<const float*, 1> channel;
    Stages stages(samples, rate);
    double whole = 0, transforms = 0, cells = 0, whitening = 0, sequential = 0, correlation = 0, tracker = 0;
    for (auto _ : state) {
        const double job_s = seconds([&] { ::benchmark::DoNotOptimize(detect(view(samples, channel, rate), config)); });
        state.SetIterationTime(job_s);
        whole += job_s;
        transforms += seconds([&] { stages.transforms(); });
        cells += seconds([&] { stages.cells(); });
        whitening += seconds([&] { stages.whitening(); });
        sequential += seconds([&] { stages.sequential_test(); });
        correlation += seconds([&] { stages.correlation(); });
        tracker += seconds([&] { stages.tracker(); });
    }
    state.counters["transforms"] = transforms / whole;
    state.counters["cells"] = (cells - transforms) / whole;
    state.counters["whitening"] = whitening / whole;
    state.counters["sequential"] = sequential / whole;
    state.counters["correlation"] = correlation / whole;
    state.counters["tracker"] = tracker / whole;
    state.counters["judgement"] = 1 - (cells + whitening + sequential + correlation + tracker) / whole;
    state.SetLabel(simd_target());
}

// What a detector costs before the first sample, and of that the plan, which the next detector need not make.
void starting(::benchmark::State& state) {
    const DetectConfig config = detect_config(16000, static_cast<int>(state.range(0)));
    double plans_s = 0, detectors_s = 0;
    for (auto _ : state) {
        std::optional<DetectPlan> plan;
        const double plan_s = seconds([&] { plan.emplace(config); });
        const double detector_s = seconds([&] { ::benchmark::DoNotOptimize(Detector(*plan)); });
        plans_s += plan_s;
        detectors_s += detector_s;
        state.SetIterationTime(plan_s + detector_s);
    }
    state.counters["plan"] = plans_s / (plans_s + detectors_s);
}

}  // namespace

BENCHMARK(embedding)->ArgName("rate")->Arg(8000)->Arg(16000)->Arg(24000)->Arg(44100)->Arg(48000)->UseManualTime();
BENCHMARK(detecting)
    ->ArgNames({"rate", "keys", "marked"})
    ->ArgsProduct({{8000, 16000, 24000, 44100, 48000}, {1}, {0, 1}})
    ->ArgsProduct({{8000}, {10, 100, 1000}, {0, 1}})
    ->UseManualTime()
    ->Unit(::benchmark::kMillisecond);
BENCHMARK(sharing)->ArgName("threads")->Apply(up_to_all_cores)->UseManualTime()->Unit(::benchmark::kMillisecond);
BENCHMARK(profile)
    ->ArgNames({"rate", "marked"})
    ->ArgsProduct({{8000, 16000}, {0, 1}})
    ->UseManualTime()
    ->Unit(::benchmark::kMillisecond);
BENCHMARK(starting)->ArgName("keys")->RangeMultiplier(10)->Range(1, 1000)->UseManualTime()->Unit(
    ::benchmark::kMicrosecond);

int main(int count, char** words) {
    return run_benchmarks(count, words, [] {
        ::benchmark::AddCustomContext("simd_target", simd_target());
        ::benchmark::AddCustomContext("fft", ComplexFft::library());
    });
}
