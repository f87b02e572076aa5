// The queue between an audio device's thread and a thread that may take its time: one writes, one reads, neither waits.
//
//     earmark::SampleRing ring(1, 48000);
//     if (!ring.write(in, samples)) lost += samples;      // device thread
//     while (std::size_t got = ring.read(block, 480)) ...  // worker
//
// Why: a device asks for its next block every few milliseconds and a late answer is a click, so its thread may not
// wait for anything: not for memory, a lock, a terminal, nor for a search that takes longer once in a while. What it
// has or wants goes through a ring; whoever may be late works at the other end.
#pragma once

#include <cstddef>
#include <memory>

namespace earmark {

// Thread safety: one thread writes (room, write), one thread reads (available, read, skip); nothing else is shared.
// What was written before write() returned is seen by the reader that finds it available: the writer publishes its
// position with release, the reader takes it with acquire, and the other way round for the room that was freed.
// Real time: all but the constructor is bounded by the samples moved and never allocates, locks, throws, waits or logs.
// Full: write() takes the whole block or nothing; what to do with a block that does not fit is the writer's decision.
// Memory: touched in full by the constructor, so that the audio thread meets no page for the first time.
class SampleRing {
  public:
    // Room for at least `capacity` samples in each of `channels`. Throws Error(usage) unless both are at least 1.
    SampleRing(int channels, std::size_t capacity);
    SampleRing(const SampleRing&) = delete;
    SampleRing& operator=(const SampleRing&) = delete;
    ~SampleRing();

    std::size_t room() const noexcept;                                 // at least; the reader may make more
    bool write(const float* const* in, std::size_t samples) noexcept;  // in[c][0..samples)
    std::size_t available() const noexcept;                            // at least; the writer may add more
    std::size_t read(float* const* out, std::size_t most) noexcept;    // oldest first; how many were read
    std::size_t skip(std::size_t most) noexcept;                       // as read(), to nowhere

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace earmark
