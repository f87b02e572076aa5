#include "benchmarks/sound_file.hpp"

#include <sndfile.h>

#include <stdexcept>

namespace earmark::benchmarks {

Sound read_sound(const std::string& path) {
    SF_INFO info{};
    SNDFILE* const file = sf_open(path.c_str(), SFM_READ, &info);
    if (file == nullptr) throw std::runtime_error(path + ": " + sf_strerror(nullptr));
    const auto channels = static_cast<std::size_t>(info.channels);
    std::vector<float> all(static_cast<std::size_t>(info.frames) * channels);
    const auto frames = static_cast<std::size_t>(sf_readf_float(file, all.data(), info.frames));
    sf_close(file);
    Sound sound{std::vector<float>(frames), info.samplerate, info.channels};
    for (std::size_t i = 0; i < frames; ++i) sound.samples[i] = all[i * channels];
    return sound;
}

Sound read_mono(const std::string& path) {
    Sound sound = read_sound(path);
    if (sound.channels != 1) throw std::runtime_error(path + ": not a readable mono file");
    return sound;
}

}  // namespace earmark::benchmarks
