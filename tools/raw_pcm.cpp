#include "raw_pcm.hpp"

#include "text.hpp"

#include <earmark/audio.hpp>
#include <earmark/error.hpp>

#include <algorithm>
#include <charconv>

namespace earmark::tools {

namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
    throw Error(Fault::usage, "--raw " + std::string(text) + ": " + why + ", as in s16le:24000:1");
}

int number(std::string_view text, std::string_view part, const std::string& what, int low, int high) {
    int value = 0;
    const auto [end, fault] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (fault != std::errc{} || end != part.data() + part.size() || value < low || value > high) {
        refuse(text, what + " '" + std::string(part) + "' is not within " + std::to_string(low) + " .. " +
                         std::to_string(high));
    }
    return value;
}

}  // namespace

std::vector<std::string> raw_encodings() {
    return {"u8", "s16le", "s24le", "s32le", "f32le", "mulaw", "alaw"};
}

RawPcm raw_pcm_from(std::string_view text) {
    const std::size_t first = text.find(':');
    if (first == std::string_view::npos) refuse(text, "needs encoding:rate:channels");
    const std::size_t second = text.find(':', first + 1);
    RawPcm raw;
    raw.encoding = text.substr(0, first);
    const std::vector<std::string> known = raw_encodings();
    if (std::find(known.begin(), known.end(), raw.encoding) == known.end()) {
        refuse(text, "encoding '" + raw.encoding + "' is not one of " + joined(known, "|"));
    }
    raw.sample_rate_hz = number(text, text.substr(first + 1, second - first - 1), "rate",
                                static_cast<int>(min_sample_rate_hz), static_cast<int>(max_sample_rate_hz));
    if (second != std::string_view::npos)
        raw.channels = number(text, text.substr(second + 1), "channels", 1, max_channels);
    return raw;
}

}  // namespace earmark::tools
