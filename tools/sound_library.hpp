// libsndfile as the command has it: loaded when a file needs it. It brings six codecs along, which would keep a command
// that reads and writes plain 16-bit WAV waiting for more than two milliseconds.
#pragma once

#include <sndfile.h>

namespace earmark::tools {

struct SoundLibrary {
    decltype(&sf_open_virtual) open_virtual;
    decltype(&sf_close) close;
    decltype(&sf_command) command;
    decltype(&sf_error) error;
    decltype(&sf_format_check) format_check;
    decltype(&sf_readf_float) readf_float;
    decltype(&sf_readf_short) readf_short;
    decltype(&sf_strerror) strerror;
    decltype(&sf_version_string) version_string;
    decltype(&sf_writef_float) writef_float;
    decltype(&sf_writef_short) writef_short;
};

// Loaded by the first call. Throws Error(input).
const SoundLibrary& sound_library();

}  // namespace earmark::tools
