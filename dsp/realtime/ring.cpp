#include <earmark/error.hpp>
#include <earmark/ring.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace earmark {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t largest = std::size_t{1} << 32;

std::size_t checked(int channels, std::size_t capacity) {
    if (channels < 1) throw Error(Fault::usage, "channels: " + std::to_string(channels) + ", at least 1 is needed");
    if (capacity < 1 || capacity > largest)
        throw Error(Fault::usage, "capacity: " + std::to_string(capacity) + " is outside 1 to 2^32");
    return std::bit_ceil(capacity);
}

}  // namespace

// Positions count samples since the start and never wrap (584,000 years at 1 MHz); a place is a position modulo the
// size, a power of two. Each side owns one position, on a cache line of its own, and only looks at the other's.
struct SampleRing::State {
    State(int channel_count, std::size_t capacity)
        : size(checked(channel_count, capacity)),
          channels(static_cast<std::size_t>(channel_count), std::vector<float>(size)) {}

    // Two pieces at most: up to the end of the memory, and on from its front.
    template <class Move>
    void pieces(std::uint64_t position, std::size_t samples, Move move) {
        const std::size_t place = position & (size - 1), first = std::min(samples, size - place);
        for (std::size_t c = 0; c < channels.size(); ++c) {
            move(channels[c].data() + place, c, 0, first);
            move(channels[c].data(), c, first, samples - first);
        }
    }

    const std::size_t size;
    std::vector<std::vector<float>> channels;
    alignas(cache_line) std::atomic<std::uint64_t> written{0};
    alignas(cache_line) std::atomic<std::uint64_t> taken{0};
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

SampleRing::SampleRing(int channels, std::size_t capacity) : state_(std::make_unique<State>(channels, capacity)) {}
SampleRing::~SampleRing() = default;

std::size_t SampleRing::room() const noexcept {
    const std::uint64_t taken = state_->taken.load(std::memory_order_acquire);
    return state_->size - static_cast<std::size_t>(state_->written.load(std::memory_order_relaxed) - taken);
}

bool SampleRing::write(const float* const* in, std::size_t samples) noexcept {
    if (samples > room()) return false;
    const std::uint64_t written = state_->written.load(std::memory_order_relaxed);
    state_->pieces(written, samples, [&](float* place, std::size_t channel, std::size_t from, std::size_t count) {
        std::copy_n(in[channel] + from, count, place);
    });
    state_->written.store(written + samples, std::memory_order_release);
    return true;
}

std::size_t SampleRing::available() const noexcept {
    const std::uint64_t written = state_->written.load(std::memory_order_acquire);
    return static_cast<std::size_t>(written - state_->taken.load(std::memory_order_relaxed));
}

std::size_t SampleRing::read(float* const* out, std::size_t most) noexcept {
    const std::size_t samples = std::min(most, available());
    const std::uint64_t taken = state_->taken.load(std::memory_order_relaxed);
    state_->pieces(taken, samples, [&](const float* place, std::size_t channel, std::size_t from, std::size_t count) {
        std::copy_n(place, count, out[channel] + from);
    });
    state_->taken.store(taken + samples, std::memory_order_release);
    return samples;
}

std::size_t SampleRing::skip(std::size_t most) noexcept {
    const std::size_t samples = std::min(most, available());
    state_->taken.store(state_->taken.load(std::memory_order_relaxed) + samples, std::memory_order_release);
    return samples;
}

}  // namespace earmark
