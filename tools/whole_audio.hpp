// Nothing is marked by halves: what must hold of the audio that goes in and of the file that comes out.
#pragma once

#include "audio_reader.hpp"

#include <earmark/embedder.hpp>

#include <cstdint>
#include <string>

namespace earmark::tools {

class OutputFile;

// All throw Error(input) naming the file.
void refuse_damage(const AudioReader& reader);
// Floats on another scale than +-1, int16's say, would leave the limiter no room for a mark.
void require_scale(Block& block, std::size_t samples, const AudioReader& reader);
// No mark means no audio: refuses what carried none, such as silence, a constant, a square wave at full scale.
void require_mark(const EmbedReport& report, const std::string& name);
// Looks at what was written, coded audio to its end: same rate, same channels, every sample there, none of them broken.
void check_written(const OutputFile& output, const std::string& path, const AudioFormat& format, std::uint64_t samples);

}  // namespace earmark::tools
