// Sound devices, through PortAudio: which there are, and audio in and out of them. sound_device.cpp is the only file
// that knows PortAudio; its "frames" are samples here.
//
//     SoundSystem sound;
//     SoundStream stream(sound, {.input = sound.input(""), .sample_rate_hz = 16000}, callback);
//     while (stream.running()) ...
#pragma once

#include "quiet_stderr.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace earmark::tools {

struct SoundDevice {
    int number = 0;
    std::string name, system;     // "hw:0,0", "ALSA"
    int inputs = 0, outputs = 0;  // channels at most
    double sample_rate_hz = 0;    // its own
    bool default_input = false, default_output = false;
};

// While it lives nothing else is to be seen on standard error: the libraries below PortAudio talk there, also later
// and from threads of theirs. terminal() is where standard error was. One at a time.
class SoundSystem {
  public:
    SoundSystem();  // throws Error(input)
    SoundSystem(const SoundSystem&) = delete;
    SoundSystem& operator=(const SoundSystem&) = delete;
    ~SoundSystem();

    const std::vector<SoundDevice>& devices() const { return devices_; }
    // By its number, its name or a part of the name that only one has; "" is the default. Throws Error(usage) for a
    // wish that fits none or several, Error(input) when there is nothing to choose from.
    SoundDevice input(const std::string& wanted) const;
    SoundDevice output(const std::string& wanted) const;

    std::FILE* terminal() const { return quiet_.before(); }

  private:
    friend class SoundStream;
    QuietStderr quiet_;
    std::vector<SoundDevice> devices_;
    bool lost_ = false;  // a device has gone: PortAudio may wait for it without end, so it is left as it is
};

struct SoundWish {
    std::optional<SoundDevice> input, output;  // one or both
    int channels = 1;
    int sample_rate_hz = 0;
    std::size_t block = 0;  // samples; 0: as the device likes, and not always the same
};

// The device thread is PortAudio's: it calls `audio` for every block until that returns false, and does nothing else
// but count. Hence `audio` must not wait: no memory, no lock, no log, no exception.
// Everything else here belongs to the thread that made the stream.
class SoundStream {
  public:
    // in[c][0..samples), NULL without input or when the device has none for now; out[c][0..samples), NULL without
    // output.
    using Audio = std::function<bool(const float* const* in, float* const* out, std::size_t samples)>;

    // Opens and starts. Throws Error(usage | input) naming the device, what was wished and what it offers.
    SoundStream(SoundSystem& system, const SoundWish& wish, Audio audio);
    SoundStream(const SoundStream&) = delete;
    SoundStream& operator=(const SoundStream&) = delete;
    ~SoundStream();

    // False once `audio` has returned false. Throws Error(input) when the device has gone: its stream has ended by
    // itself, or has not asked for a block in a long while.
    bool running();

    // How often the device itself lost input, or went without output, before anyone here could do anything.
    std::uint64_t overruns() const;
    std::uint64_t underruns() const;

  private:
    struct Shared;  // with the device thread
    [[noreturn]] void lose(const std::string& how);

    SoundSystem& system_;
    std::string name_;
    std::unique_ptr<Shared> shared_;
    void* stream_ = nullptr;
    std::uint64_t blocks_seen_ = 0;
    std::chrono::steady_clock::time_point seen_;
};

}  // namespace earmark::tools
