// The functions of tools/metadata/tags.hpp as the command has them: in a module, loaded on the first call. It lies
// beside the command, or in the prefix's library folder (tools/CMakeLists.txt), both found from where the command is.
#include "tools/loading/loaded_library.hpp"
#include "tools/metadata/tags.hpp"

namespace earmark::tools {

namespace {

template <class Function>
Function* in_module(const char* name) {
    static const LoadedLibrary module("earmark-tags.so", "labels in tags");
    return module.function<Function*>(name);
}

}  // namespace

FoundLabels read_tag_labels(const std::string& path, Container container) {
    FoundLabels found;
    in_module<void(const std::string&, Container, FoundLabels&)>("earmark_read_tag_labels")(path, container, found);
    return found;
}

void write_tag_label(const std::string& path, Container container, const std::string& json) {
    in_module<void(const std::string&, Container, const std::string&)>("earmark_write_tag_label")(path, container,
                                                                                                  json);
}

}  // namespace earmark::tools
