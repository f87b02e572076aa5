// The label of an M4A file: key AIGC in moov.udta.meta.keys, its value in ilst (the form of the QuickTime File Format
// that TC260 asks for; TagLib writes iTunes atoms only, which are not it).
#pragma once

#include "tools/metadata/labelled_file.hpp"

namespace earmark::tools {

FoundLabels read_mp4_labels(const std::string& path);

// All other keys, iTunes tags and boxes stay; where the header stands before the audio, the offsets of its chunks are
// moved. Throws Error(input) for fragmented files, whose offsets stand all over them.
void write_mp4_label(const std::string& path, const std::string& json);

}  // namespace earmark::tools
