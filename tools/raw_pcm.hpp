// Samples without a header: what --raw s16le:24000:1 means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earmark::tools {

struct RawPcm {
    std::string encoding;  // one of raw_encodings()
    int sample_rate_hz = 0;
    int channels = 1;
};

std::vector<std::string> raw_encodings();  // u8, s16le, s24le, s32le, f32le, mulaw, alaw

// "encoding:rate[:channels]". Throws Error(usage) naming the part that is wrong.
RawPcm raw_pcm_from(std::string_view text);

}  // namespace earmark::tools
