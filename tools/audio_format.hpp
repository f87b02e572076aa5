// Containers and sample formats by name, and what an output file is to hold. The numbers are libsndfile's.
#pragma once

#include "raw_pcm.hpp"
#include "wav_header.hpp"

#include <optional>
#include <string>
#include <vector>

namespace earmark::tools {

struct AudioFormat {
    int code = 0;  // container and sample format
    int sample_rate_hz = 0;
    int channels = 0;
};

std::string container_name(const AudioFormat& format);
std::string sample_format_name(const AudioFormat& format);
std::vector<std::string> sample_format_names();
int integer_bits(const AudioFormat& format);  // of integer samples; 0 for float and coded ones
bool is_float(const AudioFormat& format);
bool is_wav_container(const AudioFormat& format);
bool is_wav_words(const AudioFormat& format);  // 16-bit samples in a WAV with the plainest header

AudioFormat raw_format(const RawPcm& raw);
AudioFormat wav_format(const WavHeader& header);  // for header.is_plain()
AudioFormat headerless(AudioFormat format);       // the same samples, bare and little-endian
// Nothing when a WAV without blocks cannot hold the samples.
std::optional<WavHeader> wav_header_for(const AudioFormat& format);

// What a file of this name holds when the input was `input`: container by the extension (WAV for "-", the input's for a
// name without extension), sample format kept unless another is asked for. Throws Error(usage) naming what is possible.
AudioFormat output_format(const std::string& path, const AudioFormat& input, const std::string& sample_format);

}  // namespace earmark::tools
