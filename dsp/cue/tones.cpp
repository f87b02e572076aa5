#include "dsp/cue/tones.hpp"

#include "dsp/transform/fft_length.hpp"
#include "dsp/transform/window.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

namespace earmark {
namespace {

constexpr double window_s = 0.02, hop_s = 0.008;
constexpr double transform_s = 0.024;  // zeros behind the window: what the detector of the mark has planned already
constexpr double lowest_hz = 300, highest_hz = 3000;  // of the tone: the pitches of cue.hpp, and some transposition
constexpr double floor_hz = 100;                      // hum below it must not hide a tone
constexpr double lobe_hz = 2 / window_s;              // half the width of a Hann window's main lobe
constexpr double least_share = 0.75;                  // of the frame's energy that is the tone's: 5 dB over noise
constexpr double least_level_db = -60;
constexpr double same_pitch = 0.04;
constexpr double half_height_db = 6;
constexpr double end_db = 10;   // below the loudest frame of a tone it is over, though a room may still ring with it
constexpr double again_db = 6;  // above the softest frame of a ringing room a new tone has begun
constexpr std::size_t longest_gap = 1;  // frames that a click may spoil
constexpr double longest_run_s = 2;     // a dash is 0.9 s at most
constexpr float inaudible = 1e-10f, largest_sample = 1e6f;

int even(double samples) {
    return 2 * static_cast<int>(std::lround(samples / 2));
}

// Four sums, none of which waits for another.
double sum_of(std::span<const float> values) {
    std::array<double, 4> sums{};
    std::size_t i = 0;
    for (; i + sums.size() <= values.size(); i += sums.size())
        for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += values[i + j];
    for (; i < values.size(); ++i) sums[0] += values[i];
    return sums[0] + sums[1] + sums[2] + sums[3];
}

}  // namespace

Tones::Tones(int sample_rate_hz, Sink sink)
    : sample_rate_hz_(sample_rate_hz),
      window_samples_(static_cast<std::size_t>(even(window_s * sample_rate_hz))),
      hop_samples_(static_cast<std::size_t>(std::lround(hop_s * sample_rate_hz))),
      sink_(std::move(sink)),
      kernels_(simd::kernels()),
      fft_(fast_fft_length(even(transform_s * sample_rate_hz)), Ways::forward),
      window_(hann(static_cast<int>(window_samples_))),
      buffer_(window_samples_),
      power_(static_cast<std::size_t>(fft_.bins())),
      levels_db_(static_cast<std::size_t>(longest_run_s / hop_s) + longest_gap + 1) {
    finish();
}

void Tones::push(const float* samples, std::size_t count) noexcept {
    while (count > 0) {
        const std::size_t taken = std::min(count, window_samples_ - held_);
        kernels_.usable(samples, static_cast<int>(taken), inaudible, largest_sample, buffer_.data() + held_);
        held_ += taken;
        samples += taken;
        count -= taken;
        if (held_ < window_samples_) return;
        take(analyse());
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(hop_samples_), buffer_.end(), buffer_.begin());
        held_ -= hop_samples_;
    }
}

void Tones::finish() noexcept {
    close_run();
    tail_hz_ = 0;
    std::fill(buffer_.begin(), buffer_.end(), 0.0f);
    held_ = window_samples_ / 2;  // frame n is centred on n hops
    frame_ = 0;
}

