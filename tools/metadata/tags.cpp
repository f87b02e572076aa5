#include "tools/metadata/tags.hpp"

#include <earmark/error.hpp>

#include <flacfile.h>
#include <id3v2framefactory.h>
#include <id3v2tag.h>
#include <mpegfile.h>
#include <opusfile.h>
#include <textidentificationframe.h>
#include <vorbisfile.h>
#include <xiphcomment.h>

#include <memory>

namespace earmark::tools {

namespace {

const TagLib::String key("AIGC");
using TextFrame = TagLib::ID3v2::UserTextIdentificationFrame;

std::vector<TextFrame*> label_frames(TagLib::ID3v2::Tag& tag) {
    std::vector<TextFrame*> frames;
    for (TagLib::ID3v2::Frame* frame : tag.frameList("TXXX")) {
        auto* text = dynamic_cast<TextFrame*>(frame);
        if (text != nullptr && text->description() == key) frames.push_back(text);
    }
    return frames;
}

void read(TagLib::ID3v2::Tag* tag, FoundLabels& found) {
    if (tag == nullptr) return;
    for (const TextFrame* frame : label_frames(*tag)) {
        // The first field is the description.
        const TagLib::StringList fields = frame->fieldList();
        found.texts.push_back(fields.size() > 1 ? fields[1].to8Bit(true) : "");
    }
}

void read(const TagLib::Ogg::XiphComment* comment, FoundLabels& found) {
    if (comment == nullptr || !comment->contains(key)) return;
    for (const TagLib::String& text : comment->fieldListMap()[key]) found.texts.push_back(text.to8Bit(true));
}

void remove(TagLib::ID3v2::Tag& tag) {
    for (TextFrame* frame : label_frames(tag)) tag.removeFrame(frame);
}

void replace(TagLib::ID3v2::Tag& tag, const std::string& json) {
    remove(tag);
    auto frame = std::make_unique<TextFrame>(TagLib::String::Latin1);  // the rules allow nothing but ASCII
    frame->setDescription(key);
    frame->setText(TagLib::String(json));
    tag.addFrame(frame.release());
}

void replace(TagLib::Ogg::XiphComment& comment, const std::string& json) {
    comment.addField(key, TagLib::String(json), true);
}

// The version that is there: players of 2.3 need not read 2.4. TagLib cannot write 2.2.
TagLib::ID3v2::Version version_of(const TagLib::ID3v2::Tag& tag) {
    return tag.header()->majorVersion() == 3 ? TagLib::ID3v2::v3 : TagLib::ID3v2::v4;
}

bool save(TagLib::MPEG::File& file, const std::string& json) {
    replace(*file.ID3v2Tag(true), json);
    return file.save(TagLib::MPEG::File::ID3v2, TagLib::File::StripNone, version_of(*file.ID3v2Tag()),
                     TagLib::File::DoNotDuplicate);
}

bool save(TagLib::FLAC::File& file, const std::string& json) {
    if (file.hasID3v2Tag()) remove(*file.ID3v2Tag());
    replace(*file.xiphComment(true), json);
    return file.save();
}

template <class OggFile>
bool save(OggFile& file, const std::string& json) {
    if (file.tag() == nullptr) return false;
    replace(*file.tag(), json);
    return file.save();
}

void read(TagLib::MPEG::File& file, FoundLabels& found) {
    read(file.ID3v2Tag(), found);
}

void read(TagLib::FLAC::File& file, FoundLabels& found) {
    read(file.xiphComment(), found);
    read(file.ID3v2Tag(), found);
}

template <class OggFile>
void read(OggFile& file, FoundLabels& found) {
    read(file.tag(), found);
}

// Opens the file as its container, without the audio's properties, and hands it to `use`.
template <class Use>
void with_file(const std::string& path, Container container, Use use) {
    const auto open = [&](auto&& file) {
        if (!file.isValid())
            throw Error(Fault::input, path + ": damaged, cannot be read as " + std::string(name(container)));
        use(file);
    };
    if (container == Container::mp3)
        open(TagLib::MPEG::File(path.c_str(), TagLib::ID3v2::FrameFactory::instance(), false));
    if (container == Container::flac)
        open(TagLib::FLAC::File(path.c_str(), TagLib::ID3v2::FrameFactory::instance(), false));
    if (container == Container::ogg_vorbis) open(TagLib::Ogg::Vorbis::File(path.c_str(), false));
    if (container == Container::ogg_opus) open(TagLib::Ogg::Opus::File(path.c_str(), false));
}

}  // namespace

FoundLabels read_tag_labels(const std::string& path, Container container) {
    FoundLabels found{container, {}, ""};
    with_file(path, container, [&](auto& file) { read(file, found); });
    return found;
}

void write_tag_label(const std::string& path, Container container, const std::string& json) {
    with_file(path, container, [&](auto& file) {
        if (!save(file, json)) throw Error(Fault::input, path + ": the label cannot be written");
    });
}

}  // namespace earmark::tools
