// KissFFT (BSD): slower than FFTW, for programs that may not be under FFTW's GPL. Chosen with -DEARMARK_FFT=kissfft.
//
// For lengths with a prime factor above 5 it takes memory from the heap in every transform; fast_fft_length() has none.
#include "dsp/transform/complex_fft.hpp"

#include <kiss_fft.h>

#include <new>

namespace earmark {
namespace {

struct Free {
    void operator()(kiss_fft_cfg plan) const { kiss_fft_free(plan); }
};
using Configuration = std::unique_ptr<kiss_fft_state, Free>;

// A pair of floats either way.
const kiss_fft_cpx* bare(const std::complex<float>* values) {
    return reinterpret_cast<const kiss_fft_cpx*>(values);
}
kiss_fft_cpx* bare(std::complex<float>* values) {
    return reinterpret_cast<kiss_fft_cpx*>(values);
}

}  // namespace

// Only read by a transform out of place.
struct ComplexFft::Plan {
    Plan(int points, Ways ways)
        : forward(kiss_fft_alloc(points, 0, nullptr, nullptr)),
          inverse(ways == Ways::both ? kiss_fft_alloc(points, 1, nullptr, nullptr) : nullptr) {
        if (!forward || (ways == Ways::both && !inverse)) throw std::bad_alloc();
    }

    Configuration forward, inverse;
};

ComplexFft::ComplexFft(int points, Ways ways) : plan_(std::make_shared<const Plan>(points, ways)) {}

void ComplexFft::forward(const std::complex<float>* in, std::complex<float>* out) const noexcept {
    kiss_fft(plan_->forward.get(), bare(in), bare(out));
}
void ComplexFft::inverse(const std::complex<float>* in, std::complex<float>* out) const noexcept {
    kiss_fft(plan_->inverse.get(), bare(in), bare(out));
}

const char* ComplexFft::library() noexcept {
    return "KissFFT";
}

}  // namespace earmark
