// What can go wrong, told once: every failure of the library is an Error that names field, value and allowed range.
#pragma once

#include <stdexcept>
#include <string>

namespace earmark {

// The numbers are the exit codes of the command line.
enum class Fault {
    usage = 2,  // an argument out of range, a combination that makes no sense
    input = 3,  // audio that cannot be read or used: NaN, no samples, a rate out of range
    key = 4,    // a key file that is missing, damaged, of another kind or of a later version
};

class Error : public std::runtime_error {
  public:
    Error(Fault fault, const std::string& message) : std::runtime_error(message), fault_(fault) {}
    Fault fault() const noexcept { return fault_; }

  private:
    Fault fault_;
};

}  // namespace earmark
