#include "dsp/transform/pair_fft.hpp"

namespace earmark {

PairFft::PairFft(int length)
    : length_(length), kernels_(simd::kernels()), fft_(length, Ways::forward), time_(length), frequency_(length + 1) {}

void PairFft::forward() noexcept {
    fft_.forward(time_.data(), frequency_.data());
    frequency_.data()[length_] = frequency_.data()[0];
}

void PairFft::powers(int count, float* first, float* second) noexcept {
    kernels_.pair_powers(frequency_.data(), length_, count, first, second);
}

}  // namespace earmark
