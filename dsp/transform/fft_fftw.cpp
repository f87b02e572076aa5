// FFTW in single precision: the default. It is under the GPL, and so is a binary that holds it.
#include "dsp/transform/fft.hpp"

#include <fftw3.h>

#include <mutex>

namespace earmark {
namespace {

std::mutex& planner_lock() {
    static std::mutex lock;
    return lock;
}

}  // namespace

struct RealFft::Plan {
    Plan(int n, Ways ways, float* time, fftwf_complex* frequency) : length(n) {
        const std::lock_guard lock(planner_lock());
        // ESTIMATE: the same plan, hence the same bits, in every run, and no start-up cost.
        forward = fftwf_plan_dft_r2c_1d(n, time, frequency, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
        if (ways == Ways::both) inverse = fftwf_plan_dft_c2r_1d(n, frequency, time, FFTW_ESTIMATE);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;
    ~Plan() {
        const std::lock_guard lock(planner_lock());
        fftwf_destroy_plan(forward);
        if (inverse) fftwf_destroy_plan(inverse);
    }

    int length;
    fftwf_plan forward, inverse = nullptr;
};

// FFTW aligns all it allocates alike, so that one plan serves every pair of buffers.
struct RealFft::State {
    explicit State(int n)
        : time(fftwf_alloc_real(static_cast<std::size_t>(n))),
          frequency(fftwf_alloc_complex(static_cast<std::size_t>(n / 2 + 1))) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        fftwf_free(time);
        fftwf_free(frequency);
    }

    float* time;
    fftwf_complex* frequency;
    std::shared_ptr<const Plan> plan;
};

RealFft::RealFft(int length, Ways ways) : state_(std::make_unique<State>(length)) {
    state_->plan = std::make_shared<const Plan>(length, ways, state_->time, state_->frequency);
}
RealFft::RealFft(const RealFft& other) : state_(std::make_unique<State>(other.length())) {
    state_->plan = other.state_->plan;
}
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;
RealFft::~RealFft() = default;

int RealFft::length() const noexcept {
    return state_->plan->length;
}

std::span<float> RealFft::time() noexcept {
    return {state_->time, static_cast<std::size_t>(length())};
}

std::span<std::complex<float>> RealFft::frequency() noexcept {
    // FFTW documents fftwf_complex as layout compatible with std::complex<float>.
    return {reinterpret_cast<std::complex<float>*>(state_->frequency), static_cast<std::size_t>(bins())};
}

void RealFft::forward() noexcept {
    fftwf_execute_dft_r2c(state_->plan->forward, state_->time, state_->frequency);
}
void RealFft::inverse() noexcept {
    fftwf_execute_dft_c2r(state_->plan->inverse, state_->frequency, state_->time);
}

const char* RealFft::library() noexcept {
    return "FFTW";
}

}  // namespace earmark
