// Trains the taps of dsp/detect/whitening: which combination of log energies round a chip tells its sign best?
//
//     train_whitening KEY PAYLOAD FILE... > dsp/carrier/chip_filter_taps.hpp
//     train_whitening --prompt KEY PAYLOAD FILE... > dsp/detect/prompt_taps.hpp     # of the rows up to +4 alone
//
// FILEs are marked with KEY and PAYLOAD and then distorted, each from its first sample (a codec's delay is found).
// Every file weighs the same. Ridge regression of the known signs on the 28 log energies: the matched filter in
// coloured noise. train.sh makes the files from speech that Debian packages ship and says what the result stands on.
#include <earmark/earmark.hpp>

#include "benchmarks/sound_file.hpp"
#include "dsp/carrier/carrier.hpp"
#include "dsp/coding/codeword.hpp"
#include "dsp/detect/cells.hpp"
#include "dsp/detect/whitening.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

namespace {

using namespace earmark;

constexpr double ridge = 1e-3;     // of the mean diagonal
constexpr int longest_delay = 14;  // rows: 56 ms covers every codec of train.sh

using Regressors = std::array<float, whitening_taps>;
using Matrix = std::array<std::array<double, whitening_taps>, whitening_taps>;
using Vector = std::array<double, whitening_taps>;

struct Chips {
    int bands = 0;
    std::vector<Regressors> rows;  // [row * bands + band]
};

Chips analyse(const std::vector<float>& samples, int rate) {
    std::vector<CellRow> rows;
    Cells cells(rate, [&](const CellRow& row) { rows.push_back(row); });
    cells.push(samples.data(), samples.size());
    cells.finish();
    Whitening whitening(cells.bands());
    Chips chips;
    chips.bands = cells.bands() / 2;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        whitening.push(rows[i]);
        if (i < whitening_look_ahead) continue;
        for (int band = 0; band < chips.bands; ++band) chips.rows.push_back(whitening.neighbourhood(band));
    }
    return chips;
}

// The plain chip pattern: rows 0 and +4, bands 0 and 1.
float twist(const Regressors& x) {
    const auto at = [&](int hop, int band) { return x[hop * whitening_bands.size() + band]; };
    return at(2, 1) - at(2, 2) - at(4, 1) + at(4, 2);
}

// Calls visit(regressors, sign) for every chip when the mark begins `delay` rows late. A cell of 16 ms is measured best
// at its middle, 2 rows after its start.
template <class Visit>
void each_chip(const Chips& chips, const std::vector<int>& signs, int delay, Visit visit) {
    const int count = static_cast<int>(chips.rows.size()) / chips.bands;
    for (int n = 0; 2 + delay + n * chip_hops < count; ++n)
        for (int band = 0; band < chips.bands; ++band)
            visit(chips.rows[(2 + delay + n * chip_hops) * chips.bands + band],
                  signs[n % chip_rows * chip_bands + band]);
}

int find_delay(const Chips& chips, const std::vector<int>& signs) {
    int best = 0;
    double best_sum = -1;
    for (int delay = 0; delay <= longest_delay; ++delay) {
        double sum = 0;
        each_chip(chips, signs, delay,
                  [&](const Regressors& x, int sign) { sum += sign * std::clamp(twist(x), -2.0f, 2.0f); });
        if (sum > best_sum) {
            best_sum = sum;
            best = delay;
        }
    }
    return best;
}

void accumulate(const Chips& chips, const std::vector<int>& signs, int delay, Matrix& a, Vector& y) {
    const double weight = 1.0 / static_cast<double>(chips.rows.size());
    each_chip(chips, signs, delay, [&](const Regressors& x, int sign) {
        const double t = twist(x), w = weight / (1 + t * t / 4);  // outliers will be clipped: let them count less
        for (int i = 0; i < whitening_taps; ++i) {
            y[i] += w * sign * x[i];
            for (int j = 0; j < whitening_taps; ++j) a[i][j] += w * x[i] * x[j];
        }
    });
}

