#include "standard_output.hpp"

#include "byte_stream.hpp"

#include <earmark/error.hpp>

#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace earmark::tools {

void print(const std::string& text) {
    ByteStream out = ByteStream::borrow(STDOUT_FILENO);
    out.write(text.data(), text.size());
    if (out.error() == EPIPE) throw PipeClosed{};
    if (out.error() != 0) throw Error(Fault::input, std::string("standard output: ") + std::strerror(out.error()));
}

void print_line(const std::string& text) {
    print(text + "\n");
}

}  // namespace earmark::tools
