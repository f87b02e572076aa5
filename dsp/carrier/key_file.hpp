// Reading and writing key files; the only file of the library that touches the file system (POSIX).
#pragma once

#include "dsp/carrier/wiped_text.hpp"

#include <filesystem>
#include <string_view>

namespace earmark {

// Appends the file to `text`. Throws Error(key): missing, a directory, unreadable, larger than a key file may be.
void read_key_file(const std::filesystem::path& path, WipedText& text);

// Mode 0600 whatever the umask, on the disk when it returns. Throws Error(key), and leaves an existing file as it was
// and no new one behind.
void write_key_file(const std::filesystem::path& path, std::string_view text);

}  // namespace earmark