// The best combination of the first `count` regressors; the others get 0.
Vector solve(Matrix a, Vector y, int count) {  // Gauss elimination; a is positive definite
    double trace = 0;
    for (int i = 0; i < count; ++i) trace += a[i][i];
    for (int i = 0; i < count; ++i) a[i][i] += ridge * trace / count;
    for (int i = 0; i < count; ++i)
        for (int k = i + 1; k < count; ++k) {
            const double factor = a[k][i] / a[i][i];
            for (int j = i; j < count; ++j) a[k][j] -= factor * a[i][j];
            y[k] -= factor * y[i];
        }
    for (int i = count - 1; i >= 0; --i) {
        for (int j = i + 1; j < count; ++j) y[i] -= a[i][j] * y[j];
        y[i] /= a[i][i];
    }
    std::fill(y.begin() + count, y.end(), 0.0);
    return y;
}

// A level must mean nothing, and the gain for the plain pattern is that of the plain pattern, 4.
void normalise(Vector& taps, int count) {
    double mean = 0;
    for (const double tap : taps) mean += tap / count;
    Regressors as_regressors{};
    for (int i = 0; i < count; ++i) as_regressors[i] = static_cast<float>(taps[i] -= mean);
    const double gain = twist(as_regressors);
    for (double& tap : taps) tap *= 4 / gain;
}

void print_taps(const char* name, const Vector& taps, int count) {
    std::printf("inline constexpr std::array<float, %d> %s{\n", count, name);
    for (int i = 0; i < count; ++i)
        std::printf("%s%.4ff%s", i % 4 == 0 ? "    " : " ", taps[i],
                    i + 1 == count ? "};\n"
                    : i % 4 == 3   ? ",  //\n"
                                   : ",");
    std::printf("\n}  // namespace earmark\n");
}

void print_prompt_header(const Vector& taps, int count, int files) {
    std::printf("// Made by benchmarks/whitening/train.sh from %d files; do not edit.\n#pragma once\n\n", files);
    std::printf("#include <array>\n\nnamespace earmark {\n\n");
    std::printf("// [row][band], rows -4 to +4 and bands as in whitening.hpp.\n");
    print_taps("trained_prompt_taps", taps, count);
}

void print_header(const Vector& taps, int files) {
    std::printf("// Made by benchmarks/whitening/train.sh from %d files; do not edit.\n#pragma once\n\n", files);
    std::printf("#include <array>\n\nnamespace earmark {\n\n");
    std::printf("// z is flat from 1.5 to 3: chosen by hand on the tuning speakers.\n");
    std::printf("inline constexpr float trained_whitening_clip = 2.2f;\n\n");
    std::printf("// [row][band], rows and bands as in whitening.hpp.\n");
    print_taps("trained_whitening_taps", taps, whitening_taps);
}

}  // namespace

int main(int argc, char** argv) try {
    const bool prompt = argc > 1 && std::string_view(argv[1]) == "--prompt";
    if (prompt) {
        ++argv;
        --argc;
    }
    const int count = prompt ? prompt_taps : whitening_taps;
    if (argc < 4) {
        std::fprintf(stderr, "usage: train_whitening KEY PAYLOAD FILE...\n");
        return 2;
    }
    const Key key = Key::load(argv[1]);
    const Carrier carrier = make_carrier(key.sync(), &key.payload());
    const Codeword codeword = encode(Payload::from_hex(argv[2]));
    std::vector<int> signs(packet_chips);
    for (int chip = 0; chip < packet_chips; ++chip)
        signs[chip] = carrier.sign[chip] * (carrier.code_bit[chip] >= 0 ? codeword[carrier.code_bit[chip]] : 1);

    Matrix a{};
    Vector y{};
    for (int i = 3; i < argc; ++i) {
        const benchmarks::Sound sound = benchmarks::read_mono(argv[i]);
        const Chips chips = analyse(sound.samples, sound.rate);
        accumulate(chips, signs, find_delay(chips, signs), a, y);
    }
    Vector taps = solve(a, y, count);
    normalise(taps, count);
    if (prompt)
        print_prompt_header(taps, count, argc - 3);
    else
        print_header(taps, argc - 3);
} catch (const std::exception& error) {
    std::fprintf(stderr, "train_whitening: %s\n", error.what());
    return 3;
}
