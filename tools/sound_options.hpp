// What `live` and `listen` both have to be told about sound devices.
#pragma once

#include "sound_device.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace earmark::tools {

struct SoundOptions {
    std::string device;
    int rate = 0, channels = 1;
    std::size_t block = 0;
    double seconds = 0;
};

void add_sound(CLI::App& app, SoundOptions& options);

// Throws Error(usage) for numbers outside their ranges, before any device is looked for.
void require_sound(const SoundOptions& options);
// The same for the device's own rate, where none is given.
SoundWish wish_from(const SoundOptions& options, const SoundDevice& clock);
// How many samples until --seconds are over.
std::uint64_t samples_wanted(const SoundOptions& options, int sample_rate_hz);

}  // namespace earmark::tools
