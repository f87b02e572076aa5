#include "benchmarks/normal_approximation.hpp"

#include <cmath>
#include <numbers>

namespace {

struct Channel {
    double capacity_bits = 0;
    double dispersion_bits2 = 0;
};

// Mean and variance of the information density i(x; y) = 1 - log2(1 + exp(-l)), with the log-likelihood ratio l of the
// code bit sent distributed as N(4 Es/N0, 8 Es/N0). Trapezoids over +-8 deviations are exact to double precision here.
Channel channel(double es_n0) {
    const double mean = 4 * es_n0;
    const double deviation = std::sqrt(2 * mean);
    double weight = 0, sum = 0, squares = 0;
    for (int step = -800; step <= 800; ++step) {
        const double z = 0.01 * step;
        const double density = std::exp(-z * z / 2);
        const double ratio = mean + deviation * z;
        const double softplus = std::fmax(-ratio, 0.0) + std::log1p(std::exp(-std::fabs(ratio)));
        const double information = 1 - softplus / std::numbers::ln2;
        weight += density;
        sum += density * information;
        squares += density * information * information;
    }
    const double capacity = sum / weight;
    return {capacity, squares / weight - capacity * capacity};
}

}  // namespace

double normal_approximation_block_error(int payload_bits, int code_bits, double eb_n0_db) {
    const auto [capacity, dispersion] = channel(std::pow(10.0, eb_n0_db / 10) * payload_bits / code_bits);
    const double spare_bits = code_bits * capacity + 0.5 * std::log2(code_bits) - payload_bits;
    return 0.5 * std::erfc(spare_bits / std::sqrt(2 * code_bits * dispersion));
}

double normal_approximation_eb_n0_db(int payload_bits, int code_bits, double block_error) {
    double low = -10, high = 20;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (normal_approximation_block_error(payload_bits, code_bits, middle) > block_error ? low : high) = middle;
    }
    return low;
}
