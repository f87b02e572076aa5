// The kernels of dsp/simd on every target of the machine. Each is checked against the scalar reference before it is
// timed; compare lines of one run.
//
//     benchmark_kernels [--json kernels.json] [--benchmark_filter=gain]
#include "dsp/simd/kernels.hpp"

#include "benchmarks/false_alarms/synthetic.hpp"
#include "benchmarks/run_benchmarks.hpp"
#include "dsp/detect/chip_net.hpp"
#include "dsp/detect/whole_net.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <complex>
#include <functional>
#include <vector>

using earmark::benchmark::Random;
using earmark::benchmark::run_benchmarks;
using namespace earmark::simd;

namespace {

// Runs a kernel on fixed data and gives what came out, for the check.
using Run = std::function<std::vector<float>(const Kernels&)>;

std::vector<float> random(std::size_t count, double low, double high) {
    Random source(count);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(source.between(low, high));
    return values;
}

// A slot of 128 rows and 31 bands against one key: what detection does every half second for every key.
Run correlation() {
    constexpr int groups = 8;
    Random source(1);
    std::vector<BandChoices> slot(groups);
    std::vector<ChosenRows> chosen(groups);
    for (BandChoices& group : slot)
        for (auto& rows : group.of)
            for (auto& value : rows) value = static_cast<std::int16_t>(source.below(509) - 254);
    for (ChosenRows& group : chosen)
        for (auto& choice : group) choice = static_cast<std::uint8_t>(source.below(16));
    return [=](const Kernels& kernels) {
        std::array<std::int16_t, 512> sums{};
        kernels.correlate(slot.data(), chosen.data(), groups, 5, sums.data());
        return std::vector<float>(sums.begin(), sums.end());
    };
}

Run whitening() {
    const auto rows = random(7 * 66, -20, 5), taps = random(28, -1, 1);
    return [=](const Kernels& kernels) {
        std::array<const float*, 7> at;
        for (std::size_t r = 0; r < at.size(); ++r) at[r] = rows.data() + 66 * r;
        std::vector<float> out(32);
        kernels.chip_filter(at.data(), 7, taps.data(), 32, 1000, out.data());
        return out;
    };
}

// The net of detection for the 16 chips of a row at 8 kHz.
Run net() {
    static constexpr earmark::WholeNet whole(earmark::trained_chip_net);
    constexpr int rows = earmark::trained_chip_net.rows, count = 16, width = 2 * count + 2;
    Random source(2);
    std::vector<std::int16_t> levels((rows + 1) * width);
    for (auto& level : levels) level = static_cast<std::int16_t>(-source.below(4000));
    return [=](const Kernels& kernels) {
        std::array<const std::int16_t*, rows> at;
        for (std::size_t r = 0; r < at.size(); ++r) at[r] = levels.data() + width * r;
        std::array<std::int8_t, count> out;
        kernels.chip_net(whole.net(-7168), {at.data(), at[2], at[4], levels.data() + width * rows, 0, 100}, count,
                         out.data());
        return std::vector<float>(out.begin(), out.end());
    };
}

Run logarithm() {
    const auto in = random(268, 1e-9, 100);
    return [=](const Kernels& kernels) {
        std::vector<float> out(in.size());
        kernels.log(in.data(), static_cast<int>(in.size()), out.data());
        return out;
    };
}

Run gains() {
    const auto parts = random(252, -1, 1), gain = random(126, -1, 1);
    return [=](const Kernels& kernels) {
        std::vector<float> out(parts.size());
        kernels.apply_gain(reinterpret_cast<const std::complex<float>*>(parts.data()), gain.data(), 126, 1,
                           reinterpret_cast<std::complex<float>*>(out.data()));
        return out;
    };
}

Run overlap_add() {
    const auto a = random(256, -1, 1), b = random(256, 0, 1);
    return [=](const Kernels& kernels) {
        std::vector<float> out(a.size());
        kernels.multiply_add(a.data(), b.data(), static_cast<int>(a.size()), out.data());
        return out;
    };
}

Run half_band() {
    const auto in = random(88 + 15, -1, 1), taps = random(8, -1, 1);
    return [=](const Kernels& kernels) {
        std::vector<float> out(88);
        kernels.symmetric_filter(in.data(), taps.data(), 8, 88, out.data());
        return out;
    };
}

// The last step of a transform of 512 samples.
Run mirrored() {
    const auto in = random(2 * 257, -1, 1);
    auto turns = random(2 * 129, -1, 1);
    turns[256] = -0.5f, turns[257] = 0;  // the bin in the middle is its own mirror image
    return [=](const Kernels& kernels) {
        std::vector<float> out(in.size());
        kernels.mirror(reinterpret_cast<const std::complex<float>*>(in.data()),
                       reinterpret_cast<const std::complex<float>*>(turns.data()), 256, 0.5f,
                       reinterpret_cast<std::complex<float>*>(out.data()));
        return out;
    };
}

Run peak() {
    const auto counts = random(most_sign_level, 0, 60);
    const std::vector<double> weights(counts.begin(), counts.end());
    return [=](const Kernels& kernels) {
        return std::vector<float>{static_cast<float>(kernels.sign_peak(weights.data()))};
    };
}

void measure(::benchmark::State& state, const Kernels& kernels, const Run& run) {
    const auto expected = run(scalar_kernels()), got = run(kernels);
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (!(std::abs(got[i] - expected[i]) <= 1e-4f * (1 + std::abs(expected[i]))))
            return state.SkipWithError("differs from the scalar reference");
    for (auto _ : state) ::benchmark::DoNotOptimize(run(kernels));
}

}  // namespace

int main(int count, char** words) {
    return run_benchmarks(count, words, [] {
        const std::vector<std::pair<const char*, Run>> all{
            {"correlation", correlation()}, {"whitening", whitening()}, {"net", net()},
            {"log", logarithm()},           {"gain", gains()},          {"overlap_add", overlap_add()},
            {"half_band", half_band()},     {"mirror", mirrored()},     {"sign_peak", peak()}};
        for (const auto& [name, run] : all)
            for (const Kernels* kernels : all_kernels())
                ::benchmark::RegisterBenchmark(
                    (std::string(name) + "/" + kernels->name).c_str(),
                    [kernels = kernels, run = run](::benchmark::State& state) { measure(state, *kernels, run); });
    });
}
