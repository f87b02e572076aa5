// What `earmark label` was asked for: the option table fills it, every other file of this folder reads it.
#pragma once

#include <earmark/cue.hpp>
#include <earmark/embedder.hpp>

#include <string>
#include <vector>

namespace earmark::tools {

struct CueRequest {
    std::string kind = "none";            // none, rhythm, spoken
    std::string file, say, voice = "en";  // of a spoken cue: a recording, or words for espeak-ng
    std::vector<std::string> at;          // start, end, seconds of the input; start when empty
    double every_s = 0;                   // 0 never
    double pitch_hz = RhythmConfig{}.pitch_hz;
    double unit_ms = 1000 * RhythmConfig{}.unit_s;
    double level_db = 0;  // against the loudness of the speech

    bool asked() const { return kind != "none"; }
};

struct MetadataRequest {
    std::string label;  // 1, 2, 3; 1 when empty
    std::string producer, produce_id, reserved1;
    std::string propagator, propagate_id, reserved2;

    bool asked() const { return !producer.empty() || !propagator.empty(); }
};

struct C2paRequest {
    std::string file, algorithm = "earmark.watermark.1", source = "trainedAlgorithmicMedia";

    bool asked() const { return !file.empty(); }
};

struct LabelRequest {
    std::string in, out;
    CueRequest cue;
    std::string key, payload, profile = std::string(name(Profile::standard)), sample_format;
    MetadataRequest metadata;
    C2paRequest c2pa;
    bool verify = false;
    std::string receipt;

    bool mark_asked() const { return !key.empty(); }
    bool encodes() const { return cue.asked() || mark_asked(); }  // else the audio is copied byte for byte
};

}  // namespace earmark::tools
