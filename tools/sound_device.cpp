#include "sound_device.hpp"

#include "text.hpp"
#include "tools/loading/loaded_library.hpp"

#include <earmark/error.hpp>

#include <pa_jack.h>
#include <portaudio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>

namespace earmark::tools {

namespace {

constexpr auto silence_of_a_lost_device = std::chrono::seconds(3);
constexpr std::array usual_rates_hz{8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192000};

struct PortAudio {
    LoadedLibrary library{"libportaudio.so.2", "sound devices"};
#define EARMARK_OF_PORTAUDIO(name) decltype(&::name) name = library.function<decltype(&::name)>(#name)
    EARMARK_OF_PORTAUDIO(PaJack_SetClientName);
    EARMARK_OF_PORTAUDIO(Pa_AbortStream);
    EARMARK_OF_PORTAUDIO(Pa_CloseStream);
    EARMARK_OF_PORTAUDIO(Pa_GetDefaultInputDevice);
    EARMARK_OF_PORTAUDIO(Pa_GetDefaultOutputDevice);
    EARMARK_OF_PORTAUDIO(Pa_GetDeviceCount);
    EARMARK_OF_PORTAUDIO(Pa_GetDeviceInfo);
    EARMARK_OF_PORTAUDIO(Pa_GetErrorText);
    EARMARK_OF_PORTAUDIO(Pa_GetHostApiInfo);
    EARMARK_OF_PORTAUDIO(Pa_GetLastHostErrorInfo);
    EARMARK_OF_PORTAUDIO(Pa_Initialize);
    EARMARK_OF_PORTAUDIO(Pa_IsFormatSupported);
    EARMARK_OF_PORTAUDIO(Pa_IsStreamActive);
    EARMARK_OF_PORTAUDIO(Pa_OpenStream);
    EARMARK_OF_PORTAUDIO(Pa_StartStream);
    EARMARK_OF_PORTAUDIO(Pa_Terminate);
#undef EARMARK_OF_PORTAUDIO
};

const PortAudio& portaudio() {
    static const PortAudio loaded;
    return loaded;
}

std::string why(PaError error) {
    if (error != paUnanticipatedHostError) return portaudio().Pa_GetErrorText(error);
    const PaHostErrorInfo* info = portaudio().Pa_GetLastHostErrorInfo();
    return info != nullptr && info->errorText != nullptr ? info->errorText : "a fault of the sound system";
}

SoundDevice describe(int number) {
    const PaDeviceInfo& info = *portaudio().Pa_GetDeviceInfo(number);
    return {.number = number,
            .name = one_line(info.name),
            .system = portaudio().Pa_GetHostApiInfo(info.hostApi)->name,
            .inputs = info.maxInputChannels,
            .outputs = info.maxOutputChannels,
            .sample_rate_hz = info.defaultSampleRate,
            .default_input = number == portaudio().Pa_GetDefaultInputDevice(),
            .default_output = number == portaudio().Pa_GetDefaultOutputDevice()};
}

struct Direction {
    const char* word;
    int SoundDevice::*channels;
    bool SoundDevice::*is_default;
};
constexpr Direction to_hear{"input", &SoundDevice::inputs, &SoundDevice::default_input};
constexpr Direction to_play{"output", &SoundDevice::outputs, &SoundDevice::default_output};

std::vector<SoundDevice> fitting(const std::vector<SoundDevice>& devices, const std::string& wanted,
                                 const Direction& direction) {
    std::vector<SoundDevice> all, same, part;
    int number = -1;
    const auto end = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number).ptr;
    const bool by_number = !wanted.empty() && end == wanted.data() + wanted.size();
    for (const SoundDevice& device : devices) {
        if (device.*direction.channels < 1) continue;
        if (wanted.empty() ? device.*direction.is_default : by_number && device.number == number) all.push_back(device);
        if (device.name == wanted) same.push_back(device);
        if (!wanted.empty() && !by_number && device.name.find(wanted) != std::string::npos) part.push_back(device);
    }
    if (!all.empty()) return all;
    return same.empty() ? part : same;
}

SoundDevice choose(const std::vector<SoundDevice>& devices, const std::string& wanted, const Direction& direction) {
    const std::string word = direction.word;
    const std::string more = "; earmark devices lists what there is";
    if (std::none_of(devices.begin(), devices.end(), [&](const auto& d) { return d.*direction.channels > 0; }))
        throw Error(Fault::input, "no sound device for " + word + " was found");
    const std::vector<SoundDevice> found = fitting(devices, wanted, direction);
    if (found.size() == 1) return found.front();
    if (wanted.empty()) throw Error(Fault::input, "no default sound device for " + word + more);
    if (found.empty()) throw Error(Fault::usage, "device '" + wanted + "': no such device for " + word + more);
    std::vector<std::string> names;
    for (const SoundDevice& device : found) names.push_back(std::to_string(device.number) + " '" + device.name + "'");
    throw Error(Fault::usage, "device '" + wanted + "': could be " + joined(names, ", "));
}

// What PortAudio wants to know of one direction; null when there is none.
class Side {
  public:
    Side(const std::optional<SoundDevice>& device, int channels, bool output) : used_(device.has_value()) {
        if (!used_) return;
        const PaDeviceInfo& info = *portaudio().Pa_GetDeviceInfo(device->number);
        parameters_ = {device->number, channels, paFloat32 | paNonInterleaved,
                       output ? info.defaultLowOutputLatency : info.defaultLowInputLatency, nullptr};
    }
    const PaStreamParameters* get() const { return used_ ? &parameters_ : nullptr; }

