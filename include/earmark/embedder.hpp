// The embedder: host in, marked out, same length, same rate.
//
//     earmark::EmbedConfig config{.key = key, .payload = payload, .sample_rate_hz = 24000, .channels = 1};
//     earmark::Marked marked = earmark::embed(view, config);          // a whole signal
//
//     earmark::Embedder embedder(config);                             // or block by block
//     embedder.process(in, out, samples);                             // out lags by latency_samples()
//     embedder.flush(out);                                            // the last latency_samples() samples
#pragma once

#include <earmark/audio.hpp>
#include <earmark/key.hpp>
#include <earmark/payload.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace earmark {

// How deep the mark goes; each is a point on the frontier of quality against seconds needed (README has the table).
enum class Profile { transparent, standard, robust };

std::string_view name(Profile profile);
Profile profile_from_name(std::string_view name);  // throws Error(usage)

struct EmbedConfig {
    Key key;
    Payload payload;
    int sample_rate_hz = 0;  // 8000 .. 192000
    int channels = 1;        // 1 .. 64; every channel carries the same mark
    Profile profile = Profile::standard;
};

// What was done, filled as the samples leave.
struct EmbedReport {
    std::uint64_t samples = 0;          // per channel
    std::uint64_t limited_samples = 0;  // samples round which the mark was made shallower so that nothing clips
    double active_s = 0;                // seconds with enough sound to carry a mark, loudest channel
    double mark_db = 0;                 // energy of the change against the host's, dB; -inf when nothing was changed
};

// Thread safety: one thread at a time per object; objects are independent.
// Real time: process() and flush() never allocate, lock, throw or log. The constructor plans and allocates.
// Latency: latency_samples(), constant, at most 32 ms.
// Same samples in blocks of any size give bit-identical output. NaN and infinity in the host are treated as silence
// (the file level tools refuse them); |marked| never exceeds max(1, |host|).
class Embedder {
  public:
    explicit Embedder(const EmbedConfig& config);  // throws Error(usage | input) naming field, value and range
    Embedder(Embedder&&) noexcept;
    Embedder& operator=(Embedder&&) noexcept;
    ~Embedder();

    // in[c][0..samples), out[c][0..samples); in and out may be the same memory. out[c][i] is the marked sample that
    // entered latency_samples() earlier, zeros before the first.
    void process(const float* const* in, float* const* out, std::size_t samples) noexcept;
    // Writes the last latency_samples() samples to out[c] and is then ready for a new signal.
    void flush(float* const* out) noexcept;
    void reset() noexcept;

    std::size_t latency_samples() const noexcept;
    EmbedReport report() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

struct Marked {
    Audio audio;
    EmbedReport report;
};

// The whole signal at once, sample for sample what Embedder gives. Throws Error(input) on NaN, infinity, no samples,
// or a sample outside -8 to 8 (full scale is +-1).
Marked embed(const AudioView& host, const EmbedConfig& config);

}  // namespace earmark
