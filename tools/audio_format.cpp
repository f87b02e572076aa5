#include "audio_format.hpp"

#include "sound_library.hpp"
#include "text.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <string_view>

namespace earmark::tools {

namespace {

struct Word {
    std::string_view name;
    int code;
};

constexpr std::array containers{
    Word{"WAV", SF_FORMAT_WAV},   Word{"WAV", SF_FORMAT_WAVEX}, Word{"RF64", SF_FORMAT_RF64},
    Word{"W64", SF_FORMAT_W64},   Word{"FLAC", SF_FORMAT_FLAC}, Word{"Ogg", SF_FORMAT_OGG},
    Word{"MPEG", SF_FORMAT_MPEG}, Word{"AIFF", SF_FORMAT_AIFF}, Word{"AU", SF_FORMAT_AU},
    Word{"CAF", SF_FORMAT_CAF},   Word{"NIST", SF_FORMAT_NIST}, Word{"raw", SF_FORMAT_RAW},
};

constexpr std::array extensions{
    Word{".wav", SF_FORMAT_WAV},   Word{".rf64", SF_FORMAT_RF64}, Word{".w64", SF_FORMAT_W64},
    Word{".flac", SF_FORMAT_FLAC}, Word{".ogg", SF_FORMAT_OGG},   Word{".oga", SF_FORMAT_OGG},
    Word{".opus", SF_FORMAT_OGG},  Word{".mp3", SF_FORMAT_MPEG},  Word{".aiff", SF_FORMAT_AIFF},
    Word{".aif", SF_FORMAT_AIFF},  Word{".au", SF_FORMAT_AU},     Word{".caf", SF_FORMAT_CAF},
    Word{".sph", SF_FORMAT_NIST},  Word{".raw", SF_FORMAT_RAW},   Word{".pcm", SF_FORMAT_RAW},
};

constexpr std::array sample_formats{
    Word{"pcm_u8", SF_FORMAT_PCM_U8},       Word{"pcm_s8", SF_FORMAT_PCM_S8},     Word{"pcm_16", SF_FORMAT_PCM_16},
    Word{"pcm_24", SF_FORMAT_PCM_24},       Word{"pcm_32", SF_FORMAT_PCM_32},     Word{"float", SF_FORMAT_FLOAT},
    Word{"double", SF_FORMAT_DOUBLE},       Word{"mulaw", SF_FORMAT_ULAW},        Word{"alaw", SF_FORMAT_ALAW},
    Word{"vorbis", SF_FORMAT_VORBIS},       Word{"opus", SF_FORMAT_OPUS},         Word{"mp3", SF_FORMAT_MPEG_LAYER_III},
    Word{"ima_adpcm", SF_FORMAT_IMA_ADPCM}, Word{"ms_adpcm", SF_FORMAT_MS_ADPCM}, Word{"gsm610", SF_FORMAT_GSM610},
    Word{"alac_16", SF_FORMAT_ALAC_16},     Word{"alac_24", SF_FORMAT_ALAC_24},
};

constexpr std::array raw_words{
    Word{"u8", SF_FORMAT_PCM_U8},    Word{"s16le", SF_FORMAT_PCM_16}, Word{"s24le", SF_FORMAT_PCM_24},
    Word{"s32le", SF_FORMAT_PCM_32}, Word{"f32le", SF_FORMAT_FLOAT},  Word{"mulaw", SF_FORMAT_ULAW},
    Word{"alaw", SF_FORMAT_ALAW},
};

template <class Words>
std::string name_of(const Words& words, int code) {
    const auto found = std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.code == code; });
    return found == words.end() ? "unnamed" : std::string(found->name);
}

template <class Words>
int code_of(const Words& words, std::string_view name) {
    const auto found = std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.name == name; });
    return found == words.end() ? 0 : found->code;
}

int container(int code) {
    return code & SF_FORMAT_TYPEMASK;
}

int coding(int code) {
    return code & SF_FORMAT_SUBMASK;
}

bool can_hold(const AudioFormat& format) {
    if (is_wav_words(format)) return true;
    const int rate = format.sample_rate_hz;
    const bool opus_rate = rate == 8000 || rate == 12000 || rate == 16000 || rate == 24000 || rate == 48000;
    // libsndfile finds these out only when the encoder refuses.
    if (coding(format.code) == SF_FORMAT_OPUS && !opus_rate) return false;
    if (coding(format.code) == SF_FORMAT_MPEG_LAYER_III && (container(format.code) != SF_FORMAT_MPEG || rate > 48000)) {
        return false;
    }
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = format.channels;
    info.format = format.code;
    return sound_library().sf_format_check(&info) != 0;
}

bool can_write(const std::string& path, const AudioFormat& format) {
    return can_hold(format) && (path != "-" || wav_header_for(format));
}

std::string possible(const std::string& path, AudioFormat format) {
    std::vector<std::string> names;
    for (const Word& word : sample_formats) {
        format.code = container(format.code) | word.code;
        if (can_write(path, format)) names.emplace_back(word.name);
    }
    return names.empty() ? "nothing" : joined(names, ", ");
}