  private:
    bool used_;
    PaStreamParameters parameters_{};
};

std::string names_of(const SoundWish& wish) {
    if (!wish.input) return "device '" + wish.output->name + "'";
    if (!wish.output || wish.output->number == wish.input->number) return "device '" + wish.input->name + "'";
    return "devices '" + wish.input->name + "' and '" + wish.output->name + "'";
}

void require_channels(const SoundWish& wish) {
    for (const auto& [device, direction] : {std::pair(&wish.input, &to_hear), std::pair(&wish.output, &to_play)}) {
        if (!*device || wish.channels <= (**device).*direction->channels) continue;
        throw Error(Fault::input, "device '" + (*device)->name + "': " + std::to_string(wish.channels) +
                                      " channels are wanted for " + direction->word + ", it has " +
                                      std::to_string((**device).*direction->channels));
    }
}

void require_rate(const SoundWish& wish, const Side& input, const Side& output) {
    const PaError error = portaudio().Pa_IsFormatSupported(input.get(), output.get(), wish.sample_rate_hz);
    if (error == paFormatIsSupported) return;
    const std::string who = names_of(wish);
    if (error != paInvalidSampleRate) throw Error(Fault::input, who + ": " + why(error));
    std::vector<std::string> offered;
    for (const int rate : usual_rates_hz)
        if (portaudio().Pa_IsFormatSupported(input.get(), output.get(), rate) == paFormatIsSupported)
            offered.push_back(std::to_string(rate));
    throw Error(Fault::input, who + ": " + std::to_string(wish.sample_rate_hz) + " Hz is not supported" +
                                  (offered.empty() ? "" : "; supported are " + joined(offered, ", ") + " Hz"));
}

// PortAudio looks for devices with assert(): it ends the process on an ALSA configuration without a "default", and
// would do so without a word, since nobody hears standard error.
class LastWords {
  public:
    explicit LastWords(std::FILE* where) {
        file_ = ::fileno(where);
        old_ = std::signal(SIGABRT, [](int) {
            constexpr std::string_view words =
                "earmark: sound devices: PortAudio cannot work with this configuration\n";
            static_cast<void>(!::write(file_, words.data(), words.size()));
            ::_exit(static_cast<int>(Fault::input));
        });
    }
    LastWords(const LastWords&) = delete;
    LastWords& operator=(const LastWords&) = delete;
    ~LastWords() { std::signal(SIGABRT, old_); }

  private:
    static inline volatile std::sig_atomic_t file_ = STDERR_FILENO;
    void (*old_)(int);
};

}  // namespace

