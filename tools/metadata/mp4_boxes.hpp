// The tree of boxes of an MP4 header (ISO/IEC 14496-12), as far as a label and the offsets that it moves need it.
#pragma once

#include "tools/metadata/file_bytes.hpp"

#include <string>
#include <vector>

namespace earmark::tools {

struct Mp4Box {
    std::string type;  // four characters
    Bytes data;        // of a leaf; of a container what stands before its first child
    std::vector<Mp4Box> children;
    Bytes rest;  // of a container: bytes behind its last child that are no box

    Mp4Box* child(const char* wanted);  // the first of that type, or nothing
};

// Parses the children of moov, trak, mdia, minf, stbl, udta and meta; all else is a leaf. Throws Error(input) naming
// `file` when a box is larger than what holds it.
Mp4Box parse_mp4_box(const std::string& file, const std::string& type, const Bytes& content);
void append_mp4_box(Bytes& out, const Mp4Box& box);

std::uint64_t big_number(const Bytes& bytes, std::size_t at, int count);  // 0 where the bytes end before
void append_big_number(Bytes& out, std::uint64_t value, int count);

}  // namespace earmark::tools
