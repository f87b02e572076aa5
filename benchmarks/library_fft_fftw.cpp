#include "benchmarks/library_fft.hpp"

#include "benchmarks/false_alarms/synthetic.hpp"

#include <fftw3.h>

#include <algorithm>
#include <cstddef>

namespace earmark::benchmark {

struct LibraryFft::State {
    explicit State(int n)
        : length(static_cast<std::size_t>(n)),
          time(fftwf_alloc_real(length)),
          frequency(fftwf_alloc_complex(length / 2 + 1)),
          kept(fftwf_alloc_complex(length / 2 + 1)),
          there(fftwf_plan_dft_r2c_1d(n, time, kept, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT)),
          back(fftwf_plan_dft_c2r_1d(n, frequency, time, FFTW_ESTIMATE)) {
        Random random(1);
        for (std::size_t i = 0; i < length; ++i) time[i] = static_cast<float>(0.1 * random.normal());
        fftwf_execute(there);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        fftwf_destroy_plan(there);
        fftwf_destroy_plan(back);
        fftwf_free(time);
        fftwf_free(frequency);
        fftwf_free(kept);
    }

    std::size_t length;
    float* time;
    fftwf_complex *frequency, *kept;
    fftwf_plan there, back;
};

LibraryFft::LibraryFft(int length) : state_(std::make_unique<State>(length)) {}
LibraryFft::~LibraryFft() = default;

void LibraryFft::forward() {
    fftwf_execute(state_->there);
}

// The way back destroys its spectrum, so that is put there anew.
void LibraryFft::inverse() {
    std::copy_n(state_->kept[0], 2 * (state_->length / 2 + 1), state_->frequency[0]);
    fftwf_execute(state_->back);
}

}  // namespace earmark::benchmark
