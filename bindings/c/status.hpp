// Where exceptions end: a call of the C interface runs inside guarded(), which turns whatever is thrown into a status
// and a message.
#pragma once

#include <earmark/earmark.h>
#include <earmark/error.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>

namespace earmark::c {

earmark_status failed(earmark_status status, const char* why) noexcept;  // keeps the message for this thread

template <class Call>
earmark_status guarded(Call&& call) noexcept {
    try {
        call();
        return EARMARK_OK;
    } catch (const Error& error) {
        return failed(static_cast<earmark_status>(error.fault()), error.what());
    } catch (const std::bad_alloc&) {
        return failed(EARMARK_INTERNAL, "out of memory");
    } catch (const std::exception& error) {
        return failed(EARMARK_INTERNAL, error.what());
    } catch (...) {
        return failed(EARMARK_INTERNAL, "unknown fault");
    }
}

inline void require(const void* pointer, const char* field) {
    if (pointer == nullptr) throw Error(Fault::usage, std::string(field) + ": NULL");
}

// The planes of a signal: `samples` may be 0, and then nothing is looked at.
template <class Sample>
void require_planes(Sample* const* planes, std::size_t channels, std::size_t samples, const char* field) {
    if (samples == 0) return;
    require(planes, field);
    for (std::size_t c = 0; c < channels; ++c)
        if (planes[c] == nullptr) throw Error(Fault::usage, std::string(field) + "[" + std::to_string(c) + "]: NULL");
}

// What a caller with an older header leaves out keeps its default; what a newer one asks for cannot be promised.
template <class Struct>
Struct known_fields(const Struct* given, Struct defaults, const char* field) {
    require(given, field);
    if (given->size < sizeof given->size || given->size > sizeof(Struct))
        throw Error(Fault::usage, std::string(field) + ".size: " + std::to_string(given->size) + ", this library has " +
                                      std::to_string(sizeof(Struct)));
    std::memcpy(&defaults, given, given->size);
    return defaults;
}

// Fills as much of a result as the caller knows of.
template <class Struct>
void give(Struct result, Struct* to, const char* field) {
    require(to, field);
    if (to->size < sizeof to->size) throw Error(Fault::usage, std::string(field) + ".size: not set");
    result.size = to->size;
    std::memcpy(to, &result, std::min(to->size, sizeof(Struct)));
}

}  // namespace earmark::c
