// The audible cue beside the mark: the Morse rhythm of "AI", a way to put a cue between the samples of a stream, and
// the loudness that both are set by.
//
//     earmark::RhythmCue cue({.sample_rate_hz = 24000, .level_lufs = earmark::loudness_lufs(speech)});
//     earmark::CueInserter inserter({.cue = cue.audio(), .at = {0}, .at_end = true});
//
// A cue goes between the samples, never over them, and before the embedder, so that the mark covers it.
#pragma once

#include <earmark/audio.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace earmark {

// A = short long, I = short short. A dot and every gap inside a letter last one unit, a dash and the gap between the
// letters three (ITU-R M.1677-1): without that gap the same tones spell L.
inline constexpr int rhythm_units = 11;

inline constexpr double min_rhythm_pitch_hz = 400, max_rhythm_pitch_hz = 2500;  // inside the band of a telephone
inline constexpr double min_rhythm_unit_s = 0.06, max_rhythm_unit_s = 0.3;
inline constexpr double min_cue_lufs = -60, max_cue_lufs = -10;

struct RhythmConfig {
    int sample_rate_hz = 0;   // 8000 .. 192000
    int channels = 1;         // 1 .. 64; all carry the same tone, which counts in the loudness
    double pitch_hz = 800;    // 400 .. 2500
    double unit_s = 0.12;     // 0.06 .. 0.3; the cue lasts 11 units
    double level_lufs = -23;  // -60 .. -10, integrated loudness of the whole cue (ITU-R BS.1770)
};

// Thread safety: const after construction, any number of threads.
// Real time: render() never allocates, locks, throws or logs. The constructor measures and allocates.
class RhythmCue {
  public:
    explicit RhythmCue(const RhythmConfig& config);  // throws Error(usage | input) naming field, value and range

    std::size_t samples() const noexcept { return samples_; }
    // out[0..count) = samples [from, from + count) of the cue, zeros behind its end.
    void render(std::size_t from, float* out, std::size_t count) const noexcept;
    Audio audio() const;  // the whole cue, in every channel

  private:
    double sample(std::size_t index) const noexcept;

    RhythmConfig config_;
    std::size_t unit_samples_, samples_, ramp_samples_;
    double amplitude_ = 1;
};

// Integrated loudness, LUFS, of all channels with equal weight; -infinity for silence and for less than 0.4 s.
// Throws Error(input) on NaN, infinity, no samples or a rate outside 8000 .. 192000.
double loudness_lufs(const AudioView& audio);

// The same for a signal that comes block by block. One thread at a time per object.
class LoudnessMeter {
  public:
    LoudnessMeter(int sample_rate_hz, int channels);  // throws Error(input)
    LoudnessMeter(LoudnessMeter&&) noexcept;
    LoudnessMeter& operator=(LoudnessMeter&&) noexcept;
    ~LoudnessMeter();

    void push(const float* const* in, std::size_t samples);  // may allocate; memory is bounded by the block
    double lufs() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

struct InsertConfig {
    Audio cue = {};                      // with the stream's sample rate and channels
    std::vector<std::uint64_t> at = {};  // before these samples of the stream, ascending; 0 is the start
    double every_s = 0;                  // 0 never, or 1 and more: again after every so many seconds of the stream
    bool at_end = false;
    double pause_s = 0.25;  // 0 .. 10: silence before and after the cue
};

// Thread safety: one thread at a time per object; objects are independent.
// Real time: process() and finish() never allocate, lock, throw or log.
// The samples of the stream come out bit for bit; any block sizes give the same output.
class CueInserter {
  public:
    explicit CueInserter(const InsertConfig& config);  // throws Error(usage | input) naming field, value and range
    CueInserter(CueInserter&&) noexcept;
    CueInserter& operator=(CueInserter&&) noexcept;
    ~CueInserter();

    struct Step {
        std::size_t taken = 0;  // samples of in that are done with
        std::size_t put = 0;    // samples of out that are filled
    };
    // Goes on until `in` is used up or `out` is full; call again with the rest. in and out may not overlap.
    Step process(const float* const* in, std::size_t in_samples, float* const* out, std::size_t capacity) noexcept;
    // What remains after the last sample, the cue at the end; call until it gives 0, then it is ready for a new stream.
    std::size_t finish(float* const* out, std::size_t capacity) noexcept;
    void reset() noexcept;

    std::size_t inserted_samples() const noexcept;  // by which each cue lengthens the stream: the pauses and the cue
    std::size_t pause_samples() const noexcept;     // of one pause

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace earmark
