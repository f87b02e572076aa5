#include "dsp/simd/kernels.hpp"

#include "dsp/masking/depth.hpp"
#include "dsp/simd/machine.hpp"
#include "tests/support/signals.hpp"

#include <doctest/doctest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace earmark;
using simd::Kernels;

namespace {

constexpr double eps = std::numeric_limits<float>::epsilon();  // twice what one rounding costs at most
using Values = std::vector<float>;

// Round every register width there is, and where a buffer may start.
const std::vector<int> lengths{0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 62, 64, 67, 127, 268};
constexpr int starts = 3;
constexpr float guard = -12345;  // behind every output

Values random(int count, double low, double high, std::uint64_t seed) {
    test::Random source(seed);
    Values values(static_cast<std::size_t>(count));
    for (float& value : values) value = static_cast<float>(source.between(low, high));
    return values;
}

// Over every set of kernels, length and start: calls check(kernels, count, start). The scalar set is the reference and
// is checked as well.
template <class Check>
void for_every_target(Check check) {
    const auto all = simd::all_kernels();
    REQUIRE(!all.empty());
    for (const Kernels* kernels : all) {
        CAPTURE(std::string(kernels->name));
        for (const int count : lengths)
            for (int start = 0; start < starts; ++start) {
                CAPTURE(count);
                CAPTURE(start);
                check(*kernels, count, start);
            }
    }
}

struct Out {
    Out(int count, int start) : values(static_cast<std::size_t>(count + start + 1), guard), from(start) {}
    float* data() { return values.data() + from; }
    float operator[](int i) const { return values[static_cast<std::size_t>(from + i)]; }
    bool kept_within() const { return values.back() == guard && (from == 0 || values.front() == guard); }
    Values values;
    int from;
};

}  // namespace

TEST_CASE("simd: the machine has a vector target, the scalar one comes last, names differ") {
    const auto all = simd::all_kernels();
#if defined(__x86_64__) || defined(__aarch64__)
    REQUIRE(all.size() >= 2);
#endif
    CHECK(std::string(all.back()->name) == "scalar");
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) CHECK(std::strcmp(all[i]->name, all[j]->name) != 0);
}

TEST_CASE("simd: the machine has those targets that Highway's own library finds") {
    constexpr std::int64_t beyond_baseline =
        HWY_SSSE3 | HWY_SSE4 | HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128;
    CHECK(simd::machine_targets() == (hwy::SupportedTargets() & beyond_baseline));
}

TEST_CASE("simd: use() forces a target and gives it back") {
    const Kernels& before = simd::kernels();
    for (const Kernels* kernels : simd::all_kernels()) {
        simd::use(kernels);
        CHECK(&simd::kernels() == kernels);
    }
    simd::use(nullptr);
    CHECK(&simd::kernels() == &before);
}

TEST_CASE("simd: usable, multiply, largest and exceeds are exact") {
    for_every_target([](const Kernels& kernels, int count, int start) {
        Values in = random(count + start, -2, 2, 1), factor = random(count + start, -2, 2, 2);
        const std::vector<float> odd{NAN,    INFINITY, -INFINITY, 1e30f, -1e30f, 1e-11f, -0.0f,
                                     1e-42f, -NAN,     1.5f,      -1.5f, 1e6f,   -1e6f,  2e-10f};
        for (std::size_t i = 0; i < in.size(); i += 2) in[i] = odd[i / 2 % odd.size()];
        Out out(count, start);
        kernels.usable(in.data() + start, count, 1e-10f, 1e6f, out.data());
        bool same = out.kept_within();
        for (int i = 0; i < count; ++i) {
            const float x = in[static_cast<std::size_t>(start + i)];
            const float expected = std::isfinite(x) && std::abs(x) > 1e-10f ? std::clamp(x, -1e6f, 1e6f) : 0;
            same = same && out[i] == expected;
        }
        CHECK(same);
        in = random(count + start, -2, 2, 3);
        kernels.multiply(in.data() + start, factor.data() + start, count, out.data());
        same = out.kept_within();
        for (int i = 0; i < count; ++i)
            same =
                same && out[i] == in[static_cast<std::size_t>(start + i)] * factor[static_cast<std::size_t>(start + i)];
        CHECK(same);
        if (count > 0)
            CHECK(kernels.largest(in.data() + start, count) == *std::max_element(in.begin() + start, in.end()));
        // One sample at a time beyond full scale, and a host beyond it that may stay.
        Values host(in.size(), 0.5f), change(in.size(), 0.5f);
        CHECK(!kernels.exceeds(host.data() + start, change.data() + start, count));
        for (int i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(start + i);
            change[at] = 0.5001f;
            CHECK(kernels.exceeds(host.data() + start, change.data() + start, count));
            host[at] = -3, change[at] = 0.1f;
            CHECK(!kernels.exceeds(host.data() + start, change.data() + start, count));
            host[at] = change[at] = 0.5f;
        }
    });
}