Tones::Frame Tones::analyse() noexcept {
    const auto time = fft_.time();
    kernels_.multiply(buffer_.data(), window_.data(), static_cast<int>(window_samples_), time.data());
    std::fill(time.begin() + static_cast<std::ptrdiff_t>(window_samples_), time.end(), 0.0f);
    fft_.forward();
    const auto spectrum = fft_.frequency();
    const double bin_hz = static_cast<double>(sample_rate_hz_) / fft_.length();
    const auto bin = [&](double hz) { return std::min(static_cast<std::size_t>(hz / bin_hz), power_.size() - 1); };
    kernels_.power(spectrum.data(), fft_.bins(), 0, power_.data());
    const double all = sum_of(std::span(power_).subspan(bin(floor_hz)));
    const auto low = power_.begin() + static_cast<std::ptrdiff_t>(bin(lowest_hz));
    const auto high = power_.begin() + static_cast<std::ptrdiff_t>(bin(highest_hz) + 1);
    const auto peak = static_cast<std::size_t>(std::max_element(low, high) - power_.begin());
    const double peak_hz = static_cast<double>(peak) * bin_hz;
    double lobe = 0, moment = 0;
    for (std::size_t k = bin(std::max(peak_hz - lobe_hz, floor_hz)); k <= bin(peak_hz + lobe_hz); ++k) {
        lobe += power_[k];
        moment += power_[k] * static_cast<double>(k) * bin_hz;
    }
    // A sine of amplitude a gives the lobe a^2 times this: energy of the window by length over 4 (Parseval).
    const double scale = static_cast<double>(window_samples_) * 0.375 * fft_.length() / 4;
    const double level_db = 10 * std::log10(lobe / scale + 1e-20);
    const bool tonal = level_db > least_level_db && lobe > least_share * all;
    return {tonal, lobe > 0 ? moment / lobe : 0, level_db};
}

bool Tones::is_tail(const Frame& frame) noexcept {
    const bool same = frame.tonal && tail_hz_ > 0 && std::abs(frame.pitch_hz - tail_hz_) < same_pitch * tail_hz_;
    if (!same || frame.level_db > tail_db_ + again_db) {
        tail_hz_ = 0;
        return false;
    }
    tail_db_ = std::min(tail_db_, frame.level_db);
    return true;
}

void Tones::take(const Frame& frame) noexcept {
    if (length_ == 0 && is_tail(frame)) {
        ++frame_;
        return;
    }
    const bool fits = frame.tonal && (length_ == 0 || (std::abs(frame.pitch_hz - pitch_hz_) < same_pitch * pitch_hz_ &&
                                                       frame.level_db > top_db_ - end_db));
    if (!fits && length_ > 0 && ++gap_ > longest_gap) {
        const bool rings = frame.tonal && std::abs(frame.pitch_hz - pitch_hz_) < same_pitch * pitch_hz_;
        const double pitch_hz = pitch_hz_;
        close_run();
        if (rings) {
            tail_hz_ = pitch_hz;
            tail_db_ = frame.level_db;
            ++frame_;
            return;
        }
    }
    if (frame.tonal && length_ + gap_ == levels_db_.size()) close_run();
    if (frame.tonal && (fits || length_ == 0)) {
        if (length_ == 0) first_ = frame_;
        std::fill_n(levels_db_.begin() + static_cast<std::ptrdiff_t>(length_), gap_,
                    static_cast<float>(frame.level_db));
        length_ += gap_;
        gap_ = 0;
        levels_db_[length_++] = static_cast<float>(frame.level_db);
        top_db_ = length_ == 1 ? frame.level_db : std::max(top_db_, frame.level_db);
        const double weight = std::pow(10, frame.level_db / 10);
        weight_ += weight;
        pitch_hz_ += weight / weight_ * (frame.pitch_hz - pitch_hz_);
    }
    ++frame_;
}

void Tones::close_run() noexcept {
    if (length_ > 0) {
        // A tone reaches into every window that touches it: its ends are where half of the window is full.
        const auto end = levels_db_.begin() + static_cast<std::ptrdiff_t>(length_);
        const float top = *std::max_element(levels_db_.begin(), end);
        const auto loud = [&](float level) { return level >= top - half_height_db; };
        const auto from = std::find_if(levels_db_.begin(), end, loud) - levels_db_.begin();
        std::ptrdiff_t to = static_cast<std::ptrdiff_t>(length_);
        while (!loud(levels_db_[static_cast<std::size_t>(to - 1)])) --to;
        const double hop = static_cast<double>(hop_samples_) / sample_rate_hz_;
        sink_({static_cast<double>(first_ + from) * hop - hop / 2, static_cast<double>(first_ + to) * hop - hop / 2,
               pitch_hz_, top});
    }
    length_ = gap_ = 0;
    pitch_hz_ = weight_ = 0;
}

}  // namespace earmark
