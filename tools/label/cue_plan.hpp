// Where the cue goes and how loud it is: the input is heard once before anything is written.
#pragma once

#include "tools/audio_reader.hpp"
#include "tools/label/request.hpp"

#include <earmark/cue.hpp>

#include <cstdint>
#include <vector>

namespace earmark::tools {

// What the first hearing brings.
struct Survey {
    std::uint64_t samples = 0;
    int sample_rate_hz = 0;
    double lufs = 0;
    std::vector<float> energy;  // of every 20 ms, loudest channel
};
Survey survey(const std::string& path);

// The middle of the quietest 0.3 s within 1.5 s of the place: a cue must not cut a word in two.
std::uint64_t quiet_place(const Survey& heard, std::uint64_t wanted);

struct Span {
    std::uint64_t begin = 0, end = 0;
};

struct CuePlan {
    InsertConfig insert;
    double lufs = 0, speech_lufs = 0;
    std::vector<Span> spans;  // of the cue itself, in samples of the output
    std::uint64_t added_samples = 0;
};

// Throws Error(usage | input) naming option, value and range.
CuePlan plan_cue(const CueRequest& request, const Survey& heard, int channels);

}  // namespace earmark::tools