TEST_CASE("simd: multiply_add, multiply_energy and power within one rounding an operation") {
    for_every_target([](const Kernels& kernels, int count, int start) {
        const Values a = random(count + start, -3, 3, 4), b = random(count + start, -3, 3, 5);
        const Values base = random(count + start, -1, 1, 6);
        Out out(count, start);
        std::copy(base.begin() + start, base.end(), out.data());
        kernels.multiply_add(a.data() + start, b.data() + start, count, out.data());
        CHECK(out.kept_within());
        double worst = 0, energy = 0;
        for (int i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(start + i);
            const double product = double(a[at]) * b[at];
            worst = std::max(worst, std::abs(out[i] - (base[at] + product)) / (std::abs(product) + std::abs(base[at])));
            energy += product * product;
        }
        CHECK(worst <= eps);
        const float got = kernels.multiply_energy(a.data() + start, b.data() + start, count, out.data());
        CHECK(out.kept_within());
        CHECK(std::abs(got - energy) <= (count + 2) * eps * energy);

        std::vector<std::complex<float>> bins(a.size());
        for (std::size_t i = 0; i < a.size(); ++i) bins[i] = {a[i], b[i]};
        kernels.power(bins.data() + start, count, 1e-10f, out.data());
        CHECK(out.kept_within());
        worst = 0;
        for (int i = 0; i < count; ++i) {
            const double expected = std::norm(std::complex<double>(bins[static_cast<std::size_t>(start + i)])) + 1e-10;
            worst = std::max(worst, std::abs(out[i] - expected) / expected);
        }
        CHECK(worst <= 2 * eps);
    });
}

TEST_CASE("simd: mirror within four roundings, whatever the length") {
    for (const Kernels* kernels : simd::all_kernels()) {
        CAPTURE(std::string(kernels->name));
        for (const int half : {1, 2, 3, 5, 8, 13, 14, 15, 16, 17, 31, 32, 48, 96, 125, 256}) {
            CAPTURE(half);
            const auto count = static_cast<std::size_t>(half) + 1;
            const auto complex = [](std::size_t size, std::uint64_t seed) {
                const Values parts = random(static_cast<int>(2 * size), -1, 1, seed);
                std::vector<std::complex<float>> values(size);
                for (std::size_t i = 0; i < size; ++i) values[i] = {parts[2 * i], parts[2 * i + 1]};
                return values;
            };
            const auto in = complex(count, 31), turns = complex(count / 2 + 1, 32);
            std::vector<std::complex<float>> out(count + 1, guard);
            kernels->mirror(in.data(), turns.data(), half, 0.5f, out.data());
            CHECK(out.back() == guard);
            double worst = 0;
            for (int k = 0; k <= half / 2; ++k) {
                using Exact = std::complex<double>;
                const Exact a(in[k]), b = std::conj(Exact(in[half - k]));
                const Exact same = 0.5 * (a + b), turned = Exact(turns[k]) * (a - b);
                const double near = std::abs(Exact(out[k]) - (same + turned));
                const double far = std::abs(Exact(out[half - k]) - std::conj(same - turned));
                // The one in the middle is its own image and may be either; true turns make it the same.
                worst = std::max(worst, k == half - k ? std::min(near, far) : std::max(near, far));
            }
            // |a - b| and |turn| up to sqrt(8) and sqrt(2), their product up to 4; four roundings of what adds up to 8.
            CHECK(worst <= 4 * 8 * eps / 2);
        }
    }
}

