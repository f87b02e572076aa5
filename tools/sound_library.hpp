// libsndfile as the command has it: loaded when a file needs it. It brings six codecs along, which would keep a command
// that reads and writes plain 16-bit WAV waiting for more than two milliseconds.
#pragma once

#include "tools/loading/loaded_library.hpp"

#include <sndfile.h>

namespace earmark::tools {

struct SoundLibrary {
    LoadedLibrary library{"libsndfile.so.1", "audio files other than 16-bit WAV"};
#define EARMARK_OF_SNDFILE(name) decltype(&::name) name = library.function<decltype(&::name)>(#name)
    EARMARK_OF_SNDFILE(sf_close);
    EARMARK_OF_SNDFILE(sf_command);
    EARMARK_OF_SNDFILE(sf_error);
    EARMARK_OF_SNDFILE(sf_format_check);
    EARMARK_OF_SNDFILE(sf_open_virtual);
    EARMARK_OF_SNDFILE(sf_readf_float);
    EARMARK_OF_SNDFILE(sf_readf_short);
    EARMARK_OF_SNDFILE(sf_strerror);
    EARMARK_OF_SNDFILE(sf_version_string);
    EARMARK_OF_SNDFILE(sf_writef_float);
    EARMARK_OF_SNDFILE(sf_writef_short);
#undef EARMARK_OF_SNDFILE
};

// Loaded by the first call. Throws Error(input).
inline const SoundLibrary& sound_library() {
    static const SoundLibrary loaded;
    return loaded;
}

}  // namespace earmark::tools
