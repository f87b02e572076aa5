// Ctrl-C as a wish to end well: what was heard is judged, devices are closed. A second one ends at once.
#pragma once

namespace earmark::tools {

class Interrupt {
  public:
    Interrupt();  // from here on SIGINT, SIGTERM and SIGHUP are wishes; one object at a time
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    ~Interrupt();

    bool asked() const;  // any thread
};

}  // namespace earmark::tools
