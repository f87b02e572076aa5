// Where each container keeps the AIGC label (TC260-PG-202510A, after secondary sources):
//
//     WAV                 RIFF chunk AIGC              MP3    ID3v2 frame TXXX, description AIGC
//     FLAC, Ogg Vorbis,   comment AIGC=                M4A    key AIGC in moov.udta.meta.keys, value in ilst
//     Ogg Opus
#pragma once

#include <string>
#include <vector>

namespace earmark::tools {

enum class Container { wav, mp3, flac, ogg_vorbis, ogg_opus, m4a };

std::string_view name(Container container);

struct FoundLabels {
    Container container;
    std::vector<std::string> texts;  // as they stand in the file; a rule is that there be one
    std::string damage;              // why there may be more than could be seen
};

// By its first bytes, never by its name. Throws Error(input) for anything else.
Container container_of(const std::string& path);

// Throws Error(input) when the file cannot be read as its container.
FoundLabels read_labels(const std::string& path);

// Puts the label into a file that nobody uses yet, in the place of all that are there; everything else in the file is
// kept, the coded audio byte for byte. Not atomic: write aside, then rename.
void write_label(const std::string& path, const std::string& json);

}  // namespace earmark::tools
