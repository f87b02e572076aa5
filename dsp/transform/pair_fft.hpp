// FFT of two real signals of one length at once, as the real and the imaginary parts of a complex one, for those who
// want the power of bins: of a transform Z of a + i b, a's is (Z[k] + Z*[-k]) / 2 and b's (Z[k] - Z*[-k]) / 2 i
// (Cooley, Lewis, Welch, The fast Fourier transform algorithm, J. Sound Vib. 12(3), 1970). Half the time of two of
// RealFft, which turn every bin. What one of the two rounds off is in the other: some 1e-7 of its amplitude.
#pragma once

#include "dsp/simd/kernels.hpp"
#include "dsp/transform/complex_fft.hpp"

#include <complex>

namespace earmark {

// A copy has buffers of its own and shares the plan.
// Thread safety: objects are independent; construction takes a lock, a copy does not.
// Real time: forward() and powers() allocate nothing and lock nothing.
class PairFft {
  public:
    explicit PairFft(int length);  // at least 2

    int length() const noexcept { return length_; }
    int bins() const noexcept { return length_ / 2 + 1; }

    std::complex<float>* time() noexcept { return time_.data(); }  // [0, length)
    void forward() noexcept;                                       // keeps time()
    // Of the bins [0, count) after forward(), count <= bins().
    void powers(int count, float* first, float* second) noexcept;

  private:
    int length_;
    const simd::Kernels& kernels_;
    ComplexFft fft_;
    ComplexBuffer time_, frequency_;  // the latter's last is the first once more
};

}  // namespace earmark
