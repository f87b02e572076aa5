#include "tools/metadata/riff_chunk.hpp"

#include "tools/metadata/file_bytes.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <string_view>

namespace earmark::tools {

namespace {

constexpr std::uint64_t form_at = 12;           // RIFF, size, WAVE
constexpr std::uint64_t largest = 0xFFFFFFFE;   // of a size; all ones stand for "see ds64" or "nobody knows"
constexpr std::uint64_t ds64_riff_at = 20;      // RIFF size of an RF64 file: behind form, ds64 and its size
constexpr std::size_t longest_label = 1 << 20;  // bytes of a label chunk that are looked at

struct Chunk {
    std::string id;
    std::uint64_t at = 0, bytes = 0;  // of the header; of the data
    std::uint64_t end() const { return at + 8 + bytes + bytes % 2; }
};

struct Form {
    bool is_rf64 = false;
    std::uint64_t end = 0;  // of the last chunk
    std::vector<Chunk> chunks;
    std::string damage;
};

std::uint64_t number(const Bytes& bytes, std::size_t at, int count) {
    std::uint64_t value = 0;
    for (int i = count - 1; i >= 0; --i) value = value << 8 | bytes[at + static_cast<std::size_t>(i)];
    return value;
}

Bytes little(std::uint64_t value, int count) {
    Bytes bytes;
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return bytes;
}

std::string text(const Bytes& bytes, std::size_t at, std::size_t count) {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at + count)};
}

Form parse(const FileBytes& file) {
    Form form;
    const Bytes head = file.read(0, 36);
    form.is_rf64 = text(head, 0, 4) == "RF64";
    std::uint64_t end = 8 + number(head, 4, 4), long_data = 0;
    if (form.is_rf64) {
        if (head.size() < 36 || text(head, 12, 4) != "ds64") return {true, form_at, {}, "RF64 without its ds64 chunk"};
        end = 8 + number(head, ds64_riff_at, 8);
        long_data = number(head, ds64_riff_at + 8, 8);
    }
    if (end > file.size()) form.damage = "the RIFF header promises more bytes than are there";
    if (end < form_at) form.damage = "the RIFF header promises no content";
    end = std::min(end, file.size());
    for (form.end = form_at; form.end + 8 <= end;) {
        const Bytes start = file.read(form.end, 8);
        if (start.size() < 8) break;
        Chunk chunk{text(start, 0, 4), form.end, number(start, 4, 4)};
        if (form.is_rf64 && chunk.id == "data" && chunk.bytes == 0xFFFFFFFF) chunk.bytes = long_data;
        if (chunk.bytes > end - chunk.at - 8) {
            form.damage = "chunk " + std::to_string(form.chunks.size() + 1) + " promises " +
                          std::to_string(chunk.bytes) + " bytes, " + std::to_string(end - chunk.at - 8) + " are there";
            break;
        }
        form.chunks.push_back(chunk);
        form.end = chunk.end();
    }
    return form;
}

void set_riff_size(FileBytes& file, const Form& form, std::uint64_t size) {
    if (form.is_rf64) {
        file.write(ds64_riff_at, little(size, 8));
    } else if (size <= largest) {
        file.write(4, little(size, 4));
    } else {
        throw Error(Fault::input, file.path() + ": no room for a label, a RIFF file holds at most 4 GiB");
    }
}

}  // namespace

FoundLabels read_riff_labels(const std::string& path) {
    const FileBytes file(path, FileBytes::read_only);
    const Form form = parse(file);
    FoundLabels found{Container::wav, {}, form.damage};
    for (const Chunk& chunk : form.chunks) {
        if (chunk.id != "AIGC") continue;
        const Bytes bytes = file.read(chunk.at + 8, std::min<std::uint64_t>(chunk.bytes, longest_label));
        found.texts.push_back(text(bytes, 0, bytes.size()));
    }
    return found;
}

void write_riff_label(const std::string& path, const std::string& json) {
    FileBytes file(path, FileBytes::read_and_write);
    Form form = parse(file);
    if (!form.damage.empty()) throw Error(Fault::input, path + ": " + form.damage + "; no label written");
    for (auto chunk = form.chunks.rbegin(); chunk != form.chunks.rend(); ++chunk) {
        if (chunk->id != "AIGC") continue;
        const std::uint64_t bytes = std::min(chunk->end(), file.size()) - chunk->at;
        file.splice(chunk->at, bytes, {});
        form.end -= chunk->end() - chunk->at;
    }
    Bytes chunk;
    // Some writers leave out the byte behind a last chunk of odd size.
    if (form.end > file.size()) chunk.push_back(0), --form.end;
    for (const char c : std::string_view("AIGC")) chunk.push_back(static_cast<std::uint8_t>(c));
    for (const std::uint8_t byte : little(json.size(), 4)) chunk.push_back(byte);
    chunk.insert(chunk.end(), json.begin(), json.end());
    if (json.size() % 2 == 1) chunk.push_back(0);
    const std::uint64_t size = form.end + chunk.size() - 8;
    set_riff_size(file, form, size);
    file.splice(form.end, 0, chunk);
}

}  // namespace earmark::tools
