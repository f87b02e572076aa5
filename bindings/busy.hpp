// One thread at a time: a stream object that is in use by another thread says so instead of mixing two signals.
#pragma once

#include <atomic>
#include <stdexcept>
#include <string>

namespace earmark::python {

class Busy {
  public:
    class Turn {
      public:
        Turn(Busy& busy, const char* what) : busy_(busy) {
            if (busy_.taken_.test_and_set(std::memory_order_acquire))
                throw std::runtime_error(std::string(what) +
                                         " is in use by another thread; give each thread one of its own");
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() { busy_.taken_.clear(std::memory_order_release); }

      private:
        Busy& busy_;
    };

  private:
    std::atomic_flag taken_ = ATOMIC_FLAG_INIT;
};

}  // namespace earmark::python
