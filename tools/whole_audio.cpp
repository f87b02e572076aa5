#include "whole_audio.hpp"

#include "output_file.hpp"
#include "text.hpp"

#include <earmark/audio.hpp>
#include <earmark/error.hpp>

#include <unistd.h>
#include <algorithm>
#include <cmath>

namespace earmark::tools {

namespace {

constexpr double least_active_s = 0.032;  // one row of chips
constexpr double least_mark_db = -45;     // speech is marked at -30 to -13 dB, whatever the profile

// Whole numbers in a WAV are what they are: header and size say how many. All else is decoded to its end.
std::uint64_t samples_in(AudioReader& written, const AudioFormat& format) {
    if (is_wav_container(format) && wav_header_for(format) && !is_float(format) && written.samples())
        return *written.samples();
    Block block(written.format().channels, written.block_samples());
    while (written.read(block) > 0) {
    }
    return written.read_so_far();
}

}  // namespace

void refuse_damage(const AudioReader& reader) {
    if (reader.damage().empty()) return;
    throw Error(Fault::input, reader.name() + ": " + reader.damage() + "; nothing marked");
}

void require_scale(Block& block, std::size_t samples, const AudioReader& reader) {
    for (int c = 0; c < reader.format().channels; ++c) {
        const float* channel = block.channels()[c];
        if (all_within({channel, samples}, largest_host_sample)) continue;
        const float* bad =
            std::find_if(channel, channel + samples, [](float x) { return std::abs(x) > largest_host_sample; });
        throw Error(Fault::input,
                    reader.name() + ": a sample is " + fixed(*bad, 1) + ", outside -8 to 8; full scale is +-1");
    }
}

void require_mark(const EmbedReport& report, const std::string& name) {
    if (report.active_s < least_active_s)
        throw Error(Fault::input, name + ": " + fixed(report.active_s, 3) + " s above -60 dBFS, and a mark needs " +
                                      fixed(least_active_s, 3) + " s; nothing marked");
    if (report.mark_db < least_mark_db)
        throw Error(Fault::input, name + ": a mark of " + fixed(report.mark_db, 1) +
                                      " dB is all it has room for, under " + fixed(least_mark_db, 0) +
                                      " dB nobody finds it; nothing marked");
}

void check_written(const OutputFile& output, const std::string& path, const AudioFormat& format,
                   std::uint64_t samples) {
    if (container_name(format) == "raw") {
        const auto header = wav_header_for(format);
        const auto bytes = static_cast<std::uint64_t>(::lseek(output.fd(), 0, SEEK_END));
        if (!header || bytes == samples * static_cast<std::uint64_t>(header->sample_bytes())) return;
        throw Error(Fault::input, path + ": " + std::to_string(bytes) + " bytes were written, too few; nothing kept");
    }
    AudioReader written(output.aside(), std::nullopt);
    const std::uint64_t there = samples_in(written, format);
    if (there == samples && written.format().sample_rate_hz == format.sample_rate_hz &&
        written.format().channels == format.channels && written.damage().empty()) {
        return;
    }
    throw Error(Fault::input, path + ": " + std::to_string(there) + " samples at " +
                                  std::to_string(written.format().sample_rate_hz) + " Hz were written instead of " +
                                  std::to_string(samples) + " at " + std::to_string(format.sample_rate_hz) +
                                  " Hz; nothing kept");
}

}  // namespace earmark::tools
