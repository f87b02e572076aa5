// The only file that knows libebur128.
#include <earmark/cue.hpp>
#include <earmark/error.hpp>

#include <ebur128.h>
#include <algorithm>
#include <limits>
#include <new>

namespace earmark {

struct LoudnessMeter::State {
    ebur128_state* meter = nullptr;
    int channels = 0;
    std::vector<float> interleaved;

    ~State() { ebur128_destroy(&meter); }
};

LoudnessMeter::LoudnessMeter(int sample_rate_hz, int channels) {
    require_format(sample_rate_hz, channels);
    state_ = std::make_unique<State>();
    state_->channels = channels;
    state_->meter = ebur128_init(static_cast<unsigned>(channels), static_cast<unsigned long>(sample_rate_hz),
                                 EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM);  // a histogram: bounded memory
    if (state_->meter == nullptr) throw std::bad_alloc();
    // Nobody knows what the channels of a voice file stand for; by default libebur128 ignores the sixth and later.
    for (int c = 0; c < channels; ++c) {
        ebur128_set_channel(state_->meter, static_cast<unsigned>(c), EBUR128_LEFT);
    }
}

LoudnessMeter::LoudnessMeter(LoudnessMeter&&) noexcept = default;
LoudnessMeter& LoudnessMeter::operator=(LoudnessMeter&&) noexcept = default;
LoudnessMeter::~LoudnessMeter() = default;

void LoudnessMeter::push(const float* const* in, std::size_t samples) {
    const auto channels = static_cast<std::size_t>(state_->channels);
    state_->interleaved.resize(samples * channels);
    for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t i = 0; i < samples; ++i) state_->interleaved[i * channels + c] = in[c][i];
    }
    // "frames", not samples: its word for one sample of every channel.
    if (ebur128_add_frames_float(state_->meter, state_->interleaved.data(), samples) != EBUR128_SUCCESS) {
        throw std::bad_alloc();
    }
}

double LoudnessMeter::lufs() const {
    double loudness = 0;
    if (ebur128_loudness_global(state_->meter, &loudness) != EBUR128_SUCCESS) {
        return -std::numeric_limits<double>::infinity();
    }
    return loudness;
}

double loudness_lufs(const AudioView& audio) {
    require_usable(audio, audio.sample_rate_hz, static_cast<int>(audio.channels.size()));
    LoudnessMeter meter(audio.sample_rate_hz, static_cast<int>(audio.channels.size()));
    constexpr std::size_t block = 65536;
    std::vector<const float*> from(audio.channels.begin(), audio.channels.end());
    for (std::size_t done = 0; done < audio.samples; done += block) {
        const std::size_t count = std::min(block, audio.samples - done);
        meter.push(from.data(), count);
        for (const float*& channel : from) channel += count;
    }
    return meter.lufs();
}

}  // namespace earmark