TEST_CASE("simd: window_pair and pair_powers within one rounding an operation") {
    for_every_target([](const Kernels& kernels, int count, int start) {
        const Values a = random(count + start, -3, 3, 33), b = random(count + start, -3, 3, 34),
                     window = random(count + start, 0, 1, 35);
        std::vector<std::complex<float>> pair(a.size() + 1, guard);
        const auto [first, second] =
            kernels.window_pair(a.data() + start, b.data() + start, window.data() + start, count, pair.data() + start);
        double of_first = 0, of_second = 0;
        bool same = pair.back() == guard && (start == 0 || pair.front() == guard);
        for (auto at = static_cast<std::size_t>(start); at + 1 < pair.size(); ++at) {
            same = same && pair[at] == std::complex<float>(a[at] * window[at], b[at] * window[at]);
            of_first += std::norm(double(pair[at].real()));
            of_second += std::norm(double(pair[at].imag()));
        }
        CHECK(same);
        CHECK(std::abs(first - of_first) <= (count + 1) * eps * of_first);
        CHECK(std::abs(second - of_second) <= (count + 1) * eps * of_second);

        for (const int length : {2 * count, 2 * count + 7}) {  // bins: up to half of them and all but one, and fewer
            if (count == 0) continue;
            const Values parts = random(2 * (length + 1), -1, 1, 36);
            std::vector<std::complex<float>> bins(static_cast<std::size_t>(length) + 1);
            for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = {parts[2 * i], parts[2 * i + 1]};
            Out one(count, start), other(count, start);
            kernels.pair_powers(bins.data(), length, count, one.data(), other.data());
            CHECK(one.kept_within());
            CHECK(other.kept_within());
            double worst = 0;
            for (int k = 0; k < count; ++k) {
                const std::complex<double> near(bins[static_cast<std::size_t>(k)]),
                    far = std::conj(std::complex<double>(bins[static_cast<std::size_t>(length - k)]));
                // A sum is rounded once, which its square has twice; then squares, their sum, once each.
                worst = std::max({worst, std::abs(one[k] - std::norm(near + far) / 4) / std::norm(near + far) * 4,
                                  std::abs(other[k] - std::norm(near - far) / 4) / std::norm(near - far) * 4});
            }
            CHECK(worst <= 2 * eps);
        }
    });
}

TEST_CASE("simd: log is good to 4 units in the last place or 5e-7") {
    for_every_target([](const Kernels& kernels, int count, int start) {
        const Values exponents = random(count + start, -60, 60, 7);
        Values in(exponents.size());
        std::transform(exponents.begin(), exponents.end(), in.begin(), [](float x) { return std::exp(x); });
        if (count > 2) in[static_cast<std::size_t>(start)] = 1, in.back() = 1.0001f;
        Out out(count, start);
        kernels.log(in.data() + start, count, out.data());
        CHECK(out.kept_within());
        for (int i = 0; i < count; ++i) {
            const double expected = std::log(double(in[static_cast<std::size_t>(start + i)]));
            const double limit = std::max(4 * eps * std::abs(expected), 5e-7);
            if (std::abs(out[i] - expected) > limit) CHECK(std::abs(out[i] - expected) <= limit);
        }
    });
}

TEST_CASE("simd: depths follow the depth rule of every profile") {
    for (const Profile profile : {Profile::transparent, Profile::standard, Profile::robust}) {
        const DepthRule rule = depth_rule(profile);
        for_every_target([&](const Kernels& kernels, int count, int start) {
            constexpr float loudest = 3, heard = 13.8f, scale = 1.4f, scale_unheard = 1;
            const Values flatness = random(count + start, 0, 1, 8), level = random(count + start, -25, loudest, 9);
            const Values ramp = random(count + start, 0.3, 1.3, 10), lean = random(count + start, -0.2, 0.2, 11);
            Out depth(count, start), gain(count, start);
            kernels.depths(
                {rule.floor_db, rule.noise_db, rule.loud_cut, rule.quiet_gain, loudest, heard, scale, scale_unheard},
                flatness.data() + start, level.data() + start, ramp.data() + start, lean.data() + start, count,
                depth.data(), gain.data());
            CHECK(depth.kept_within());
            CHECK(gain.kept_within());
            double worst = 0;
            for (int i = 0; i < count; ++i) {
                const auto at = static_cast<std::size_t>(start + i);
                const float below = loudest - level[at], expected = rule.depth_db(flatness[at], ramp[at], below);
                const double expected_gain = double(expected) * (below < heard ? scale : scale_unheard) * lean[at];
                worst = std::max(worst, std::abs(depth[i] - (below < heard ? expected : 0.0)));
                worst = std::max(worst, std::abs(gain[i] - expected_gain));
            }
            CHECK(worst < 16 * eps * 12);  // a dozen operations on depths of at most 12 dB
        });
    }
}

