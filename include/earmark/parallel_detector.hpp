// The detector for one long signal and several threads.
//
//     earmark::ParallelDetector detector(config, 0);  // as many threads as there are cores
//     while (...) detector.push(in, samples);
//     earmark::Detection found = detector.finish();   // bit for bit what a Detector says
#pragma once

#include <earmark/detector.hpp>

#include <cstddef>
#include <memory>

namespace earmark {

// For files: verdicts on the way are a Detector's. The signal is heard in pieces of 16.4 s, as many at a time as there
// are threads; what is left of it at the end, and signals shorter than that, by one thread. Pays from minutes on.
// Search::full is done by one thread: nearly all of its time goes into the search itself.
// Thread safety: one thread at a time per object; the threads that help are its own and begin with the first pieces.
// Errors: the constructor throws Error(usage | input) as Detector's does, naming `threads` where that is below 0; the
// others what threads and memory may. NaN and infinity are treated as silence.
// Real time: no promise.
// Memory: fixed, some 4 MB a thread at 16 kHz and 8 MB at 48 kHz, whatever the length of the signal.
class ParallelDetector {
  public:
    // threads: 0 = as many as there are cores. More than 16 are not used.
    explicit ParallelDetector(const DetectConfig& config, int threads = 0);
    explicit ParallelDetector(const DetectPlan& plan, int threads = 0);
    ParallelDetector(ParallelDetector&&) noexcept;
    ParallelDetector& operator=(ParallelDetector&&) noexcept;
    ~ParallelDetector();

    void push(const float* const* in, std::size_t samples);  // blocks of any size
    Detection finish();                                      // the verdict; once

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The whole signal at once. Throws Error(input) on NaN, infinity or no samples.
Detection detect(const AudioView& received, const DetectConfig& config, int threads);

}  // namespace earmark
