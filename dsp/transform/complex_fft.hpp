// Complex FFT of one length, as the libraries do it best. The only room that knows which does: FFTW or KissFFT, one
// file each.
#pragma once

#include <complex>
#include <memory>

namespace earmark {

enum class Ways { both, forward };

// Copies share the plan. Arrays begin at a multiple of `alignment` bytes, hold `points` values and do not overlap.
// Thread safety: const; construction takes a lock (the planner of FFTW is not re-entrant).
// Real time: forward() and inverse() allocate nothing and lock nothing.
class ComplexFft {
  public:
    static constexpr std::size_t alignment = 64;

    ComplexFft(int points, Ways ways);

    static const char* library() noexcept;  // the one built in (CMake: EARMARK_FFT)
    void forward(const std::complex<float>* in, std::complex<float>* out) const noexcept;
    void inverse(const std::complex<float>* in, std::complex<float>* out) const noexcept;  // times points

  private:
    struct Plan;
    std::shared_ptr<const Plan> plan_;
};

}  // namespace earmark