TEST_CASE("simd: apply_gain is good to 8 units in the last place") {
    for_every_target([](const Kernels& kernels, int count, int start) {
        const Values parts = random(2 * (count + start), -100, 100, 12), gain = random(count + start, -1.5, 1.5, 13);
        std::vector<std::complex<float>> bins(gain.size()), out(gain.size() + 1, {guard, guard});
        for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = {parts[2 * i], parts[2 * i + 1]};
        kernels.apply_gain(bins.data() + start, gain.data() + start, count, 0.004f, out.data() + start);
        CHECK(out.back().real() == guard);
        for (int i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(start + i);
            const auto expected = std::complex<double>(bins[at]) * (std::expm1(double(gain[at])) * double(0.004f));
            const double error = std::abs(std::complex<double>(out[at]) - expected),
                         limit = 8 * eps * std::abs(expected);
            if (error > limit) CHECK(error <= limit);
        }
    });
}

TEST_CASE("simd: flatness within the rounding of its sums") {
    for (const int edge : {1, 8, 9})
        for_every_target([&](const Kernels& kernels, int count, int start) {
            const int needed = 2 * (count + edge), width = 2 * edge + 1;
            const Values logs = random(needed + start, -23, 8, 14);
            Values power(logs.size()), scratch(static_cast<std::size_t>(2 * needed));
            std::transform(logs.begin(), logs.end(), power.begin(), [](float x) { return std::exp(x); });
            Out flatness(count, start), level(count, start);
            kernels.flatness(power.data() + start, logs.data() + start, count, edge, scratch.data(), flatness.data(),
                             level.data());
            CHECK(flatness.kept_within());
            CHECK(level.kept_within());
            double worst_level = 0, worst_flatness = 0;
            for (int k = 0; k < count; ++k) {
                double arithmetic = 0, geometric = 0;
                for (int i = 2 * k; i < 2 * k + width; ++i) {
                    arithmetic += power[static_cast<std::size_t>(start + i)];
                    geometric += logs[static_cast<std::size_t>(start + i)];
                }
                const double expected = std::log(arithmetic / width);
                worst_level = std::max(worst_level, std::abs(level[k] - expected));
                const double flat = std::min(1.0, std::exp(geometric / width - expected));
                if (flat > 1e-30) worst_flatness = std::max(worst_flatness, std::abs(flatness[k] / flat - 1));
            }
            const double rounding = (width + 1) * eps;  // of a sum; logarithms are at most 23
            CHECK(worst_level <= rounding + 4 * eps * 23);
            CHECK(worst_flatness <= 23 * rounding + 8 * eps * 23);
        });
}

TEST_CASE("simd: mix within one rounding an operation, and never beyond the ceiling") {
    for_every_target([](const Kernels& kernels, int count, int start) {
        const Values host = random(count + start, -1.5, 1.5, 15), change = random(count + start, -0.5, 0.5, 16);
        constexpr float gain = 0.9f, slope = -0.001f;
        Out out(count, start);
        const auto energies = kernels.mix(host.data() + start, change.data() + start, count, gain, slope, out.data());
        CHECK(out.kept_within());
        double worst = 0, host_energy = 0, change_energy = 0;
        bool within = true;
        for (int i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(start + i);
            const double applied = (double(gain) + double(slope) * i) * change[at];
            const double ceiling = std::max(1.0f, std::abs(host[at]));
            worst = std::max(worst, std::abs(out[i] - std::clamp(host[at] + applied, -ceiling, ceiling)));
            within = within && std::abs(out[i]) <= ceiling;
            host_energy += double(host[at]) * host[at];
            change_energy += applied * applied;
        }
        CHECK(within);
        CHECK(worst <= 4 * eps * 2);
        CHECK(std::abs(energies.host - host_energy) <= (count + 1) * eps * host_energy);
        CHECK(std::abs(energies.change - change_energy) <= (count + 8) * eps * change_energy);
    });
}

TEST_CASE("simd: chip_filter within the rounding of its sum") {
    const auto all = simd::all_kernels();
    REQUIRE(!all.empty());
    for (const Kernels* kernels : all)
        for (const int count : {16, 32, 48}) {
            CAPTURE(std::string(kernels->name));
            CAPTURE(count);
            constexpr int row_count = 7, offset = 3;
            const Values data = random(row_count * (2 * count + 2 + offset), -20, 5, 17), taps = random(28, -1, 1, 18);
            std::vector<const float*> rows;
            for (int r = 0; r < row_count; ++r) rows.push_back(data.data() + r * (2 * count + 2 + offset) + r % offset);
            Out out(count, 1);
            kernels->chip_filter(rows.data(), row_count, taps.data(), count, 30, out.data());
            CHECK(out.kept_within());
            double worst = 0, clipped = 0;
            for (int k = 0; k < count; ++k) {
                double sum = 0, size = 0;
                for (int r = 0; r < row_count; ++r)
                    for (int b = 0; b < 4; ++b) {
                        const double term = double(taps[static_cast<std::size_t>(4 * r + b)]) *
                                            rows[static_cast<std::size_t>(r)][2 * k + b];
                        sum += term;
                        size += std::abs(term);
                    }
                clipped += std::abs(sum) > 30;
                worst = std::max(worst, std::abs(out[k] - std::clamp(sum, -30.0, 30.0)) / size);
            }
            CHECK(worst <= 28 * eps);
            CHECK(clipped > 0);
        }
}

