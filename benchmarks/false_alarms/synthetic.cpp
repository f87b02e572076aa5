#include "benchmarks/false_alarms/synthetic.hpp"

#include "dsp/carrier/grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

namespace earmark::benchmark {

namespace {

using Samples = std::vector<float>;

std::size_t length(double seconds, int rate) {
    return static_cast<std::size_t>(seconds * rate);
}

// By a turning pointer, not a sine a sample: hours of chords are made. A decay of 0 s means none.
void add_tone(Samples& out, std::size_t from, std::size_t until, double frequency_hz, double level, double decay_s,
              int rate) {
    if (frequency_hz >= rate * 0.48) return;
    const double shrink = decay_s > 0 ? std::exp(-1 / (decay_s * rate)) : 1;
    const auto turn = std::polar(shrink, 2 * std::numbers::pi * frequency_hz / rate);
    std::complex<double> pointer(level, 0);
    const double fade_samples = 0.003 * rate;
    until = std::min(until, out.size());
    for (std::size_t i = from; i < until; ++i) {
        const double fade = std::min(1.0, static_cast<double>(i - from) / fade_samples);
        out[i] += static_cast<float>(fade * pointer.imag());
        pointer *= turn;
    }
}

Samples tone(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    add_tone(out, 0, out.size(), random.between(60, 0.45 * rate), random.between(0.02, 0.9), 0, rate);
    return out;
}

Samples chord(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    const double root_hz = random.between(80, 400);
    for (int harmonic = 1; harmonic <= 24; ++harmonic)
        for (const double interval : {1.0, 1.25, 1.5})
            add_tone(out, 0, out.size(), root_hz * interval * harmonic, 0.15 / harmonic, 0, rate);
    return out;
}

// ITU-T Q.23: one low and one high tone, 70 to 120 ms on, as long off.
Samples dtmf(double seconds, int rate, Random& random) {
    constexpr std::array low_hz{697.0, 770.0, 852.0, 941.0}, high_hz{1209.0, 1336.0, 1477.0, 1633.0};
    Samples out(length(seconds, rate));
    for (double t = 0; t < seconds;) {
        const double on_s = random.between(0.07, 0.12);
        const std::size_t from = length(t, rate), until = length(t + on_s, rate);
        add_tone(out, from, until, low_hz[static_cast<std::size_t>(random.below(4))], 0.25, 0, rate);
        add_tone(out, from, until, high_hz[static_cast<std::size_t>(random.below(4))], 0.3, 0, rate);
        t += on_s + random.between(0.07, 0.12);
    }
    return out;
}

Samples white(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    const double level = std::pow(10, random.between(-60, -12) / 20);
    for (float& sample : out) sample = static_cast<float>(level * random.normal());
    return out;
}

// Voss and McCartney: sixteen rows, row k renewed every 2^k samples.
Samples pink(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    std::array<double, 16> rows{};
    const double level = std::pow(10, random.between(-60, -12) / 20) / 4;
    for (std::size_t i = 0; i < out.size(); ++i) {
        double sum = random.normal();
        for (std::size_t k = 0; k < rows.size(); ++k) {
            if (i % (std::size_t{1} << k) == 0) rows[k] = random.normal();
            sum += rows[k];
        }
        out[i] = static_cast<float>(level * sum);
    }
    return out;
}

// Digital zero, or a bit of dither, by turns of 1 s.
Samples silence(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    for (std::size_t i = 0; i < out.size(); ++i)
        if (i / static_cast<std::size_t>(rate) % 2) out[i] = static_cast<float>(random.below(3) - 1) / 32768;
    return out;
}

Samples hum(double seconds, int rate, Random& random) {
    Samples out = white(seconds, rate, random);
    for (float& sample : out) sample *= 0.05f;
    for (int harmonic = 1; harmonic <= 30; ++harmonic)
        add_tone(out, 0, out.size(), 50.0 * harmonic, 0.2 / harmonic, 0, rate);
    return out;
}

// Clicks at a steady pace, one in two of them in step with the mark's packet.
Samples clicks(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    const double packet_s = packet_cells * cell_s;
    const double period_s = random.below(2) ? packet_s / (1 + random.below(64)) : random.between(0.02, 1);
    for (double t = random.between(0, period_s); t < seconds; t += period_s)
        for (std::size_t i = length(t, rate); i < std::min(length(t + 0.004, rate), out.size()); ++i)
            out[i] = static_cast<float>(random.between(-0.7, 0.7));
    return out;
}

Samples sweep(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    const double period_s = random.between(0.2, 5), low_hz = 100, high_hz = 0.45 * rate;
    double phase = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double place = std::fmod(static_cast<double>(i) / rate, period_s) / period_s;
        phase += 2 * std::numbers::pi * low_hz * std::pow(high_hz / low_hz, place) / rate;
        out[i] = static_cast<float>(0.4 * std::sin(phase));
    }
    return out;
}

// Hold music: four chords in turn, broken into decaying notes with harmonics, over a bass, at a steady beat.
Samples hold_music(double seconds, int rate, Random& random) {
    constexpr std::array<std::array<int, 4>, 4> chords{{{0, 4, 7, 12}, {-3, 0, 4, 9}, {-7, -3, 0, 5}, {-5, -1, 2, 7}}};
    Samples out(length(seconds, rate));
    const double root_hz = random.between(180, 300), beat_s = random.between(0.15, 0.4);
    int beat = random.below(16);
    for (double t = 0; t < seconds; t += beat_s, ++beat) {
        const auto& chord_notes = chords[static_cast<std::size_t>(beat / 8 % 4)];
        const double note_hz = root_hz * std::pow(2, chord_notes[static_cast<std::size_t>(beat * 3 % 4)] / 12.0);
        const std::size_t from = length(t, rate), until = length(t + 8 * beat_s, rate);
        for (int harmonic = 1; harmonic <= 10; ++harmonic)
            add_tone(out, from, until, note_hz * harmonic, 0.12 / harmonic, 0.6 / harmonic, rate);
        if (beat % 8 == 0)
            for (int harmonic = 1; harmonic <= 6; ++harmonic)
                add_tone(out, from, until, root_hz / 4 * std::pow(2, chord_notes[0] / 12.0) * harmonic, 0.15 / harmonic,
                         0, rate);
    }
    for (float& sample : out) sample += static_cast<float>(0.001 * random.normal());
    return out;
}

// Noise bursts that repeat exactly with the packet: every fold adds up.
Samples packet_loop(double seconds, int rate, Random& random) {
    Samples out(length(seconds, rate));
    Samples one(length(packet_cells * cell_s, rate));
    double level = 0.1;
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (i % length(0.016, rate) == 0) level = std::pow(10, random.between(-40, -10) / 20);
        one[i] = static_cast<float>(level * random.normal());
    }
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = one[i % one.size()];
    return out;
}

}  // namespace

const std::vector<Synthetic>& synthetics() {
    static const std::vector<Synthetic> all{{"tone", tone},
                                            {"chord", chord},
                                            {"dtmf", dtmf},
                                            {"white noise", white},
                                            {"pink noise", pink},
                                            {"silence", silence},
                                            {"hum", hum},
                                            {"clicks", clicks},
                                            {"sweep", sweep},
                                            {"hold music", hold_music},
                                            {"packet loop", packet_loop}};
    return all;
}

}  // namespace earmark::benchmark
