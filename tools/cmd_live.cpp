// earmark live: what the input device hears leaves the output device marked, or not at all.
//
// Three threads: the device's, which fills and empties the queues of live_exchange.hpp; the worker's, which marks what
// lies between them; and this one, which draws the line on the terminal and waits for Ctrl-C.
#include "audio_reader.hpp"
#include "interrupt.hpp"
#include "live_exchange.hpp"
#include "options.hpp"
#include "sound_options.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <earmark/embedder.hpp>
#include <earmark/error.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

namespace earmark::tools {

namespace {

constexpr auto worker_nap = std::chrono::milliseconds(2);  // when there is nothing to mark
constexpr double marked_step_s = 0.01;                     // marked at once

struct Live {
    SoundOptions sound;
    std::string output_device, key, payload;
    std::string profile = std::string(name(Profile::standard));
};

class Worker {
  public:
    Worker(LiveExchange& exchange, const EmbedConfig& config)
        : exchange_(exchange),
          embedder_(config),
          block_(config.channels, static_cast<std::size_t>(std::ceil(marked_step_s * config.sample_rate_hz))),
          channels_(config.channels) {}

    void work(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const std::size_t got = exchange_.take(block_.channels(), block_.capacity());
            if (got == 0) std::this_thread::sleep_for(worker_nap);
            if (!usable(got)) mute(got);
            embedder_.process(block_.channels(), block_.channels(), got);
            while (!exchange_.give(block_.channels(), got) && !stop.stop_requested())
                std::this_thread::sleep_for(worker_nap);
        }
    }

    std::size_t latency_samples() const { return embedder_.latency_samples(); }
    std::uint64_t unusable_samples() const { return unusable_; }

  private:
    // Far beyond full scale the limiter leaves no mark, and a broken device gives NaN.
    bool usable(std::size_t samples) const {
        const auto fits = [](float x) { return std::abs(x) <= largest_host_sample; };
        for (int c = 0; c < channels_; ++c)
            if (!std::all_of(block_.channels()[c], block_.channels()[c] + samples, fits)) return false;
        return true;
    }

    void mute(std::size_t samples) {
        for (int c = 0; c < channels_; ++c) std::fill_n(block_.channels()[c], samples, 0.0f);
        unusable_ += samples;
    }

    LiveExchange& exchange_;
    Embedder embedder_;
    Block block_;
    int channels_;
    std::atomic<std::uint64_t> unusable_ = 0;
};

std::string seconds(std::uint64_t samples, int rate) {
    return fixed(static_cast<double>(samples) / rate, 2) + " s";
}

// Silent: played as silence, the mark was not ready. Lost: never marked. Muted: far beyond full scale, or not a number.
std::string told(const LiveExchange& exchange, const Worker& worker, const SoundStream& stream, int rate) {
    const auto late = static_cast<double>(exchange.head_start() + worker.latency_samples());
    std::string text = "latency " + fixed(1000 * late / rate, 0) + " ms and the devices'";
    const std::pair<const char*, std::uint64_t> troubles[] = {
        {"silent", exchange.silent_samples()}, {"lost", exchange.lost_samples()}, {"muted", worker.unusable_samples()}};
    for (const auto& [word, samples] : troubles)
        if (samples > 0) text += std::string(", ") + word + " " + seconds(samples, rate);
    const std::uint64_t faults = stream.overruns() + stream.underruns();
    return faults > 0 ? text + ", device faults " + std::to_string(faults) : text;
}

int run(const Live& options) {
    require_sound(options.sound);
    const EmbedConfig base{.key = Key::load(options.key),
                           .payload = Payload::from_hex(options.payload),
                           .sample_rate_hz = 0,
                           .channels = options.sound.channels,
                           .profile = profile_from_name(options.profile)};
    SoundSystem sound;
    const SoundDevice input = sound.input(options.sound.device), output = sound.output(options.output_device);
    SoundWish wish = wish_from(options.sound, input);
    wish.input = input;
    wish.output = output;

    EmbedConfig config = base;
    const int rate = config.sample_rate_hz = wish.sample_rate_hz;
    LiveExchange exchange(wish.channels, rate);
    Worker worker(exchange, config);
    std::uint64_t left = samples_wanted(options.sound, rate);  // of the device thread
    const Interrupt interrupt;
    std::string summary;
    {
        Terminal terminal(sound.terminal());
        const std::jthread thread([&](const std::stop_token& stop) { worker.work(stop); });
        SoundStream stream(sound, wish, [&](const float* const* in, float* const* out, std::size_t samples) {
            exchange.exchange(in, out, samples);
            left -= std::min<std::uint64_t>(left, samples);
            return left > 0;
        });
        while (!interrupt.asked() && stream.running()) {
            const double heard_s = static_cast<double>(exchange.samples()) / rate;
            terminal.draw(clock_time(heard_s) + "  marking, " + told(exchange, worker, stream, rate), 0);
            std::this_thread::sleep_for(between_drawings);
        }
        summary = seconds(exchange.samples(), rate) + ", " + told(exchange, worker, stream, rate);
    }
    std::fprintf(sound.terminal(), "%s -> %s: %s\n", input.name.c_str(), output.name.c_str(), summary.c_str());
    return done;
}

}  // namespace

Command add_live(CLI::App& app) {
    CLI::App* command = app.add_subcommand("live", "Mark what an input device hears and play it; no mark, no audio");
    const auto options = std::make_shared<Live>();
    add_key(*command, options->key, "Master key that marks")->required();
    command->add_option("--payload", options->payload, "What the mark says: 8, 16 or 32 hexadecimal digits")
        ->required()
        ->type_name("HEX");
    add_profile(*command, options->profile);
    add_sound(*command, options->sound);
    command->add_option("--output-device", options->output_device, "Output, as --device")->type_name("DEVICE");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
