#include "bindings/c/status.hpp"

#include <earmark/version.hpp>

#include <cstdio>

namespace earmark::c {

namespace {

// No destructor, so that a thread may outlive a host's dlclose().
thread_local char message[512] = "";

}  // namespace

earmark_status failed(earmark_status status, const char* why) noexcept {
    std::snprintf(message, sizeof message, "%s", why);
    std::replace(message, message + std::strlen(message), '\n', ' ');
    return status;
}

}  // namespace earmark::c

const char* earmark_message(void) {
    return earmark::c::message;
}

const char* earmark_version(void) {
    return earmark::version;
}

const char* earmark_simd_target(void) {
    return earmark::simd_target();
}
