#include "tools/metadata/mp4_keys.hpp"

#include "tools/metadata/mp4_boxes.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace earmark::tools {

namespace {

constexpr std::uint64_t largest_header = 64 << 20;  // of moov; hours of audio take less than one MiB
constexpr std::string_view key_name = "AIGC";
constexpr std::size_t most_boxes = 100000;  // at the top of a file

struct Layout {
    std::uint64_t at = 0, bytes = 0;  // of moov, with its own header
    std::size_t header = 0;
    bool fragmented = false;
};

Layout layout_of(const FileBytes& file) {
    std::optional<Layout> found;
    bool fragmented = false;
    std::size_t boxes = 0;
    for (std::uint64_t at = 0; at + 8 <= file.size() && boxes < most_boxes; ++boxes) {
        const Bytes start = file.read(at, 16);
        std::uint64_t size = big_number(start, 0, 4);
        const std::size_t header = size == 1 ? 16 : 8;
        if (size == 1) size = big_number(start, 8, 8);
        if (size == 0) size = file.size() - at;
        const std::string type(start.begin() + 4, start.begin() + 8);
        if (size < header || size > file.size() - at) {
            throw Error(Fault::input, file.path() + ": damaged, a box promises " + std::to_string(size) + " bytes, " +
                                          std::to_string(file.size() - at) + " are there");
        }
        if (type == "moov" && found) throw Error(Fault::input, file.path() + ": damaged, has two headers (moov)");
        if (type == "moov") found = Layout{at, size, header};
        fragmented = fragmented || type == "moof";
        at += size;
    }
    if (!found) throw Error(Fault::input, file.path() + ": damaged, has no header (moov)");
    if (found->bytes > largest_header) throw Error(Fault::input, file.path() + ": header (moov) of more than 64 MiB");
    found->fragmented = fragmented;
    return *found;
}

Mp4Box moov_of(const FileBytes& file, const Layout& layout) {
    return parse_mp4_box(file.path(), "moov",
                         file.read(layout.at + layout.header, static_cast<std::size_t>(layout.bytes) - layout.header));
}

bool holds_keys(Mp4Box& meta) {
    const Mp4Box* handler = meta.child("hdlr");  // version, flags, reserved, then the type
    return meta.type == "meta" && handler != nullptr && handler->data.size() >= 12 &&
           std::equal(handler->data.begin() + 8, handler->data.begin() + 12, "mdta");
}

std::vector<Mp4Box*> key_metas(Mp4Box& moov) {
    std::vector<Mp4Box*> metas;
    for (Mp4Box& box : moov.children) {
        if (box.type != "udta") continue;
        for (Mp4Box& inner : box.children) {
            if (holds_keys(inner)) metas.push_back(&inner);
        }
    }
    return metas;
}

// keys: version and flags, count, then {size, namespace, name}; they count from 1.
struct Keys {
    std::vector<std::uint64_t> labels;  // the numbers of those that are called AIGC
    bool whole = false;                 // as many as the count says, and nothing behind them
};

Keys keys_of(const Bytes& bytes) {
    Keys keys;
    const std::uint64_t count = big_number(bytes, 4, 4);
    std::size_t at = 8;
    std::uint64_t number = 1;
    for (; number <= count && at + 8 <= bytes.size(); ++number) {
        const std::uint64_t size = big_number(bytes, at, 4);
        if (size < 8 || size > bytes.size() - at) break;
        const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at + 8);
        if (std::equal(from, from + static_cast<std::ptrdiff_t>(size - 8), key_name.begin(), key_name.end()))
            keys.labels.push_back(number);
        at += static_cast<std::size_t>(size);
    }
    keys.whole = number == count + 1 && at == bytes.size();
    return keys;
}

// ilst: boxes whose type is the number of a key, each with boxes "data": type, locale, value.
struct Item {
    std::uint64_t key = 0;
    std::size_t at = 0, end = 0;
    std::string text;
};

std::vector<Item> items_of(const Bytes& list) {
    std::vector<Item> items;
    for (std::size_t at = 0; at + 8 <= list.size();) {
        const std::uint64_t size = big_number(list, at, 4);
        if (size < 8 || size > list.size() - at) break;
        const std::size_t end = at + static_cast<std::size_t>(size);
        Item item{big_number(list, at + 4, 4), at, end, ""};
        const std::uint64_t data = big_number(list, at + 8, 4);
        if (data >= 16 && data <= size - 8) {
            item.text.assign(list.begin() + static_cast<std::ptrdiff_t>(at + 24),
                             list.begin() + static_cast<std::ptrdiff_t>(at + 8 + data));
        }
        items.push_back(item);
        at = end;
    }
    return items;
}

bool is_among(const std::vector<std::uint64_t>& numbers, std::uint64_t number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

Bytes data_box(const std::string& json) {
    Mp4Box data{"data", {}, {}, {}};
    append_big_number(data.data, 1, 4);  // UTF-8
    append_big_number(data.data, 0, 4);  // any locale
    data.data.insert(data.data.end(), json.begin(), json.end());
    Bytes out;
    append_mp4_box(out, data);
    return out;
}

Mp4Box& child_of(Mp4Box& box, const char* type, const Bytes& otherwise) {
    if (Mp4Box* there = box.child(type)) return *there;
    Mp4Box& made = box.children.emplace_back();
    made.type = type;
    made.data = otherwise;
    return made;
}

Mp4Box empty_key_meta() {
    Mp4Box meta{"meta", Bytes(4), {}, {}}, handler{"hdlr", Bytes(8), {}, {}};
    for (const char c : std::string_view("mdta")) handler.data.push_back(static_cast<std::uint8_t>(c));
    handler.data.resize(handler.data.size() + 13);  // reserved, and a name of no characters
    meta.children.push_back(handler);
    return meta;
}

void remove_labels(Mp4Box& meta) {
    Mp4Box *keys = meta.child("keys"), *list = meta.child("ilst");
    if (keys == nullptr || list == nullptr) return;
    const std::vector<std::uint64_t> labels = keys_of(keys->data).labels;
    const std::vector<Item> items = items_of(list->data);
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
        if (!is_among(labels, item->key)) continue;
        list->data.erase(list->data.begin() + static_cast<std::ptrdiff_t>(item->at),
                         list->data.begin() + static_cast<std::ptrdiff_t>(item->end));
    }
}

