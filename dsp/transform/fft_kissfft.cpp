// KissFFT (BSD): slower than FFTW, for programs that may not be under FFTW's GPL. Chosen with -DEARMARK_FFT=kissfft.
//
// For lengths with a prime factor above 5 it takes memory from the heap in every transform; fast_fft_length() has none.
#include "dsp/transform/fft.hpp"

#include <kiss_fftr.h>

#include <vector>

namespace earmark {
namespace {

struct Free {
    void operator()(kiss_fftr_cfg plan) const { kiss_fftr_free(plan); }
};
using Configuration = std::unique_ptr<kiss_fftr_state, Free>;

}  // namespace

// A plan of KissFFT holds scratch memory, so every object has its own.
struct RealFft::State {
    State(int n, Ways ways)
        : time(static_cast<std::size_t>(n)),
          frequency(static_cast<std::size_t>(n / 2 + 1)),
          forward(kiss_fftr_alloc(n, 0, nullptr, nullptr)),
          inverse(ways == Ways::both ? kiss_fftr_alloc(n, 1, nullptr, nullptr) : nullptr) {
        if (!forward || (ways == Ways::both && !inverse)) throw std::bad_alloc();
    }

    kiss_fft_cpx* bins() { return reinterpret_cast<kiss_fft_cpx*>(frequency.data()); }  // a pair of floats either way

    std::vector<float> time;
    std::vector<std::complex<float>> frequency;
    Configuration forward, inverse;
};

RealFft::RealFft(int length, Ways ways) : state_(std::make_unique<State>(length, ways)) {}
RealFft::RealFft(const RealFft& other) : RealFft(other.length(), other.state_->inverse ? Ways::both : Ways::forward) {}
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;
RealFft::~RealFft() = default;

int RealFft::length() const noexcept {
    return static_cast<int>(state_->time.size());
}
std::span<float> RealFft::time() noexcept {
    return state_->time;
}
std::span<std::complex<float>> RealFft::frequency() noexcept {
    return state_->frequency;
}
void RealFft::forward() noexcept {
    kiss_fftr(state_->forward.get(), state_->time.data(), state_->bins());
}
void RealFft::inverse() noexcept {
    kiss_fftri(state_->inverse.get(), state_->bins(), state_->time.data());
}

const char* RealFft::library() noexcept {
    return "KissFFT";
}

}  // namespace earmark
