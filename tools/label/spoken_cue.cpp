#include "tools/label/spoken_cue.hpp"

#include "tools/audio_reader.hpp"
#include "tools/label/resample.hpp"
#include "tools/text.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <string_view>

extern char** environ;

namespace earmark::tools {

namespace {

constexpr double shortest_s = 0.4, longest_s = 30;

// A file of its own in the folder for temporary files, gone with the object.
class Scratch {
  public:
    Scratch() : path_((std::filesystem::temp_directory_path() / "earmark-cue-XXXXXX").string()) {
        const int fd = ::mkostemp(path_.data(), O_CLOEXEC);
        if (fd < 0) throw Error(Fault::input, path_ + ": cannot be made, " + std::strerror(errno));
        ::close(fd);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { ::unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

void speak(const std::string& words, const std::string& voice, const std::string& path) {
    std::vector<std::string> arguments{"espeak-ng", "-v", voice, "-w", path, "--", words};
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t silence;  // what it complains about would be a second line of error
    ::posix_spawn_file_actions_init(&silence);
    ::posix_spawn_file_actions_addopen(&silence, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int fault = ::posix_spawnp(&child, pointers[0], &silence, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&silence);
    if (fault != 0) {
        throw Error(Fault::input, std::string("--cue-say: espeak-ng cannot be run, ") + std::strerror(fault) +
                                      "; install it or give --cue-file");
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw Error(Fault::input, "--cue-say: espeak-ng failed with the voice '" + voice + "'");
    }
}

struct Recording {
    std::vector<float> samples;
    int sample_rate_hz;
};

Recording mono_recording(const std::string& path) {
    AudioReader reader(path, std::nullopt);
    const int channels = reader.format().channels, rate = reader.format().sample_rate_hz;
    Block block(channels, reader.block_samples());
    Recording recording{{}, rate};
    while (const std::size_t got = reader.read(block)) {
        for (std::size_t i = 0; i < got; ++i) {
            float sum = 0;
            for (int c = 0; c < channels; ++c) sum += block.channels()[c][i];
            recording.samples.push_back(sum / static_cast<float>(channels));
        }
        if (recording.samples.size() > longest_s * rate) break;
    }
    const double length_s = static_cast<double>(recording.samples.size()) / rate;
    if (length_s < shortest_s || length_s > longest_s) {
        throw Error(Fault::input, path + ": a spoken cue of " + (length_s > longest_s ? "more than " : "") +
                                      fixed(std::min(length_s, longest_s), 2) + " s, allowed are 0.4 to 30 s");
    }
    if (!reader.damage().empty()) throw Error(Fault::input, path + ": " + reader.damage());
    return recording;
}

bool contains_any(const std::string& words, std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return words.find(part) != std::string::npos; });
}

}  // namespace

std::vector<float> spoken_cue(const CueRequest& request, int sample_rate_hz) {
    if (!request.file.empty()) {
        const Recording recording = mono_recording(request.file);
        return resampled(recording.samples, recording.sample_rate_hz, sample_rate_hz);
    }
    const Scratch scratch;
    speak(request.say, request.voice, scratch.path());
    const Recording recording = mono_recording(scratch.path());
    return resampled(recording.samples, recording.sample_rate_hz, sample_rate_hz);
}

std::string missing_in(const std::string& words) {
    std::string small = words;
    std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!contains_any(words, {"AI", "A.I.", "人工智能"}) && !contains_any(small, {"artificial intelligence"})) {
        return "an AI element (AI, artificial intelligence, 人工智能)";
    }
    if (!contains_any(small, {"generat", "synthe", "生成", "合成"})) {
        return "a generation element (generated, synthesised, 生成, 合成)";
    }
    return "";
}

}  // namespace earmark::tools
