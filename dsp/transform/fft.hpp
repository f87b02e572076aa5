// Real FFT of one length. The only room that knows which library does it: FFTW or KissFFT, one file each.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace earmark {

enum class Ways { both, forward };  // to plan a way takes a millisecond

// Thread safety: objects are independent; construction takes a lock (the planner of FFTW is not re-entrant).
// Real time: forward() and inverse() allocate nothing and lock nothing.
class RealFft {
  public:
    explicit RealFft(int length, Ways ways = Ways::both);  // even, at least 2
    RealFft(const RealFft& other);                         // buffers of its own, the plan shared: takes no lock
    RealFft(RealFft&&) noexcept;
    RealFft& operator=(RealFft&&) noexcept;
    ~RealFft();

    static const char* library() noexcept;  // the one built in (CMake: EARMARK_FFT)
    int length() const noexcept;
    int bins() const noexcept { return length() / 2 + 1; }

    std::span<float> time() noexcept;                     // [0, length)
    std::span<std::complex<float>> frequency() noexcept;  // [0, bins)
    void forward() noexcept;                              // time() -> frequency(), keeps time()
    void inverse() noexcept;  // frequency() -> time() times length, destroys frequency(); not with Ways::forward

  private:
    struct Plan;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace earmark