// A net at random, laid out as a ChipNet takes it, and what it gives for these values, one by one.
struct RandomNet {
    std::array<int, 3> units;  // the last: 1
    std::vector<std::vector<int>> biases, weights;
    std::vector<std::int8_t> bytes;
    std::vector<std::int16_t> pairs;
    std::vector<std::int32_t> flat_biases;

    RandomNet(int inputs, int first, int second, std::uint64_t seed) : units{first, second, 1} {
        test::Random source(seed);
        int in = inputs;
        for (const int count : units) {
            std::vector<int> bias, weight;
            for (int unit = 0; unit < count; ++unit) bias.push_back(source.below(40000) - 20000);
            for (int i = 0; i < in * count; ++i) weight.push_back(source.below(256) - 128);
            const auto lay_out = [&](auto& flat, int together) {
                for (int i = 0; i < in; i += together)
                    for (int unit = 0; unit < count; ++unit)
                        for (int j = i; j < i + together; ++j)
                            flat.push_back(static_cast<std::int8_t>(weight[std::size_t(unit * in + j)]));
            };
            lay_out(bytes, 4);
            lay_out(pairs, 2);
            flat_biases.insert(flat_biases.end(), bias.begin(), bias.end());
            biases.push_back(bias);
            weights.push_back(weight);
            in = count;
        }
    }

    int operator()(std::vector<int> values) const {
        for (std::size_t layer = 0; layer < 3; ++layer) {
            std::vector<int> next;
            for (std::size_t unit = 0; unit < biases[layer].size(); ++unit) {
                int sum = biases[layer][unit];
                for (std::size_t i = 0; i < values.size(); ++i)
                    sum += weights[layer][unit * values.size() + i] * values[i];
                next.push_back(layer == 2 ? sum : std::clamp(sum >> simd::net_shift, 0, 255));
            }
            values = next;
        }
        return values[0];
    }
};

TEST_CASE("simd: chip_net is exact on every target") {
    const auto all = simd::all_kernels();
    REQUIRE(!all.empty());
    for (const auto& [row_count, first, second] :
         {std::array{7, 64, 16}, std::array{5, 32, 16}, std::array{1, 16, 64}, std::array{15, 48, 32}}) {
        const RandomNet random_net(4 * row_count + 4, first, second, 41);
        simd::ChipNet net{row_count,
                          first,
                          second,
                          -7168,
                          random_net.bytes.data(),
                          random_net.pairs.data(),
                          random_net.flat_biases.data(),
                          1};
        for (const int count : {16, 32, 48}) {
            CAPTURE(count);
            const int width = 2 * count + 3;
            test::Random source(42);
            const auto numbers = [&](int size) {
                std::vector<std::int16_t> values(static_cast<std::size_t>(size));
                for (auto& value : values) value = static_cast<std::int16_t>(source.below(12000) - 9000);
                values[7] = 32767, values[9] = -32768;  // the difference from the level stops at the ends of 16 bits
                return values;
            };
            const auto data = numbers(row_count * width), cells = numbers(3 * width);
            std::vector<const std::int16_t*> rows;
            for (int r = 0; r < row_count; ++r) rows.push_back(data.data() + r * width + r % 2);
            for (const std::int16_t loudest : {-1500, 0, 20000}) {
                const simd::ChipView view{rows.data(), cells.data(), cells.data() + width, cells.data() + 2 * width,
                                          -1500,       loudest};
                std::vector<int> sums;
                for (int k = 0; k < count; ++k) {
                    const auto values = simd::net_values(net, view, k);
                    sums.push_back(random_net({values.begin(), values.begin() + 4 * row_count + 4}));
                }
                std::vector<int> sizes;
                for (const int sum : sums) sizes.push_back(std::abs(sum));
                std::sort(sizes.begin(), sizes.end());
                net.scale = 127.0f / static_cast<float>(sizes[sizes.size() / 2]);  // some are kept within +-127
                for (const Kernels* kernels : all) {
                    CAPTURE(std::string(kernels->name));
                    std::vector<std::int8_t> out(std::size_t(count + 1), 99);
                    kernels->chip_net(net, view, count, out.data());
                    CHECK(out.back() == 99);
                    for (std::size_t k = 0; k < sums.size(); ++k)
                        CHECK(out[k] == std::clamp<int>(int(std::lrintf(float(sums[k]) * net.scale)), -127, 127));
                }
            }
        }
    }
}

