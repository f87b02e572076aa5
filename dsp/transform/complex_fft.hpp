// Complex FFT of one length, as the libraries do it best. The only room that knows which does: FFTW or KissFFT, one
// file each.
#pragma once

#include <complex>
#include <cstddef>
#include <iterator>
#include <memory>
#include <vector>

namespace earmark {

enum class Ways { both, forward };

// Zeros to begin with, aligned alike whatever their number, so that one plan serves all.
class ComplexBuffer {
  public:
    explicit ComplexBuffer(int values) : lines_(static_cast<std::size_t>(values) / std::size(Line().values) + 1) {}
    std::complex<float>* data() noexcept { return lines_[0].values; }

  private:
    struct alignas(64) Line {
        std::complex<float> values[8];
    };
    std::vector<Line> lines_;
};

// Copies share the plan. in, out: the beginnings of two ComplexBuffers of `points` values or more.
// Thread safety: const; construction takes a lock (the planner of FFTW is not re-entrant).
// Real time: forward() and inverse() allocate nothing and lock nothing.
class ComplexFft {
  public:
    ComplexFft(int points, Ways ways);

    static const char* library() noexcept;  // the one built in (CMake: EARMARK_FFT)
    void forward(const std::complex<float>* in, std::complex<float>* out) const noexcept;
    void inverse(const std::complex<float>* in, std::complex<float>* out) const noexcept;  // times points

  private:
    struct Plan;
    std::shared_ptr<const Plan> plan_;
};

}  // namespace earmark
