// Stretches where one pure tone is all there is: what a rhythm cue is made of, and what speech almost never is.
#pragma once

#include "dsp/simd/kernels.hpp"
#include "dsp/transform/fft.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace earmark {

struct ToneRun {
    double start_s = 0, end_s = 0;  // where the level passes half its height, good to about 5 ms
    double pitch_hz = 0;
    double level_db = 0;  // of the loudest frame
};

// Calls the sink for every run as soon as it is over. Real time: push() allocates nothing.
class Tones {
  public:
    using Sink = std::function<void(const ToneRun&)>;
    Tones(int sample_rate_hz, Sink sink);

    void push(const float* samples, std::size_t count) noexcept;
    void finish() noexcept;  // the run that the end cut off, if any; ready for a new signal after

  private:
    struct Frame {
        bool tonal = false;
        double pitch_hz = 0, level_db = 0;
    };
    Frame analyse() noexcept;
    void take(const Frame& frame) noexcept;
    void close_run() noexcept;

    int sample_rate_hz_;
    std::size_t window_samples_, hop_samples_;
    Sink sink_;
    const simd::Kernels& kernels_;
    RealFft fft_;
    std::vector<float> window_, buffer_, power_;
    std::size_t held_ = 0;
    std::int64_t frame_ = 0;  // the next one

    std::vector<float> levels_db_;  // of the run that is open, gaps of a frame or two included
    std::size_t length_ = 0;        // of the run, without the gap at its end
    std::size_t gap_ = 0;
    std::int64_t first_ = 0;
    double pitch_hz_ = 0, weight_ = 0, top_db_ = 0;

    // The tail that a room leaves of a tone: of its pitch, softer and softer. It is no tone of its own.
    bool is_tail(const Frame& frame) noexcept;
    double tail_hz_ = 0, tail_db_ = 0;
};

}  // namespace earmark