TEST_CASE("simd: band_energies within one rounding an operation") {
    for_every_target([](const Kernels& kernels, int count, int start) {
        for (const auto& [step, taps] : {std::pair{3, 4}, {3, 3}, {3, 6}, {3, 1}, {2, 4}, {0, 3}}) {
            const Values power = random(3 * count + taps + 2, 0, 5, 20), weights = random(taps * count, 0, 1, 21);
            std::vector<std::int32_t> first(static_cast<std::size_t>(count));
            for (int b = 0; b < count; ++b) first[static_cast<std::size_t>(b)] = step > 0 ? step * b : 2 * b + b / 3;
            Out out(count, start);
            kernels.band_energies(power.data(), first.data(), step, weights.data(), taps, count, 1e-10f, out.data());
            CHECK(out.kept_within());
            double worst = 0;
            for (int b = 0; b < count; ++b) {
                double sum = 1e-10;
                for (int tap = 0; tap < taps; ++tap)
                    sum += double(weights[static_cast<std::size_t>(tap * count + b)]) *
                           power[static_cast<std::size_t>(first[static_cast<std::size_t>(b)] + tap)];
                worst = std::max(worst, std::abs(out[b] - sum) / sum);
            }
            CHECK(worst <= (taps + 1) * eps);
        }
    });
}

TEST_CASE("simd: levels and follow_floor are exact on every target") {
    test::Random source(43);
    for (const Kernels* kernels : simd::all_kernels()) {
        CAPTURE(std::string(kernels->name));
        for (int count = 16; count <= 66; ++count) {
            CAPTURE(count);
            std::vector<float> nepers(static_cast<std::size_t>(count));
            for (float& x : nepers) x = static_cast<float>(source.between(-60, 60));
            nepers[3] = 2.5f / simd::level_steps, nepers[4] = -60, nepers[5] = 3.5f / simd::level_steps;
            std::vector<std::int16_t> out(nepers.size() + 1, 99), floor(out.size()), expected_floor;
            const int top = kernels->levels(nepers.data(), count, out.data());
            CHECK(out.back() == 99);
            out.pop_back();
            CHECK(top == *std::max_element(out.begin(), out.end()));
            for (std::size_t i = 0; i < out.size(); ++i)
                CHECK(out[i] == static_cast<int>(std::nearbyint(double{nepers[i]} * simd::level_steps)));
            for (auto& value : floor) value = static_cast<std::int16_t>(source.below(65536) - 32768);
            floor[1] = 32767;
            expected_floor = floor;
            for (std::size_t i = 0; i < out.size(); ++i)
                expected_floor[i] = static_cast<std::int16_t>(std::min<int>(out[i], floor[i] + 300));
            kernels->follow_floor(out.data(), count, 300, floor.data());
            CHECK(floor == expected_floor);
        }
    }
}

// Of whole numbers: every target gives what the scalar reference gives.
TEST_CASE("simd: symmetric_filter within the rounding of its sum") {
    constexpr int pairs = 8;
    for_every_target([](const Kernels& kernels, int count, int start) {
        const Values in = random(count + 2 * pairs - 1 + start, -1, 1, 31), taps = random(pairs, -1, 1, 32);
        Out out(count, start);
        kernels.symmetric_filter(in.data() + start, taps.data(), pairs, count, out.data());
        CHECK(out.kept_within());
        for (int i = 0; i < count; ++i) {
            double exact = 0, sizes = 0;
            for (int j = 0; j < pairs; ++j) {
                const double both = double(in[start + i + pairs - 1 - j]) + in[start + i + pairs + j];
                exact += taps[j] * both;
                sizes += std::abs(taps[j] * both);
            }
            CHECK(std::abs(out[i] - exact) <= (pairs + 1) * eps * sizes);
        }
    });
}

