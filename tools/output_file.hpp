// A file that appears only when it is complete: written aside under a name of its own, then
// renamed. Dropped without commit(), or on SIGINT, SIGTERM or SIGHUP, it leaves nothing behind; a file that stood there
// before stays as it was. Many may be written at once, by a thread each.
#pragma once

#include <sys/types.h>
#include <string>

namespace earmark::tools {

class OutputFile {
  public:
    // Refuses a directory, a device, and the file behind `input_fd`. Throws Error(usage | input).
    OutputFile(const std::string& path, int input_fd, const std::string& input_name);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile();

    int fd() const { return fd_; }
    const std::string& aside() const { return aside_; }  // where the bytes are until commit()
    void settle();                                       // waits until the disk has them
    void commit();

  private:
    void create(mode_t mode);
    void forget();
    std::string path_, target_, aside_;
    char* slot_ = nullptr;  // what a signal handler knows of it
    int fd_ = -1;
    bool committed_ = false;
};

// Throws Error(usage) when both are one file.
void refuse_same_file(int output_fd, int input_fd, const std::string& input_name);

}  // namespace earmark::tools
