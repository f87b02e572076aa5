// Real FFT of one length: the samples taken by twos as complex values, a complex transform of half the length, and one
// more step (Sorensen et al., Real-valued fast Fourier transform algorithms, IEEE Trans. ASSP 35(6), 1987). FFTW's own
// real transforms of our lengths take about twice the time, for they make little use of vectors.
#pragma once

#include "dsp/transform/complex_fft.hpp"

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace earmark {

// Thread safety: objects are independent; construction takes a lock.
// Real time: forward() and inverse() allocate nothing and lock nothing.
class RealFft {
  public:
    explicit RealFft(int length, Ways ways = Ways::both);  // even, at least 2
    RealFft(const RealFft& other);                         // buffers of its own, the plan shared: takes no lock
    RealFft(RealFft&&) noexcept;
    RealFft& operator=(RealFft&&) noexcept;
    ~RealFft();

    int length() const noexcept;
    int bins() const noexcept { return length() / 2 + 1; }

    std::span<float> time() noexcept;                     // [0, length)
    std::span<std::complex<float>> frequency() noexcept;  // [0, bins)
    void forward() noexcept;                              // time() -> frequency(), keeps time()
    // frequency() -> time() times length, keeps frequency(); its first and last bin are real. Not with Ways::forward.
    void inverse() noexcept;

  private:
    struct Plan;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace earmark