void put_label(Mp4Box& moov, const std::string& json, const std::string& file) {
    for (Mp4Box* meta : key_metas(moov)) remove_labels(*meta);
    Mp4Box& user_data = child_of(moov, "udta", {});
    auto there = std::find_if(user_data.children.begin(), user_data.children.end(), holds_keys);
    // Behind an iTunes meta box: most readers take the first for theirs.
    if (there == user_data.children.end()) there = user_data.children.insert(there, empty_key_meta());
    Mp4Box& meta = *there;
    Mp4Box& keys = child_of(meta, "keys", Bytes(8));
    const auto [labels, whole] = keys_of(keys.data);
    if (!whole) throw Error(Fault::input, file + ": damaged, its list of keys does not end where it says");
    const std::uint64_t number = labels.empty() ? big_number(keys.data, 4, 4) + 1 : labels.front();
    if (labels.empty()) {
        Bytes count;
        append_big_number(count, number, 4);
        std::copy(count.begin(), count.end(), keys.data.begin() + 4);
        append_big_number(keys.data, 8 + key_name.size(), 4);
        for (const std::string_view part : {std::string_view("mdta"), key_name}) {
            for (const char c : part) keys.data.push_back(static_cast<std::uint8_t>(c));
        }
    }
    Mp4Box& list = child_of(meta, "ilst", {});
    const std::vector<Item> items = items_of(list.data);
    if ((items.empty() ? 0 : items.back().end) != list.data.size()) {
        throw Error(Fault::input, file + ": damaged, its list of values does not end where it says");
    }
    if (std::any_of(items.begin(), items.end(), [&](const Item& item) { return item.key == number; })) {
        throw Error(Fault::input, file + ": damaged, it has a value for a key that it has not");
    }
    const Bytes data = data_box(json);
    append_big_number(list.data, 8 + data.size(), 4);
    append_big_number(list.data, number, 4);
    list.data.insert(list.data.end(), data.begin(), data.end());
}

// stco and co64: version and flags, count, offsets of 4 or 8 bytes from the start of the file.
void move_offsets(Bytes& table, int width, std::uint64_t from, std::uint64_t by, const std::string& file) {
    const std::uint64_t count = big_number(table, 4, 4);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t at = 8 + static_cast<std::size_t>(i) * static_cast<std::size_t>(width);
        if (at + static_cast<std::size_t>(width) > table.size()) return;
        const std::uint64_t offset = big_number(table, at, width);
        if (offset < from) continue;
        const std::uint64_t target = offset + by;  // modulo 2^64: by may stand for a negative amount
        if (width == 4 && target > UINT32_MAX) {
            throw Error(Fault::input, file + ": no room for a label, its chunk offsets of 32 bits are used up");
        }
        Bytes moved;
        append_big_number(moved, target, width);
        std::copy(moved.begin(), moved.end(), table.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

void move_chunks(Mp4Box& box, std::uint64_t from, std::uint64_t by, const std::string& file) {
    for (Mp4Box& child : box.children) {
        if (child.type == "stco") move_offsets(child.data, 4, from, by, file);
        if (child.type == "co64") move_offsets(child.data, 8, from, by, file);
        if (child.type == "saio") throw Error(Fault::input, file + ": is encrypted; no label written");
        move_chunks(child, from, by, file);
    }
}

}  // namespace

FoundLabels read_mp4_labels(const std::string& path) {
    const FileBytes file(path, FileBytes::read_only);
    Mp4Box moov = moov_of(file, layout_of(file));
    FoundLabels found{Container::m4a, {}, ""};
    for (Mp4Box* meta : key_metas(moov)) {
        const Mp4Box *keys = meta->child("keys"), *list = meta->child("ilst");
        if (keys == nullptr || list == nullptr) continue;
        const std::vector<std::uint64_t> labels = keys_of(keys->data).labels;
        for (const Item& item : items_of(list->data)) {
            if (is_among(labels, item.key)) found.texts.push_back(item.text);
        }
    }
    return found;
}

void write_mp4_label(const std::string& path, const std::string& json) {
    FileBytes file(path, FileBytes::read_and_write);
    const Layout layout = layout_of(file);
    if (layout.fragmented) {
        throw Error(Fault::input, path + ": is fragmented; no label written, first: ffmpeg -i FILE -c copy OTHER.m4a");
    }
    Mp4Box moov = moov_of(file, layout);
    put_label(moov, json, path);
    Bytes bytes;
    append_mp4_box(bytes, moov);
    // Moving offsets changes no length.
    move_chunks(moov, layout.at + layout.bytes, bytes.size() - layout.bytes, path);
    bytes.clear();
    append_mp4_box(bytes, moov);
    file.splice(layout.at, layout.bytes, bytes);
}

}  // namespace earmark::tools
