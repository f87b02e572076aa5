#include "dsp/transform/fft.hpp"

#include "dsp/simd/kernels.hpp"

#include <numbers>
#include <vector>

namespace earmark {
namespace {

using Complex = std::complex<float>;

// What the bins k and half - k of the complex transform's are turned by, k = 0 .. half / 2.
std::vector<Complex> make_turns(int half, std::complex<double> first, double direction) {
    std::vector<Complex> turns(static_cast<std::size_t>(half / 2 + 1));
    for (std::size_t k = 0; k < turns.size(); ++k)
        turns[k] = Complex(first * std::polar(1.0, direction * std::numbers::pi * static_cast<double>(k) / half));
    return turns;
}

}  // namespace

// With z[n] = x[2 n] + i x[2 n + 1] and Z its transform: X[k] = (Z[k] + Z*[-k]) / 2 - i/2 exp(-i pi k / half) (Z[k] -
// Z*[-k]). The way back is the same step with the turn undone, and twice everything.
struct RealFft::Plan {
    Plan(int n, Ways ways)
        : half(n / 2),
          complex(half, ways),
          apart(make_turns(half, {0, -0.5}, -1)),
          together(ways == Ways::both ? make_turns(half, {0, 1}, 1) : std::vector<Complex>()) {}

    int half;
    ComplexFft complex;
    std::vector<Complex> apart, together;
};

struct RealFft::State {
    explicit State(std::shared_ptr<const Plan> of)
        : plan(std::move(of)), time(plan->half), frequency(plan->half + 1), packed(plan->half + 1) {}

    std::shared_ptr<const Plan> plan;
    const simd::Kernels& kernels = simd::kernels();
    ComplexBuffer time, frequency, packed;
};

RealFft::RealFft(int length, Ways ways) : state_(std::make_unique<State>(std::make_shared<const Plan>(length, ways))) {}
RealFft::RealFft(const RealFft& other) : state_(std::make_unique<State>(other.state_->plan)) {}
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;
RealFft::~RealFft() = default;

int RealFft::length() const noexcept {
    return 2 * state_->plan->half;
}

std::span<float> RealFft::time() noexcept {
    // [complex.numbers]: an array of them is one of pairs.
    return {reinterpret_cast<float*>(state_->time.data()), static_cast<std::size_t>(length())};
}

std::span<std::complex<float>> RealFft::frequency() noexcept {
    return {state_->frequency.data(), static_cast<std::size_t>(bins())};
}

void RealFft::forward() noexcept {
    State& s = *state_;
    const Plan& plan = *s.plan;
    plan.complex.forward(s.time.data(), s.packed.data());
    s.packed.data()[plan.half] = s.packed.data()[0];
    s.kernels.mirror(s.packed.data(), plan.apart.data(), plan.half, 0.5f, s.frequency.data());
}

void RealFft::inverse() noexcept {
    State& s = *state_;
    const Plan& plan = *s.plan;
    s.kernels.mirror(s.frequency.data(), plan.together.data(), plan.half, 1, s.packed.data());
    plan.complex.inverse(s.packed.data(), s.time.data());
}

}  // namespace earmark
