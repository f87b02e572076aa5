// What the reading of chips is trained from: which log energies round a chip tell its sign?
//
//     train_whitening taps KEY PAYLOAD FILE... > dsp/carrier/chip_filter_taps.hpp    # the embedder's linear filter
//     train_whitening examples KEY PAYLOAD FILE > EXAMPLES                           # for train_net.py
//
// FILEs are marked with KEY and PAYLOAD and then distorted, each from its first sample (a codec's delay is found).
// taps: every file weighs the same; ridge regression of the known signs on the 28 log energies: the matched filter in
// coloured noise. examples: for every chip the 32 bytes that the net takes, and one that says whether its sign is +.
// train.sh and train_net.py make the files from speech that Debian packages ship.
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
constexpr int longest_delay = 24;  // rows: 96 ms covers every codec of the scripts
constexpr int first_row = 2;       // a cell of 16 ms is measured best at its middle, 2 rows after its start

using Regressors = std::array<float, whitening_taps>;
using Matrix = std::array<std::array<double, whitening_taps>, whitening_taps>;
using Vector = std::array<double, whitening_taps>;

// Calls visit(whitening, bands) for every row, when the whitening has heard what it looks at beyond it.
template <class Visit>
void each_row(const benchmarks::Sound& sound, Visit visit) {
    std::vector<CellRow> rows;
    Cells cells(sound.rate, [&](const CellRow& row) { rows.push_back(row); });
    cells.push(sound.samples.data(), sound.samples.size());
    cells.finish();
    Whitening whitening(cells.bands());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        whitening.push(rows[i]);
        if (i >= static_cast<std::size_t>(whitening_look_ahead)) visit(whitening, cells.bands() / 2);
    }
}

struct Chips {
    int bands = 0;
    std::vector<Regressors> rows;  // [row * bands + band]
};

Chips analyse(const benchmarks::Sound& sound) {
    Chips chips;
    each_row(sound, [&](const Whitening& whitening, int bands) {
        chips.bands = bands;
        for (int band = 0; band < bands; ++band) chips.rows.push_back(whitening.neighbourhood(band));
    });
    return chips;
}

// The plain chip pattern: rows 0 and +4, bands 0 and 1.
float twist(const Regressors& x) {
    const auto at = [&](int hop, int band) { return x[hop * whitening_bands.size() + band]; };
    return at(2, 1) - at(2, 2) - at(4, 1) + at(4, 2);
}

// Calls visit(regressors, sign) for every chip when the mark begins `delay` rows late.
template <class Visit>
void each_chip(const Chips& chips, const std::vector<int>& signs, int delay, Visit visit) {
    const int count = static_cast<int>(chips.rows.size()) / chips.bands;
    for (int n = 0; first_row + delay + n * chip_hops < count; ++n)
        for (int band = 0; band < chips.bands; ++band)
            visit(chips.rows[(first_row + delay + n * chip_hops) * chips.bands + band],
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

Vector solve(Matrix a, Vector y) {  // Gauss elimination; a is positive definite
    constexpr int count = whitening_taps;
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
    return y;
}

// A level must mean nothing, and the gain for the plain pattern is that of the plain pattern, 4.
void normalise(Vector& taps) {
    constexpr int count = whitening_taps;
    double mean = 0;
    for (const double tap : taps) mean += tap / count;
    Regressors as_regressors{};
    for (int i = 0; i < count; ++i) as_regressors[i] = static_cast<float>(taps[i] -= mean);
    const double gain = twist(as_regressors);
    for (double& tap : taps) tap *= 4 / gain;
}

void print_taps(const char* name, const Vector& taps) {
    constexpr int count = whitening_taps;
    std::printf("inline constexpr std::array<float, %d> %s{\n", count, name);
    for (int i = 0; i < count; ++i)
        std::printf("%s%.4ff%s", i % 4 == 0 ? "    " : " ", taps[i],
                    i + 1 == count ? "};\n"
                    : i % 4 == 3   ? ",  //\n"
                                   : ",");
    std::printf("\n}  // namespace earmark\n");
}

void print_header(const Vector& taps, int files) {
    std::printf("// Made by benchmarks/whitening/train.sh from %d files; do not edit.\n#pragma once\n\n", files);
    std::printf("#include <array>\n\nnamespace earmark {\n\n");
    std::printf(
        "// What more it reads counts no more. z is flat from 1.5 to 3: chosen by hand on the tuning speakers.\n");
    std::printf("inline constexpr float trained_whitening_clip = 2.2f;\n\n");
    std::printf("// [row][band], rows and bands as in whitening.hpp.\n");
    print_taps("trained_whitening_taps", taps);
}

std::vector<int> signs_of(const Key& key, const Payload& payload) {
    const Carrier carrier = make_carrier(key.sync(), &key.payload());
    const Codeword codeword = encode(payload);
    std::vector<int> signs(packet_chips);
    for (int chip = 0; chip < packet_chips; ++chip)
        signs[chip] = carrier.sign[chip] * (carrier.code_bit[chip] >= 0 ? codeword[carrier.code_bit[chip]] : 1);
    return signs;
}

void train_taps(const std::vector<int>& signs, const std::vector<const char*>& files) {
    Matrix a{};
    Vector y{};
    for (const char* file : files) {
        const Chips chips = analyse(benchmarks::read_mono(file));
        accumulate(chips, signs, find_delay(chips, signs), a, y);
    }
    Vector taps = solve(a, y);
    normalise(taps);
    print_header(taps, static_cast<int>(files.size()));
}

void write_examples(const std::vector<int>& signs, const char* file) {
    const benchmarks::Sound sound = benchmarks::read_mono(file);
    const int first = first_row + find_delay(analyse(sound), signs);
    int row = 0;
    each_row(sound, [&](const Whitening& whitening, int bands) {
        const int since = row++ - first;
        if (since < 0 || since % chip_hops != 0) return;
        for (int band = 0; band < bands; ++band) {
            const auto inputs = whitening.inputs(band);
            const auto plus = static_cast<std::uint8_t>(signs[since / chip_hops % chip_rows * chip_bands + band] > 0);
            std::fwrite(inputs.data(), 1, inputs.size(), stdout);
            std::fwrite(&plus, 1, 1, stdout);
        }
    });
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (argc < 5 || (what != "taps" && what != "examples")) {
        std::fprintf(stderr, "usage: train_whitening taps|examples KEY PAYLOAD FILE...\n");
        return 2;
    }
    const std::vector<int> signs = signs_of(Key::load(argv[2]), Payload::from_hex(argv[3]));
    if (what == "taps")
        train_taps(signs, {argv + 4, argv + argc});
    else
        write_examples(signs, argv[4]);
} catch (const std::exception& error) {
    std::fprintf(stderr, "train_whitening: %s\n", error.what());
    return 3;
}
