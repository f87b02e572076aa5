// The queue of `earmark listen`: the device's thread hears, the detector's takes its time.
//
//        device --hear--> [ queue, 8 s ] --take--> detector, verdict, terminal
//
// A search takes longer once in a while, and a terminal may be held by Ctrl-S: the queue has room for 8 s of both.
// What does not fit is dropped whole, block by block, and counted; the detector finds its way after a gap by itself.
#pragma once

#include <earmark/ring.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace earmark::tools {

class ListenIntake {
  public:
    // `wanted`: after so many samples hear() has enough. Throws Error(usage).
    ListenIntake(int channels, int sample_rate_hz, std::uint64_t wanted);

    // Device thread: never allocates, locks, throws, waits or logs. False when it has heard enough. No `in`: the
    // device had nothing for that while, which counts as lost.
    bool hear(const float* const* in, std::size_t samples) noexcept;

    // The detector's thread.
    std::size_t take(float* const* heard, std::size_t most) noexcept;  // 0: nothing there yet

    std::uint64_t lost_samples() const noexcept { return lost_; }  // any thread

  private:
    SampleRing queue_;
    std::uint64_t left_;  // of the device thread
    std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace earmark::tools
