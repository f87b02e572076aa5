// The AIGC chunk of a WAV or RF64 file, for which TagLib has no word: data is the JSON.
#pragma once

#include "tools/metadata/labelled_file.hpp"

namespace earmark::tools {

FoundLabels read_riff_labels(const std::string& path);

// Takes out every AIGC chunk and puts one at the end of the RIFF form; all other bytes stay. Throws Error(input) where
// the sizes in the file are not to be trusted.
void write_riff_label(const std::string& path, const std::string& json);

}  // namespace earmark::tools
