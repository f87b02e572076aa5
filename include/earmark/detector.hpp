// The detector: is this audio marked with one of my keys, where, and what does the mark say?
//
//     earmark::DetectConfig config{.keys = {{"vendor.key", key}}, .sample_rate_hz = 8000};
//     earmark::Detection found = earmark::detect(view, config);
//     if (found.marked) std::cout << found.log10_p;
//
// log10_p bounds, as a theorem, the probability that audio made without knowledge of the key gets such a verdict,
// whatever that audio is; every hypothesis tried is counted in it.
#pragma once

#include <earmark/audio.hpp>
#include <earmark/key.hpp>
#include <earmark/payload.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earmark {

// How much of time and frequency scale is searched.
//
//     none    unchanged speed and pitch
//     drift   the same: clocks that differ (+-500 ppm and more), lost packets and jumps are always followed
//     full    speed 0.8 to 1.25, tempo 0.7 to 1.5, pitch +-3 semitones, and speed with tempo
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
    double payload_log10_p = 0;  // bound on reading any payload at all from audio that has none
    std::string key;             // name of the key found, empty when not marked
    int channel = 0;             // channel found
    double start_s = 0, end_s = 0;
    // How the audio plays beside what was marked, of the segment of least p: time 1.1 = 1.1 times as fast,
    // frequency 1.1 = every frequency 1.1 times as high; a tape that runs fast changes both alike.
    double time_scale = 1, frequency_scale = 1;
    double duration_s = 0, active_s = 0;
    double hypotheses = 0;  // 1 / weight of the hypothesis that decided
    std::string reason;     // why no verdict was possible, else empty
    std::vector<Segment> segments;
    std::vector<Score> scores;
};

// Thread safety: one thread at a time per object; objects are independent.
// Errors: the constructor throws Error(usage | input) naming field, value and range; push() never throws, NaN and
// infinity are treated as silence.
// Memory: bounded, whatever the length of the signal.
class Detector {
  public:
    explicit Detector(const DetectConfig& config);
    Detector(Detector&&) noexcept;
    Detector& operator=(Detector&&) noexcept;
    ~Detector();

    void push(const float* const* in, std::size_t samples) noexcept;  // blocks of any size
    Detection finish();                                               // the verdict; ready for a new signal after
    void reset() noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The whole signal at once. Throws Error(input) on NaN, infinity or no samples.
Detection detect(const AudioView& received, const DetectConfig& config);

}  // namespace earmark
