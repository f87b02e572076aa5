#include "tools/metadata/mp4_boxes.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace earmark::tools {

namespace {

constexpr std::size_t header_bytes = 8, long_header_bytes = 16;

bool is_container(const std::string& type) {
    constexpr std::array<std::string_view, 7> containers{"moov", "trak", "mdia", "minf", "stbl", "udta", "meta"};
    return std::find(containers.begin(), containers.end(), type) != containers.end();
}

Bytes part(const Bytes& bytes, std::size_t from, std::size_t to) {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.begin() + static_cast<std::ptrdiff_t>(to)};
}

// ISO has version and flags before the children of meta, QuickTime has not.
std::size_t before_children(const std::string& type, const Bytes& content) {
    if (type != "meta") return 0;
    const bool quicktime = content.size() >= 8 && std::equal(content.begin() + 4, content.begin() + 8, "hdlr");
    return quicktime ? 0 : std::min<std::size_t>(4, content.size());
}

}  // namespace

Mp4Box* Mp4Box::child(const char* wanted) {
    const auto found =
        std::find_if(children.begin(), children.end(), [&](const Mp4Box& box) { return box.type == wanted; });
    return found == children.end() ? nullptr : &*found;
}

std::uint64_t big_number(const Bytes& bytes, std::size_t at, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) {
        const std::size_t from = at + static_cast<std::size_t>(i);
        value = value << 8 | (from < bytes.size() ? bytes[from] : 0u);
    }
    return value;
}

void append_big_number(Bytes& out, std::uint64_t value, int count) {
    for (int i = count - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Mp4Box parse_mp4_box(const std::string& file, const std::string& type, const Bytes& content) {
    Mp4Box box{type, {}, {}, {}};
    if (!is_container(type)) {
        box.data = content;
        return box;
    }
    std::size_t at = before_children(type, content);
    box.data = part(content, 0, at);
    while (content.size() - at >= header_bytes) {
        std::uint64_t size = big_number(content, at, 4);
        const std::size_t header = size == 1 ? long_header_bytes : header_bytes;
        const std::string name(content.begin() + static_cast<std::ptrdiff_t>(at + 4),
                               content.begin() + static_cast<std::ptrdiff_t>(at + 8));
        if (size == 1) size = big_number(content, at + 8, 8);
        if (size == 0 && name == std::string(4, '\0')) break;  // QuickTime ends user data with zeros
        if (size == 0) size = content.size() - at;
        if (size < header || size > content.size() - at) {
            throw Error(Fault::input, file + ": damaged, a box inside " + type + " promises " + std::to_string(size) +
                                          " bytes, " + std::to_string(content.size() - at) + " are there");
        }
        const auto end = at + static_cast<std::size_t>(size);
        box.children.push_back(parse_mp4_box(file, name, part(content, at + header, end)));
        at = end;
    }
    box.rest = part(content, at, content.size());
    return box;
}

void append_mp4_box(Bytes& out, const Mp4Box& box) {
    const std::size_t start = out.size();
    append_big_number(out, 0, 4);
    out.insert(out.end(), box.type.begin(), box.type.end());
    out.insert(out.end(), box.data.begin(), box.data.end());
    for (const Mp4Box& child : box.children) append_mp4_box(out, child);
    out.insert(out.end(), box.rest.begin(), box.rest.end());
    Bytes size;
    append_big_number(size, out.size() - start, 4);
    std::copy(size.begin(), size.end(), out.begin() + static_cast<std::ptrdiff_t>(start));
}

}  // namespace earmark::tools