int container_for(const std::string& path, const AudioFormat& input) {
    if (path == "-") return SF_FORMAT_WAV;
    std::string extension = std::filesystem::path(path).extension().string();
    if (extension.empty()) return container(input.code);
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const int wanted = code_of(extensions, extension);
    if (wanted != 0) return wanted;
    std::vector<std::string> names;
    for (const Word& word : extensions) names.emplace_back(word.name);
    throw Error(Fault::usage, path + ": extension '" + extension + "' is not one of " + joined(names, " "));
}

}  // namespace

std::string container_name(const AudioFormat& format) {
    return name_of(containers, container(format.code));
}

std::string sample_format_name(const AudioFormat& format) {
    return name_of(sample_formats, coding(format.code));
}

std::vector<std::string> sample_format_names() {
    std::vector<std::string> names;
    for (const Word& word : sample_formats) names.emplace_back(word.name);
    return names;
}

int integer_bits(const AudioFormat& format) {
    switch (coding(format.code)) {
        case SF_FORMAT_PCM_U8:
        case SF_FORMAT_PCM_S8:
            return 8;
        case SF_FORMAT_PCM_16:
            return 16;
        case SF_FORMAT_PCM_24:
            return 24;
        case SF_FORMAT_PCM_32:
            return 32;
        default:
            return 0;
    }
}

bool is_float(const AudioFormat& format) {
    return coding(format.code) == SF_FORMAT_FLOAT || coding(format.code) == SF_FORMAT_DOUBLE;
}

bool is_wav_container(const AudioFormat& format) {
    return container(format.code) == SF_FORMAT_WAV || container(format.code) == SF_FORMAT_WAVEX ||
           container(format.code) == SF_FORMAT_RF64;
}

bool is_wav_words(const AudioFormat& format) {
    return format.code == (SF_FORMAT_WAV | SF_FORMAT_PCM_16);
}

AudioFormat raw_format(const RawPcm& raw) {
    return {SF_FORMAT_RAW | SF_ENDIAN_LITTLE | code_of(raw_words, raw.encoding), raw.sample_rate_hz, raw.channels};
}

AudioFormat wav_format(const WavHeader& header) {
    int samples = 0;
    switch (header.tag) {
        case WavHeader::mulaw:
            samples = SF_FORMAT_ULAW;
            break;
        case WavHeader::alaw:
            samples = SF_FORMAT_ALAW;
            break;
        case WavHeader::ieee_float:
            samples = header.bits == 64 ? SF_FORMAT_DOUBLE : SF_FORMAT_FLOAT;
            break;
        default:
            samples = header.bits == 8 ? SF_FORMAT_PCM_U8 : SF_FORMAT_PCM_S8 + header.bits / 8 - 1;
            break;
    }
    return {SF_FORMAT_WAV | samples, header.sample_rate_hz, header.channels};
}

AudioFormat headerless(AudioFormat format) {
    format.code = SF_FORMAT_RAW | SF_ENDIAN_LITTLE | coding(format.code);
    return format;
}

std::optional<WavHeader> wav_header_for(const AudioFormat& format) {
    WavHeader header;
    header.channels = format.channels;
    header.sample_rate_hz = format.sample_rate_hz;
    header.bits = integer_bits(format);
    header.tag = WavHeader::pcm;
    switch (coding(format.code)) {
        case SF_FORMAT_PCM_S8:
            return std::nullopt;  // 8 bits in a WAV have no sign
        case SF_FORMAT_FLOAT:
            header.tag = WavHeader::ieee_float, header.bits = 32;
            break;
        case SF_FORMAT_DOUBLE:
            header.tag = WavHeader::ieee_float, header.bits = 64;
            break;
        case SF_FORMAT_ULAW:
            header.tag = WavHeader::mulaw, header.bits = 8;
            break;
        case SF_FORMAT_ALAW:
            header.tag = WavHeader::alaw, header.bits = 8;
            break;
        default:
            if (header.bits == 0) return std::nullopt;
    }
    return header;
}

AudioFormat output_format(const std::string& path, const AudioFormat& input, const std::string& sample_format) {
    const int wanted = container_for(path, input);
    const bool same =
        wanted == container(input.code) || (wanted == SF_FORMAT_WAV && is_wav_container(input) && path != "-");
    AudioFormat output = input;
    output.code = wanted | coding(input.code);
    if (same) output.code = input.code;  // keeps byte order and the extensible header
    if (!sample_format.empty()) output.code = container(output.code) | code_of(sample_formats, sample_format);
    if (can_write(path, output)) return output;
    throw Error(Fault::usage, path + ": " + container_name(output) + " cannot hold " + sample_format_name(output) +
                                  " samples at " + std::to_string(output.sample_rate_hz) + " Hz in " +
                                  std::to_string(output.channels) + " channels; choose --sample-format from " +
                                  possible(path, output));
}

}  // namespace earmark::tools
