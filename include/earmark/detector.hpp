// The detector: is this audio marked with one of my keys, where, and what does the mark say?
//
//     earmark::DetectConfig config{.keys = {{"vendor.key", key}}, .sample_rate_hz = 8000};
//     earmark::Detection found = earmark::detect(view, config);
//     if (found.marked) std::cout << found.log10_p;
//
//     earmark::Detector detector(config);                     // or as the audio comes, in blocks of any size
//     detector.push(in, samples);
//     if (auto so_far = detector.poll()) std::cout << so_far->log10_p;
//     found = detector.finish();
//
// log10_p bounds, as a theorem, the probability that audio made without knowledge of the key gets such a verdict,
// whatever that audio is; every hypothesis tried is counted in it.
#pragma once

#include <earmark/audio.hpp>
#include <earmark/key.hpp>
#include <earmark/payload.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earmark {

// How much of time and frequency scale is searched.
//
//     none    unchanged speed and pitch
//     drift   the same today: clocks that differ (+-500 ppm and more), lost packets and jumps are always followed
//     full    speed 0.8 to 1.25, tempo 0.7 to 1.5, pitch +-3 semitones, and speed with tempo; phase vocoders with long
//             windows too, where the audio has more than 4.5 kHz, but no payload behind them. Every 32.8 s of audio it
//             looks through the last 65.5 s, at once, inside one push(): that allocates and locks nothing, but may take
//             a second, so give it a thread that can wait. 8 MB a channel and 7 MB a detector.
enum class Search { none, drift, full };

std::string_view name(Search search);
Search search_from_name(std::string_view name);  // throws Error(usage)

struct NamedKey {
    std::string name;  // returned with the verdict
    AnyKey key;
};

struct DetectConfig {
    std::vector<NamedKey> keys;  // at least one
    int sample_rate_hz = 0;      // 8000 .. 192000
    int channels = 1;            // 1 .. 64; each is judged alone
    Search search = Search::none;
    double p_max = 1e-6;  // 0 < p_max < 1: marked means p <= p_max
    bool scores = false;  // fill Detection::scores
};

// A stretch of audio that carries a mark. The segments of one verdict share its false-alarm bound.
struct Segment {
    double start_s = 0, end_s = 0;  // good to about half a second
    double log10_p = 0;
    std::optional<Payload> payload;  // as read from this segment alone
    double payload_log10_p = 0;
    double time_scale = 1, frequency_scale = 1;  // as in Detection
};

// The score over time, for plots: evidence along the best hypothesis in the 0.512 s from start_s on.
struct Score {
    double start_s = 0;
    double z = 0;  // standard deviations; one value without a mark is rarely beyond +-3
};

struct Detection {
    bool marked = false;
    double log10_p = 0;  // 0 = no evidence; counts keys, channels, windows and phases
    std::optional<Payload> payload;
    // Bound on reading any payload at all from audio that has none. Of a mark in white noise, of just the
    // strength where that is worst, some 10 in a million readings give another payload than was put in; 20 of 128 bits.
    double payload_log10_p = 0;
    std::string key;  // name of the key found, empty when not marked
    int channel = 0;  // channel found
    double start_s = 0, end_s = 0;
    // How the audio plays beside what was marked, of the segment of least p: time 1.1 = 1.1 times as fast,
    // frequency 1.1 = every frequency 1.1 times as high; a tape that runs fast changes both alike. Both exactly 1:
    // unchanged. Time is good to 0.2 % (1 % where WSOLA jitters), frequency to 0.5 % (1.3 % where nothing stands above
    // 4 kHz); behind a phase vocoder with long windows to 1.5 % and 1 %.
    double time_scale = 1, frequency_scale = 1;
    double duration_s = 0, active_s = 0;
    double hypotheses = 0;  // 1 / weight of the hypothesis that decided
    std::string reason;     // why no verdict was possible, else empty
    std::vector<Segment> segments;
    std::vector<Score> scores;
    double decided_s = 0;  // seconds of signal heard when it became marked; 0 when not marked
    bool ongoing = false;  // poll(): marked, and the last segment had not ended
};

// What all streams of one config share and none changes: checked config, carriers, correlators, transforms. A value:
// copies are handles to the same, any number of detectors on any threads use it without locks.
class DetectPlan {
  public:
    explicit DetectPlan(const DetectConfig& config);  // throws Error(usage | input) naming field, value and range

  private:
    friend class Detector;
    friend class ParallelDetector;
    struct Parts;
    std::shared_ptr<const Parts> parts_;
};

// One stream.
//
// Events: a mark begins when poll() turns `marked` (or `ongoing` again, with a later last segment), its payload is
// there when the last segment has one, and it has ended when `ongoing` turns false.
// Thread safety: one thread at a time per object; objects are independent.
// Errors: the constructors throw Error(usage | input) naming field, value and range; push() never throws, NaN and
// infinity are treated as silence.
// Real time: push() and reset() never allocate, lock, throw or log; the others may. What takes long is spread over the
// audio in steps of microseconds, but for the search through scales of Search::full (see there).
// Memory: fixed at construction, whatever the length of the signal.
// Same samples in blocks of any sizes give the same verdicts at the same samples.
// Many keys: with up to four each is tested every 8 ms. With more a key is tested so from the end of the half second on
// in which something first speaks for it, back to where that began: verdicts and p are those of a key tested all the
// time, but for marks at the edge of being found, and may come up to half a second later (on telephone calls with 100
// keys 0.14 s on average, benchmarks/detection_delay.py --keys 100).
class Detector {
  public:
    explicit Detector(const DetectConfig& config);
    explicit Detector(const DetectPlan& plan);
    Detector(Detector&&) noexcept;
    Detector& operator=(Detector&&) noexcept;
    ~Detector();

    void push(const float* const* in, std::size_t samples) noexcept;  // blocks of any size
    // The verdict so far, when it was renewed since the last poll(): twice a second of audio at least. The alpha of all
    // polls of a call of any length together is p_max: who is marked once stays marked.
    std::optional<Detection> poll();
    Detection finish();  // the verdict; ready for a new signal after
    void reset() noexcept;

    // The stream so far, for a detector of the same plan elsewhere: versioned, checked, without any secret. After
    // restore() everything goes on as it would have here. restore() throws Error(input), naming what is wrong (another
    // version, another config or key, cut, damaged), and leaves the detector as it was.
    std::vector<std::byte> save() const;
    void restore(std::span<const std::byte> state);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The whole signal at once. Throws Error(input) on NaN, infinity or no samples.
Detection detect(const AudioView& received, const DetectConfig& config);

}  // namespace earmark
