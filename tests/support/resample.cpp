#include "tests/support/resample.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earmark::test {
namespace {

// The signal at a place between samples, low-passed at `cutoff` of its Nyquist frequency; Hann-windowed, 24 zero
// crossings a side.
double value_at(const Samples& samples, double place, double cutoff) {
    const double reach = 24 / cutoff;
    const auto first = static_cast<long long>(std::ceil(std::max(0.0, place - reach)));
    const auto last = std::min(static_cast<long long>(place + reach), static_cast<long long>(samples.size()) - 1);
    double sum = 0;
    for (long long i = first; i <= last; ++i) {
        const double distance = place - static_cast<double>(i), x = std::numbers::pi * cutoff * distance;
        const double sinc = std::abs(x) < 1e-9 ? 1 : std::sin(x) / x;
        sum += samples[static_cast<std::size_t>(i)] * cutoff * sinc *
               (0.5 + 0.5 * std::cos(std::numbers::pi * distance / reach));
    }
    return sum;
}

Samples read_at(const Samples& samples, double step, double cutoff) {
    Samples out(static_cast<std::size_t>(static_cast<double>(samples.size()) / step));
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(value_at(samples, static_cast<double>(i) * step, cutoff));
    return out;
}

}  // namespace

Samples decimate_by_two(const Samples& samples) {
    return read_at(samples, 2, 0.46);
}

Samples drift(const Samples& samples, double ratio) {
    return read_at(samples, ratio, 1);
}

}  // namespace earmark::test
