#include "sound_options.hpp"

#include "text.hpp"

#include <earmark/audio.hpp>

#include <cmath>

namespace earmark::tools {

namespace {

constexpr std::size_t longest_block = 65536;
constexpr double longest_wait_s = 1e7;  // four months
constexpr int any_rate_hz = 8000;       // that is allowed

void require_wished_format(int rate, int channels) {
    try {
        require_format(rate, channels);
    } catch (const Error& error) {  // here they are arguments, not facts about audio
        throw Error(Fault::usage, error.what());
    }
}

}  // namespace

void add_sound(CLI::App& app, SoundOptions& options) {
    app.add_option("--device", options.device,
                   "Input, by number or a part of its name; the default device if not given")
        ->type_name("DEVICE");
    app.add_option("--rate", options.rate, "Sample rate, 8000 to 192000 Hz; the device's own if not given")
        ->type_name("HZ");
    app.add_option("--channels", options.channels, "Channels, 1 to 64")->type_name("N")->capture_default_str();
    app.add_option("--block", options.block, "Samples a block, 1 to 65536; what the device likes if not given")
        ->type_name("SAMPLES");
    app.add_option("--seconds", options.seconds, "Stop after so much audio; goes on until Ctrl-C if not given")
        ->type_name("S");
}

void require_sound(const SoundOptions& options) {
    if (options.block > longest_block)
        throw Error(Fault::usage, "--block: " + std::to_string(options.block) + " is outside 1 to 65536");
    if (!(options.seconds >= 0 && options.seconds <= longest_wait_s))
        throw Error(Fault::usage, "--seconds: " + fixed(options.seconds, 3) + " is outside 0 to 10000000");
    require_wished_format(options.rate != 0 ? options.rate : any_rate_hz, options.channels);
}

SoundWish wish_from(const SoundOptions& options, const SoundDevice& clock) {
    const int rate = options.rate != 0 ? options.rate : static_cast<int>(std::lround(clock.sample_rate_hz));
    require_wished_format(rate, options.channels);
    return {.input = {}, .output = {}, .channels = options.channels, .sample_rate_hz = rate, .block = options.block};
}

std::uint64_t samples_wanted(const SoundOptions& options, int sample_rate_hz) {
    if (options.seconds <= 0) return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(std::llround(options.seconds * sample_rate_hz));
}

}  // namespace earmark::tools
