// The two queues of `earmark live`, and the promise that nothing unmarked is played.
//
//     device thread   exchange(in, out): leaves the host in the first queue, plays what lies ready in the second
//     worker          take() the host, mark it, give() it back
//
//        device --host--> [ queue ] --take--> worker --give--> [ queue ] --marked--> device
//
// Nothing but give() fills the second queue, and exchange() plays from it or plays silence: a worker that is late, or
// stuck, or gone, makes silence, never unmarked audio.
// Latency: the second queue starts with a head start of silence, which the worker has for its work. A block that is
// not ready in time is played as silence and the head start has grown by as much: it finds its size by itself, within
// a few blocks, whatever the device's block is. Beyond 0.25 s, or three blocks, it grows no more: what comes later than
// that is dropped, and counted.
// Lost: a block of the host that does not fit in the first queue, because the worker stands still, is dropped and
// counted; silence is played in its place.
#pragma once

#include <earmark/ring.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace earmark::tools {

class LiveExchange {
  public:
    LiveExchange(int channels, int sample_rate_hz);  // throws Error(usage)

    // Device thread: never allocates, locks, throws, waits or logs. `in` and `out` must not overlap; no `in`: silence.
    void exchange(const float* const* in, float* const* out, std::size_t samples) noexcept;

    // Worker.
    std::size_t take(float* const* host, std::size_t most) noexcept;      // 0: nothing there yet
    bool give(const float* const* marked, std::size_t samples) noexcept;  // false: no room yet

    // Any thread.
    std::uint64_t samples() const noexcept { return samples_; }        // of the host, lost ones too
    std::uint64_t lost_samples() const noexcept { return lost_; }      // never marked
    std::uint64_t silent_samples() const noexcept { return silent_; }  // played as silence for want of marked ones
    std::size_t head_start() const noexcept { return head_start_; }

  private:
    void play(float* const* out, std::size_t samples) noexcept;

    const std::size_t channels_, most_head_start_;
    SampleRing host_, marked_;
    std::size_t overdue_ = 0;  // of the device thread: samples played as silence that are to be dropped when they come
    std::atomic<std::uint64_t> samples_ = 0, lost_ = 0, silent_ = 0;
    std::atomic<std::size_t> head_start_;
};

}  // namespace earmark::tools