TEST_CASE("simd: correlate, accumulate and advance agree with the reference bit for bit") {
    test::Random source(19);
    std::vector<simd::PairPicks> picks(simd::most_bands / 2);
    for (auto& pair : picks)
        for (int row = 0; row < simd::chip_rows_in_packet; ++row)
            pair[row] = pair[row + simd::chip_rows_in_packet] = simd::pick(source.below(5));
    const Kernels& reference = simd::scalar_kernels();
    int ran = 0;
    for (const Kernels* kernels : simd::all_kernels()) {
        CAPTURE(std::string(kernels->name));
        for (const int bands : {1, 15, 30, 31, 32})
            for (const int place : {0, 1, 17, 63}) {
                CAPTURE(bands);
                CAPTURE(place);
                const int stride = bands + 2, groups = (bands + 3) / 4;
                std::vector<std::int8_t> residuals(static_cast<std::size_t>(128 * stride));
                for (auto& residual : residuals) residual = static_cast<std::int8_t>(source.below(255) - 127);
                std::vector<simd::BandChoices> expected_slot(8), slot(8);
                std::vector<simd::ChosenRows> chosen(8);
                for (auto& group : chosen)
                    for (auto& choice : group) choice = static_cast<std::uint8_t>(source.below(16));
                for (int group = 0; group < groups; ++group) {
                    const int held = std::min(4, bands - 4 * group);
                    reference.choose(residuals.data() + 4 * group, stride, held, &expected_slot[group]);
                    kernels->choose(residuals.data() + 4 * group, stride, held, &slot[group]);
                    CHECK(slot[group].of == expected_slot[group].of);
                }
                std::array<std::int16_t, 512> expected{}, got{};
                expected.fill(7);
                got.fill(7);
                reference.correlate(slot.data(), chosen.data(), groups, place, expected.data());
                kernels->correlate(slot.data(), chosen.data(), groups, place, got.data());
                CHECK(got == expected);

                std::vector<std::int16_t> limits(32);
                for (auto& limit : limits) limit = static_cast<std::int16_t>(20000 + source.below(12000));
                std::vector<std::vector<std::int16_t>> slots(4, std::vector<std::int16_t>(512));
                for (auto& values : slots)
                    for (auto& value : values) value = static_cast<std::int16_t>(source.below(20000) - 14000);
                const std::array<const std::int16_t*, 4> from{slots[0].data(), slots[1].data(), slots[2].data(),
                                                              slots[3].data()};
                for (int count = 32; count <= 512; count += 32)
                    CHECK(kernels->passes(from.data(), 4, limits.data(), count) ==
                          reference.passes(from.data(), 4, limits.data(), count));

                std::vector<simd::PairValues> values(16);
                for (auto& pair : values)
                    for (int i = 0; i < 4; ++i) pair[i] = static_cast<std::int16_t>(source.below(4000) - 2000);
                std::array<std::array<std::int32_t, 64>, 3> sums, expected_sums;
                for (auto& row : sums)
                    for (auto& sum : row) sum = source.below(200000) - 100000;
                expected_sums = sums;
                std::array<std::int32_t*, 3> to{}, expected_to{};
                for (std::size_t i = 0; i < 3; ++i) to[i] = sums[i].data(), expected_to[i] = expected_sums[i].data();
                std::array<std::int32_t, 3> tops{-1000000, 0, 1000000}, expected_tops = tops;
                const std::array<std::int32_t, 3> least{-1000000, -300, 200};
                const int pairs = (bands + 1) / 2;
                reference.accumulate(values.data(), pairs, picks.data(), place, expected_to.data(), least.data(), 3,
                                     expected_tops.data());
                kernels->accumulate(values.data(), pairs, picks.data(), place, to.data(), least.data(), 3, tops.data());
                CHECK(sums == expected_sums);
                CHECK(tops == expected_tops);
            }
        // Scores in eighths, so that no sum is rounded; many are equal.
        constexpr int count = 512;
        std::vector<float> scores(count + 2), next(count), expected_next(count);
        std::vector<std::int16_t> correlations(count);
        std::vector<std::uint8_t> moves(count / 4), expected_moves(count / 4);
        std::array<float, 8> cost;
        for (auto& score : scores) score = static_cast<float>(source.below(40)) / 8;
        for (auto& correlation : correlations) correlation = static_cast<std::int16_t>(source.below(4000) - 2000);
        for (auto& c : cost) c = static_cast<float>(source.below(9)) / 4;
        const simd::PathStep path{-0.25f, -1, 3, 0.5f, 0.5f, 1.25f};
        const int expected_best = reference.advance(scores.data() + 1, correlations.data(), cost.data(), count, path,
                                                    expected_next.data(), expected_moves.data());
        const int best = kernels->advance(scores.data() + 1, correlations.data(), cost.data(), count, path, next.data(),
                                          moves.data());
        CHECK(best == expected_best);
        CHECK(next == expected_next);
        for (const Kernels* in_place : {&reference, kernels}) {
            std::vector<float> both = scores;
            CHECK(in_place->advance(both.data() + 1, correlations.data(), cost.data(), count, path, both.data() + 1,
                                    moves.data()) == expected_best);
            CHECK(std::equal(expected_next.begin(), expected_next.end(), both.begin() + 1));
            CHECK(moves == expected_moves);
        }
        CHECK(moves == expected_moves);
        ++ran;
    }
    REQUIRE(ran > 0);
}

