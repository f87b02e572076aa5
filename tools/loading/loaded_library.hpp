// A library that few commands need, loaded when one of them does: linked, it and all that it brings along would keep
// every other command waiting (PortAudio: ALSA, JACK and a database, a millisecond together).
#pragma once

namespace earmark::tools {

// Stays loaded until the process ends.
class LoadedLibrary {
  public:
    // name: as "libsoxr.so.0"; purpose: what cannot be done without it. Throws Error(input).
    LoadedLibrary(const char* name, const char* purpose);

    // Function: the type of a pointer to it, decltype(&soxr_oneshot). Throws Error(input).
    template <class Function>
    Function function(const char* name) const {
        return reinterpret_cast<Function>(find(name));
    }

  private:
    void* find(const char* name) const;
    const char* purpose_;
    void* handle_;
};

}  // namespace earmark::tools
