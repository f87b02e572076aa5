#include "tests/support/signals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace earmark::test {

namespace {

// Two-pole resonance (Klatt, JASA 1980), unit gain at its centre within a few dB.
class Formant {
  public:
    Formant(double frequency_hz, double bandwidth_hz, int rate) {
        const double radius = std::exp(-std::numbers::pi * bandwidth_hz / rate);
        b_ = 2 * radius * std::cos(2 * std::numbers::pi * frequency_hz / rate);
        c_ = -radius * radius;
        gain_ = (1 - radius) * std::sqrt(1 - 2 * radius * std::cos(4 * std::numbers::pi * frequency_hz / rate) - c_);
    }
    double operator()(double x) {
        const double y = gain_ * x + b_ * y1_ + c_ * y2_;
        y2_ = y1_;
        return y1_ = y;
    }

  private:
    double b_, c_, gain_, y1_ = 0, y2_ = 0;
};

double raised_cosine(std::size_t i, std::size_t length) {
    return 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length));
}

void add_fricative(Samples& out, std::size_t from, double seconds, int rate, Random& random) {
    const std::size_t length = samples_in(seconds, rate);
    Formant low(std::min(random.between(2500, 5500), 0.42 * rate), 1500, rate), high(0.3 * rate, 3000, rate);
    const double level = random.between(0.05, 0.2);
    for (std::size_t i = 0; i < length && from + i < out.size(); ++i) {
        const double noise = random.normal();
        out[from + i] += static_cast<float>(level * raised_cosine(i, length) * (low(noise) + 0.3 * high(noise)));
    }
}

void add_vowel(Samples& out, std::size_t from, double seconds, int rate, Random& random) {
    constexpr std::array<std::array<double, 4>, 5> vowels_hz{{{730, 1090, 2440, 3400},
                                                              {270, 2290, 3010, 3500},
                                                              {300, 870, 2240, 3300},
                                                              {530, 1840, 2480, 3500},
                                                              {570, 840, 2410, 3400}}};
    constexpr std::array<double, 4> gains{1, 0.6, 0.3, 0.15};
    const auto& formants_hz = vowels_hz[static_cast<std::size_t>(random.below(5))];
    std::vector<Formant> formants;
    for (const double hz : formants_hz) formants.emplace_back(hz, 60 + hz / 25, rate);
    const std::size_t length = samples_in(seconds, rate);
    const double pitch_hz = random.between(90, 200), glide = random.between(-0.25, 0.15);
    const double pulse = std::sqrt(rate / pitch_hz);  // a pulse train of about unit power
    double phase = 0;
    for (std::size_t i = 0; i < length && from + i < out.size(); ++i) {
        phase += pitch_hz * (1 + glide * static_cast<double>(i) / static_cast<double>(length)) / rate;
        double excitation = 0.12 * random.normal();  // breath
        if (phase >= 1) {
            phase -= 1;
            excitation += pulse * random.between(0.95, 1.05);
        }
        double sum = 0;
        for (std::size_t f = 0; f < formants.size(); ++f) sum += gains[f] * formants[f](excitation);
        out[from + i] += static_cast<float>(raised_cosine(i, length) * sum);
    }
}

}  // namespace

Samples speech_like(double seconds, int rate, std::uint64_t seed) {
    Random random(seed);
    Samples out(samples_in(seconds, rate));
    for (double t = 0.03; t < seconds;) {
        const double burst_s = random.between(0.05, 0.14), vowel_s = random.between(0.12, 0.28);
        add_fricative(out, samples_in(t, rate), burst_s, rate, random);
        add_vowel(out, samples_in(t + 0.7 * burst_s, rate), vowel_s, rate, random);
        t += 0.7 * burst_s + 0.9 * vowel_s;
        if (random.below(6) == 0) t += random.between(0.15, 0.4);
    }
    const double top = peak(out);
    for (float& sample : out) sample = static_cast<float>(0.5 / top * sample + 3e-4 * random.normal());
    return out;
}

Samples white_noise(double seconds, int rate, double deviation, std::uint64_t seed) {
    Random random(seed);
    Samples out(samples_in(seconds, rate));
    for (float& sample : out) sample = static_cast<float>(deviation * random.normal());
    return out;
}

Samples sine(double seconds, int rate, double frequency_hz, double level) {
    Samples out(samples_in(seconds, rate));
    const double step = 2 * std::numbers::pi * frequency_hz / rate;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(level * std::sin(step * static_cast<double>(i)));
    return out;
}

Samples dtmf(double seconds, int rate, std::uint64_t seed) {
    constexpr std::array low_hz{697.0, 770.0, 852.0, 941.0}, high_hz{1209.0, 1336.0, 1477.0, 1633.0};
    Random random(seed);
    Samples out(samples_in(seconds, rate));
    for (std::size_t from = 0; from < out.size(); from += samples_in(0.16, rate)) {
        const Samples low = sine(0.08, rate, low_hz[static_cast<std::size_t>(random.below(4))], 0.25);
        const Samples high = sine(0.08, rate, high_hz[static_cast<std::size_t>(random.below(4))], 0.3);
        for (std::size_t i = 0; i < low.size() && from + i < out.size(); ++i) out[from + i] = low[i] + high[i];
    }
    return out;
}

Samples chord(double seconds, int rate) {
    Samples out(samples_in(seconds, rate));
    for (int harmonic = 1; harmonic <= 12; ++harmonic)
        for (const double note_hz : {220.0, 277.2, 329.6})
            if (note_hz * harmonic < 0.45 * rate)
                out = sum(std::move(out), sine(seconds, rate, note_hz * harmonic, 0.15 / harmonic));
    return out;
}

Samples silence(double seconds, int rate) {
    return Samples(samples_in(seconds, rate));
}

double energy(const Samples& samples) {
    double sum = 0;
    for (const float x : samples) sum += static_cast<double>(x) * x;
    return sum;
}

double peak(const Samples& samples) {
    float top = 0;
    for (const float x : samples) top = std::max(top, std::abs(x));
    return top;
}

Samples scaled(Samples samples, double gain) {
    for (float& x : samples) x = static_cast<float>(x * gain);
    return samples;
}

Samples slice(const Samples& samples, std::size_t from, std::size_t until) {
    const auto at = [&](std::size_t i) { return samples.begin() + static_cast<std::ptrdiff_t>(i); };
    return {at(std::min(from, samples.size())), at(std::min(until, samples.size()))};
}

Samples sum(Samples a, const Samples& b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) a[i] += b[i];
    return a;
}

Samples difference(Samples a, const Samples& b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) a[i] -= b[i];
    return a;
}

}  // namespace earmark::test
