// Finds the rhythm cue of cue.hpp again, whatever its pitch, speed and level.
//
//     earmark::RhythmDetector detector(8000, 1);
//     detector.push(channels, samples);
//     for (const earmark::RhythmFound& cue : detector.finish()) std::cout << cue.start_s;
//
// Unlike the mark, a cue has no key: anybody can play one, and no bound is proved. benchmark_cue measures how often
// the detector is right and wrong.
#pragma once

#include <earmark/audio.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace earmark {

struct RhythmFound {
    double start_s = 0, end_s = 0;  // of the tones, good to about 10 ms
    double pitch_hz = 0;
    double unit_s = 0;        // length of a dot
    double timing_error = 0;  // largest deviation of a tone or gap, in units
};

// Thread safety: one thread at a time per object; objects are independent.
// Real time: push() never locks, throws or logs; it allocates when a cue is found. NaN and infinity count as silence.
// Channels are averaged. Memory: bounded but for the list of what was found.
class RhythmDetector {
  public:
    RhythmDetector(int sample_rate_hz, int channels);  // throws Error(input) naming field, value and range
    RhythmDetector(RhythmDetector&&) noexcept;
    RhythmDetector& operator=(RhythmDetector&&) noexcept;
    ~RhythmDetector();

    void push(const float* const* in, std::size_t samples) noexcept;  // blocks of any size
    std::vector<RhythmFound> finish();                                // in order; ready for a new signal after
    void reset() noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The whole signal at once. Throws Error(input) on NaN, infinity, no samples or a rate outside 8000 .. 192000.
std::vector<RhythmFound> find_rhythm(const AudioView& received);

}  // namespace earmark
