// earmark listen: a verdict on what an input device hears, as it hears it.
//
// Two threads: the device's, which fills the queue of listen_intake.hpp, and this one, which empties it into the
// detector, draws the line on the terminal and waits for Ctrl-C.
#include "audio_reader.hpp"
#include "follower.hpp"
#include "interrupt.hpp"
#include "listen_intake.hpp"
#include "options.hpp"
#include "sound_options.hpp"
#include "standard_output.hpp"
#include "terminal.hpp"
#include "text.hpp"
#include "verdict.hpp"

#include <earmark/detector.hpp>
#include <earmark/error.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <thread>
#include <utility>

namespace earmark::tools {

namespace {

constexpr auto nap = std::chrono::milliseconds(20);  // when nothing was heard
constexpr double step_s = 0.02;

struct Listen {
    SoundOptions sound;
    std::vector<std::string> keys;
    double p_max = DetectConfig{}.p_max;
    bool json = false;
};

// What the line on the terminal is made of.
class Meter {
  public:
    Meter(const std::string& device, std::FILE* terminal, double p_max)
        : terminal_(terminal),
          follower_([this, device](const std::string& event, const Detection& now) {
              terminal_.print(event_line(device, event, now));
          }),
          needed_(std::log10(p_max)) {}

    void heard(const Block& block, int channels, std::size_t samples) {
        for (int c = 0; c < channels; ++c)
            for (std::size_t i = 0; i < samples; ++i)
                if (std::isfinite(block.channels()[c][i])) peak_ = std::max(peak_, std::abs(block.channels()[c][i]));
    }

    // A line that stays when a mark begins, when its payload is read, and when it ends.
    void tell(const Detection& now) {
        follower_.take(now);
        found_ = now;
    }

    // Ten times a second at most, but for the last line.
    void draw(double heard_s, double lost_s, std::uint64_t overruns, bool last) {
        const auto now = std::chrono::steady_clock::now();
        if (!terminal_.wanted() || (now < next_ && !last)) return;
        next_ = now + between_drawings;
        const float level = std::exchange(peak_, 0.0f);
        std::string line = clock_time(heard_s) + "  " +
                           (level > 0 ? fixed(std::round(20 * std::log10(level)) + 0.0, 0) : "-inf") +
                           " dBFS  [] p = 10^" + fixed(found_.log10_p, 1) + "  " +
                           (found_.marked ? found_.ongoing ? "MARKED" : "MARKED before" : "not found so far");
        if (lost_s > 0) line += "  lost " + fixed(lost_s, 1) + " s";
        if (overruns > 0) line += "  device overruns " + std::to_string(overruns);
        terminal_.draw(line, found_.log10_p / needed_);
    }

  private:
    Terminal terminal_;
    Follower follower_;
    double needed_;
    float peak_ = 0;
    Detection found_;
    std::chrono::steady_clock::time_point next_{};
};

struct Outcome {
    Detection verdict;
    double lost_s = 0;
    std::uint64_t overruns = 0;
    std::exception_ptr trouble;  // the device went, after something had been heard
};

class Listener {
  public:
    Listener(const Listen& options, const DetectConfig& config, const std::string& device, const SoundSystem& sound)
        : rate_(config.sample_rate_hz),
          channels_(config.channels),
          detector_(config),
          intake_(channels_, rate_, samples_wanted(options.sound, rate_)),
          block_(channels_, static_cast<std::size_t>(std::ceil(step_s * rate_))),
          meter_(device, sound.terminal(), config.p_max) {}

    // Until Ctrl-C, enough seconds, or the end of the device.
    Outcome listen(SoundSystem& sound, const SoundWish& wish) {
        const Interrupt interrupt;
        Outcome outcome;
        try {
            SoundStream stream(sound, wish, [this](const float* const* in, float* const*, std::size_t samples) {
                return intake_.hear(in, samples);
            });
            judge_while_running(stream, interrupt, outcome.overruns);
        } catch (const Error&) {
            if (heard_ == 0) throw;
            outcome.trouble = std::current_exception();
        }
        outcome.lost_s = seconds(intake_.lost_samples());
        outcome.verdict = detector_.finish();
        return outcome;
    }

  private:
    void judge_while_running(SoundStream& stream, const Interrupt& interrupt, std::uint64_t& overruns) {
        for (bool more = true; more && !interrupt.asked();) {
            more = stream.running();  // asked first: what it heard before it ended is judged
            while (judge_step() && !interrupt.asked()) {
            }
            overruns = stream.overruns();
            meter_.draw(seconds(heard_), seconds(intake_.lost_samples()), overruns, !more);
            if (more) std::this_thread::sleep_for(nap);
        }
    }

    bool judge_step() {
        const std::size_t got = intake_.take(block_.channels(), block_.capacity());
        if (got == 0) return false;
        detector_.push(block_.channels(), got);
        heard_ += got;
        meter_.heard(block_, channels_, got);
        if (const auto now = detector_.poll()) meter_.tell(*now);
        return true;
    }

    double seconds(std::uint64_t samples) const { return static_cast<double>(samples) / rate_; }

    int rate_, channels_;
    Detector detector_;
    ListenIntake intake_;
    Block block_;
    Meter meter_;
    std::uint64_t heard_ = 0;
};

void warn_of_gaps(const std::string& device, const Outcome& outcome) {
    if (outcome.lost_s > 0)
        warn(device + ": " + fixed(outcome.lost_s, 2) + " s were lost, the device was faster than the detector");
    if (outcome.overruns > 0) warn(device + ": the device lost input " + std::to_string(outcome.overruns) + " times");
}

int run(const Listen& options) {
    require_sound(options.sound);
    DetectConfig config;
    for (const std::string& path : options.keys) config.keys.push_back({path, load_key(path)});
    config.channels = options.sound.channels;
    config.p_max = options.p_max;
    std::string device;
    Outcome outcome;
    {
        SoundSystem sound;
        const SoundDevice input = sound.input(options.sound.device);
        SoundWish wish = wish_from(options.sound, input);
        wish.input = input;
        config.sample_rate_hz = wish.sample_rate_hz;
        device = input.name;
        outcome = Listener(options, config, device, sound).listen(sound, wish);
    }
    warn_of_gaps(device, outcome);
    print_line(options.json ? json_line(device, outcome.verdict) : verdict_line(device, outcome.verdict));
    if (outcome.trouble) std::rethrow_exception(outcome.trouble);  // what was heard until then was judged
    return outcome.verdict.marked ? done : not_marked;
}

}  // namespace

Command add_listen(CLI::App& app) {
    CLI::App* command = app.add_subcommand("listen", "Look for a mark in what an input device hears, until Ctrl-C");
    const auto options = std::make_shared<Listen>();
    command->add_option("--key", options->keys, "Master or screening key to look for; may be given several times")
        ->required()
        ->allow_extra_args(false)
        ->type_name("KEY");
    add_p_max(*command, options->p_max);
    add_sound(*command, options->sound);
    command->add_flag("--json", options->json, "The last verdict as a JSON object, as detect --json has it");
    return {command, [options] { return run(*options); }};
}

}  // namespace earmark::tools
