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

// Aligned as ComplexFft wants them.
class Buffer {
  public:
    explicit Buffer(int complex_values)
        : lines_(static_cast<std::size_t>(complex_values) / std::size(Line().values) + 1) {}
    Complex* complex() { return lines_[0].values; }
    float* real() { return reinterpret_cast<float*>(complex()); }  // [complex.numbers]: an array of pairs

  private:
    struct alignas(ComplexFft::alignment) Line {
        Complex values[ComplexFft::alignment / sizeof(Complex)];
    };
    std::vector<Line> lines_;
};

}  // namespace

// With z[n] = x[2 n] + i x[2 n + 1] and Z its transform: X[k] = (Z[k] + Z*[-k]) / 2 - i/2 exp(-i pi k / half) (Z[k] -
// Z*[-k]). The way back is the same step with the turn undone, and twice everything.
struct RealFft::Plan {
    Plan(int n, Ways ways)
        : half(n / 2),
          complex(half, ways),
          apart(make_turns(half, {0, -0.5}, -1)),
          together(make_turns(half, {0, 1}, 1)) {}

    int half;
    ComplexFft complex;
    std::vector<Complex> apart, together;
};

struct RealFft::State {
    explicit State(std::shared_ptr<const Plan> of)
        : plan(std::move(of)), time(plan->half), frequency(plan->half + 1), packed(plan->half + 1) {}

    std::shared_ptr<const Plan> plan;
    const simd::Kernels& kernels = simd::kernels();
    Buffer time, frequency, packed;
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
    return {state_->time.real(), static_cast<std::size_t>(length())};
}

std::span<std::complex<float>> RealFft::frequency() noexcept {
    return {state_->frequency.complex(), static_cast<std::size_t>(bins())};
}

void RealFft::forward() noexcept {
    State& s = *state_;
    const Plan& plan = *s.plan;
    s.plan->complex.forward(s.time.complex(), s.packed.complex());
    s.packed.complex()[plan.half] = s.packed.complex()[0];
    s.kernels.mirror(s.packed.complex(), plan.apart.data(), plan.half, 0.5f, s.frequency.complex());
}

void RealFft::inverse() noexcept {
    State& s = *state_;
    const Plan& plan = *s.plan;
    s.kernels.mirror(s.frequency.complex(), plan.together.data(), plan.half, 1, s.packed.complex());
    plan.complex.inverse(s.packed.complex(), s.time.complex());
}

}  // namespace earmark