TEST_CASE("simd: fold_rows agree with the reference bit for bit and touch no other row") {
    constexpr int width = simd::most_bands - 1, rows = simd::chip_rows_in_packet, chips = simd::slot_chips;
    test::Random source(30);
    for (const int stride : {8 * 15, 8 * 31, 8 * 32})
        for (const int bands : {1, 8, 15, 16, 17, 30, 31})
            for (const int place : {0, 1, rows - chips, rows - chips + 1, rows - 1}) {
                CAPTURE(bands);
                CAPTURE(place);
                std::vector<std::int8_t> residuals(static_cast<std::size_t>((chips - 1) * stride + simd::most_bands));
                for (auto& x : residuals) x = static_cast<std::int8_t>(static_cast<int>(source.below(255)) - 127);
                std::vector<std::int16_t> before(rows * width + 1);
                for (auto& x : before) x = static_cast<std::int16_t>(static_cast<int>(source.below(16001)) - 8000);
                for (const int times : {1, -1}) {
                    std::vector<std::int16_t> expected = before;
                    for (int chip = 0; chip < chips; ++chip)
                        for (int band = 0; band < bands; ++band)
                            expected[static_cast<std::size_t>((place + chip) % rows * width + band)] +=
                                static_cast<std::int16_t>(times *
                                                          residuals[static_cast<std::size_t>(chip * stride + band)]);
                    for (const Kernels* kernels : simd::all_kernels()) {
                        CAPTURE(std::string(kernels->name));
                        std::vector<std::int16_t> got = before;
                        kernels->fold_rows(residuals.data(), stride, bands, times, place, got.data());
                        CHECK(got == expected);
                    }
                }
            }
}

TEST_CASE("simd: fold_sums agree with the reference bit for bit") {
    constexpr int bands = simd::most_bands - 1, rows = simd::chip_rows_in_packet;
    test::Random source(29);
    for (const int largest : {100, 8191}) {
        std::vector<std::int8_t> signs(rows * simd::most_bands);
        for (std::size_t pair = 0; pair < signs.size(); pair += 2)
            signs[pair + std::size_t(pair % simd::most_bands == 30 ? 0 : source.below(2))] =
                static_cast<std::int8_t>(source.below(3) - 1);
        std::vector<std::int16_t> folded(rows * bands);
        for (auto& x : folded)
            x = static_cast<std::int16_t>(largest == 8191 ? largest : source.below(2 * largest + 1) - largest);
        const simd::FoldSums expected = simd::scalar_kernels().fold_sums(signs.data(), folded.data());
        CHECK(expected.energy > 0);
        for (const Kernels* kernels : simd::all_kernels()) {
            CAPTURE(std::string(kernels->name));
            const simd::FoldSums got = kernels->fold_sums(signs.data(), folded.data());
            CHECK(got.along == expected.along);
            CHECK(got.energy == expected.energy);
        }
    }
}

TEST_CASE("simd: sign_peak agrees with the reference") {
    for (const float most : {0.01f, 1.0f, 30.0f, 6000.0f})
        for_every_target([&](const Kernels& kernels, int count, int) {
            const Values random_weights = random(simd::most_sign_level, 0, most, static_cast<unsigned>(count));
            std::vector<double> weights(random_weights.begin(), random_weights.end());
            std::fill(weights.begin() + std::min<std::ptrdiff_t>(count, std::ssize(weights)), weights.end(), 0.0);
            CHECK(std::abs(kernels.sign_peak(weights.data()) - simd::scalar_kernels().sign_peak(weights.data())) <=
                  1e-9);
        });
}
