// Labels in ID3v2 frames and Vorbis comments; tags.cpp is the only file that knows TagLib.
#pragma once

#include "tools/metadata/labelled_file.hpp"

namespace earmark::tools {

FoundLabels read_tag_labels(const std::string& path, Container container);
void write_tag_label(const std::string& path, Container container, const std::string& json);

}  // namespace earmark::tools
