#include "loaded_library.hpp"

#include <earmark/error.hpp>

#include <dlfcn.h>

#include <string>

namespace earmark::tools {

namespace {

void* require(void* found, const char* purpose) {
    if (found != nullptr) return found;
    throw Error(Fault::input, std::string(purpose) + ": " + ::dlerror());  // names the library
}

}  // namespace

LoadedLibrary::LoadedLibrary(const char* name, const char* purpose)
    : purpose_(purpose), handle_(require(::dlopen(name, RTLD_NOW), purpose)) {}

void* LoadedLibrary::find(const char* name) const {
    return require(::dlsym(handle_, name), purpose_);
}

}  // namespace earmark::tools
