// FFTW in single precision: the default. It is under the GPL, and so is a binary that holds it.
#include "dsp/transform/complex_fft.hpp"

#include <fftw3.h>

#include <mutex>

namespace earmark {
namespace {

std::mutex& planner_lock() {
    static std::mutex lock;
    return lock;
}

// FFTW documents fftwf_complex as layout compatible with std::complex<float>. It takes what it only reads as non-const.
fftwf_complex* bare(const std::complex<float>* values) {
    return reinterpret_cast<fftwf_complex*>(const_cast<std::complex<float>*>(values));
}

}  // namespace

struct ComplexFft::Plan {
    Plan(int points, Ways ways) {
        ComplexBuffer in(points), out(points);
        const std::lock_guard lock(planner_lock());
        // ESTIMATE: the same plan, hence the same bits, in every run, and no start-up cost.
        const auto plan = [&](int sign) {
            return fftwf_plan_dft_1d(points, bare(in.data()), bare(out.data()), sign, FFTW_ESTIMATE);
        };
        forward = plan(FFTW_FORWARD);
        if (ways == Ways::both) inverse = plan(FFTW_BACKWARD);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;
    ~Plan() {
        const std::lock_guard lock(planner_lock());
        fftwf_destroy_plan(forward);
        if (inverse) fftwf_destroy_plan(inverse);
    }

    fftwf_plan forward, inverse = nullptr;
};

ComplexFft::ComplexFft(int points, Ways ways) : plan_(std::make_shared<const Plan>(points, ways)) {}

void ComplexFft::forward(const std::complex<float>* in, std::complex<float>* out) const noexcept {
    fftwf_execute_dft(plan_->forward, bare(in), bare(out));
}
void ComplexFft::inverse(const std::complex<float>* in, std::complex<float>* out) const noexcept {
    fftwf_execute_dft(plan_->inverse, bare(in), bare(out));
}

const char* ComplexFft::library() noexcept {
    return "FFTW";
}

}  // namespace earmark
