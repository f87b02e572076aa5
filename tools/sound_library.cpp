#include "sound_library.hpp"

#include "loaded_library.hpp"

namespace earmark::tools {

const SoundLibrary& sound_library() {
    static const SoundLibrary functions = [] {
        const LoadedLibrary library("libsndfile.so.1", "audio files other than 16-bit WAV");
        const auto get = [&]<class Function>(Function& function, const char* name) {
            function = library.function<Function>(name);
        };
        SoundLibrary all{};
        get(all.open_virtual, "sf_open_virtual");
        get(all.close, "sf_close");
        get(all.command, "sf_command");
        get(all.error, "sf_error");
        get(all.format_check, "sf_format_check");
        get(all.readf_float, "sf_readf_float");
        get(all.readf_short, "sf_readf_short");
        get(all.strerror, "sf_strerror");
        get(all.version_string, "sf_version_string");
        get(all.writef_float, "sf_writef_float");
        get(all.writef_short, "sf_writef_short");
        return all;
    }();
    return functions;
}

}  // namespace earmark::tools
