// What the command loads when a label is in tags: TagLib's tables of virtual functions alone, all of which the loader
// has to fill in, would keep every other command waiting for 2 ms.
#include "tools/metadata/tags.hpp"

using namespace earmark::tools;

extern "C" __attribute__((visibility("default"))) void earmark_read_tag_labels(const std::string& path,
                                                                               Container container,
                                                                               FoundLabels& found) {
    found = read_tag_labels(path, container);
}

extern "C" __attribute__((visibility("default"))) void earmark_write_tag_label(const std::string& path,
                                                                               Container container,
                                                                               const std::string& json) {
    write_tag_label(path, container, json);
}
