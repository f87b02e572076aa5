// The FFT library's own real transforms, used as its manual shows: the floor that jobs are measured against. earmark's
// (dsp/transform/fft.hpp) are faster, but a floor that sinks with every gain would be no measure.
#pragma once

#include <memory>

namespace earmark::benchmark {

// Of noise: transforms of zeros, denormal numbers or infinities take another time than those of audio.
class LibraryFft {
  public:
    explicit LibraryFft(int length);
    ~LibraryFft();
    void forward();
    void inverse();  // of the same spectrum each time

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace earmark::benchmark
