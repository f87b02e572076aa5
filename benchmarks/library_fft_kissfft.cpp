#include "benchmarks/library_fft.hpp"

#include "benchmarks/false_alarms/synthetic.hpp"

#include <kiss_fftr.h>

#include <cstddef>
#include <vector>

namespace earmark::benchmark {
namespace {

struct Free {
    void operator()(kiss_fftr_cfg plan) const { kiss_fftr_free(plan); }
};
using Configuration = std::unique_ptr<kiss_fftr_state, Free>;

}  // namespace

struct LibraryFft::State {
    explicit State(int n)
        : time(static_cast<std::size_t>(n)),
          out(time.size()),
          frequency(time.size() / 2 + 1),
          there(kiss_fftr_alloc(n, 0, nullptr, nullptr)),
          back(kiss_fftr_alloc(n, 1, nullptr, nullptr)) {
        Random random(1);
        for (float& x : time) x = static_cast<float>(0.1 * random.normal());
        kiss_fftr(there.get(), time.data(), frequency.data());
    }

    std::vector<float> time, out;
    std::vector<kiss_fft_cpx> frequency;
    Configuration there, back;
};

LibraryFft::LibraryFft(int length) : state_(std::make_unique<State>(length)) {}
LibraryFft::~LibraryFft() = default;

void LibraryFft::forward() {
    kiss_fftr(state_->there.get(), state_->time.data(), state_->frequency.data());
}
void LibraryFft::inverse() {
    kiss_fftri(state_->back.get(), state_->frequency.data(), state_->out.data());
}

}  // namespace earmark::benchmark