SoundSystem::SoundSystem() {
    ::setenv("JACK_NO_START_SERVER", "1", 0);  // to look for devices must not start a server
    portaudio().PaJack_SetClientName("earmark");
    const LastWords last_words(terminal());
    const PaError error = portaudio().Pa_Initialize();
    if (error != paNoError) throw Error(Fault::input, "sound devices: " + why(error));
    for (int number = 0; number < portaudio().Pa_GetDeviceCount(); ++number) devices_.push_back(describe(number));
}

SoundSystem::~SoundSystem() {
    if (!lost_) portaudio().Pa_Terminate();
}

SoundDevice SoundSystem::input(const std::string& wanted) const {
    return choose(devices_, wanted, to_hear);
}

SoundDevice SoundSystem::output(const std::string& wanted) const {
    return choose(devices_, wanted, to_play);
}

struct SoundStream::Shared {
    // `inside` and `over` are the way out of a stream whose device thread cannot be stopped: once `over` is set and
    // `inside` is not, no thread is in `audio`, nor will be.
    static int block(const void* in, void* out, unsigned long samples, const PaStreamCallbackTimeInfo*,
                     PaStreamCallbackFlags flags, void* self) noexcept {
        Shared& shared = *static_cast<Shared*>(self);
        shared.inside = true;
        bool more = !shared.over;
        if (more) {
            ++shared.blocks;
            if (flags & paInputOverflow) ++shared.overruns;
            if (flags & (paOutputUnderflow | paInputUnderflow)) ++shared.underruns;
            more = shared.audio(static_cast<const float* const*>(in), static_cast<float* const*>(out), samples);
            if (!more) shared.ended = true;
        }
        shared.inside = false;
        return more ? paContinue : paComplete;
    }

    Audio audio;
    std::atomic<std::uint64_t> blocks = 0, overruns = 0, underruns = 0;
    std::atomic<bool> ended = false, over = false, inside = false;
};

SoundStream::SoundStream(SoundSystem& system, const SoundWish& wish, Audio audio)
    : system_(system), name_(names_of(wish)), shared_(std::make_unique<Shared>()) {
    shared_->audio = std::move(audio);
    require_channels(wish);
    const Side input(wish.input, wish.channels, false), output(wish.output, wish.channels, true);
    require_rate(wish, input, output);
    PaError error = portaudio().Pa_OpenStream(&stream_, input.get(), output.get(), wish.sample_rate_hz, wish.block,
                                              paNoFlag, &Shared::block, shared_.get());
    if (error != paNoError) throw Error(Fault::input, name_ + ": " + why(error));
    error = portaudio().Pa_StartStream(stream_);
    seen_ = std::chrono::steady_clock::now();  // not before: a device may take seconds to open
    if (error == paNoError) return;
    const std::string reason = why(error);
    portaudio().Pa_CloseStream(stream_);
    throw Error(Fault::input, name_ + ": " + reason);
}

SoundStream::~SoundStream() {
    if (!system_.lost_) {
        portaudio().Pa_AbortStream(stream_);  // Pa_StopStream would wait until what is queued has been played
        portaudio().Pa_CloseStream(stream_);
        return;
    }
    shared_->over = true;
    while (shared_->inside) std::this_thread::yield();
    static_cast<void>(shared_.release());  // PortAudio still points to it, until the process ends
}

void SoundStream::lose(const std::string& how) {
    system_.lost_ = true;
    throw Error(Fault::input, name_ + ": " + how);
}

bool SoundStream::running() {
    const PaError active = portaudio().Pa_IsStreamActive(stream_);
    if (shared_->ended) return false;
    if (active != 1) lose("the device has gone" + (active < 0 ? ", " + why(active) : ""));
    const auto now = std::chrono::steady_clock::now();
    const std::uint64_t blocks = shared_->blocks;
    if (std::exchange(blocks_seen_, blocks) != blocks) seen_ = now;
    if (now - seen_ > silence_of_a_lost_device) lose("no audio for 3 s; the device has gone, or stands still");
    return true;
}

std::uint64_t SoundStream::overruns() const {
    return shared_->overruns;
}

std::uint64_t SoundStream::underruns() const {
    return shared_->underruns;
}

}  // namespace earmark::tools
