#include "dsp/embed/spreader.hpp"

#include "dsp/transform/window.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr double grid_top_hz = first_band_hz + grid_bands * band_hz;
constexpr float silent_log_level = -23;             // the floor of Flatness
constexpr float forget_per_hop = 1.0f / (8 * 250);  // one neper of power in 8 s
constexpr float db_to_log = 0.115129255f;           // ln(10) / 20
constexpr int telephone_bands = 30;                 // to 3,844 Hz: what Evenness counts ...
constexpr float heard_log_level = 13.8155f;         // ... and deepens: to 60 dB under the loudest
constexpr float level_floor = 1e-10f;               // of a band: under one 16-bit step of noise

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

// Hop of the packet on which a frame centred on sample `centre` falls, in integers so that every platform agrees:
// 4 ms = 1/250 s.
int hop_at(std::int64_t centre, int sample_rate_hz) {
    const std::int64_t hop = floor_div(centre * 250, sample_rate_hz);
    return static_cast<int>(hop - floor_div(hop, packet_hops) * packet_hops);
}

}  // namespace

FrameSizes::FrameSizes(int sample_rate_hz)
    : hop(2 * static_cast<int>(std::lround(hop_s / 2 * sample_rate_hz))), frame(4 * hop), mask_window(2 * frame) {}

Spreader::Spreader(int sample_rate_hz, const DepthRule& rule)
    : sizes_(sample_rate_hz),
      sample_rate_hz_(sample_rate_hz),
      rule_(rule),
      kernels_(simd::kernels()),
      fft_(sizes_.frame),
      flatness_(sizes_.mask_window, sample_rate_hz, grid_top_hz),
      evenness_(rule_.usual_frame),
      rejection_(rule_.host_rejection),
      window_(root_hann_quarter(sizes_.frame)) {
    for (int bin = 0; bin < fft_.bins(); ++bin) {
        const double frequency_hz = static_cast<double>(bin) * sample_rate_hz / sizes_.frame;
        const int band = static_cast<int>(std::floor((frequency_hz - first_band_hz) / band_hz));
        if (band >= grid_bands) break;
        for (; bands_ <= band; ++bands_) band_start_[bands_] = bin;
        end_bin_ = band_start_[bands_] = bin + 1;
        counts_.push_back(band >= 0 && band < telephone_bands ? 1.0f : 0.0f);
        ramp_.push_back(rule_.ramp(frequency_hz));
    }
    first_bin_ = band_start_[0];
    for (Spectrum& spectrum : spectra_) spectrum.resize(end_bin_);
    power_.resize(end_bin_);
    gain_.resize(end_bin_);
    lean_.resize(end_bin_);
    heard_depth_.resize(end_bin_);
    history_.resize(sizes_.history());
    overlap_.resize(sizes_.frame);
    change_.resize(sizes_.hop);
    reset();
}

void Spreader::reset() noexcept {
    std::fill(history_.begin(), history_.end(), 0.0f);
    std::fill(overlap_.begin(), overlap_.end(), 0.0f);
    std::fill(change_.begin(), change_.end(), 0.0f);
    for (Spectrum& spectrum : spectra_) std::fill(spectrum.begin(), spectrum.end(), 0.0f);
    evenness_.reset();
    rejection_.reset();
    loudest_ = silent_log_level;
    position_ = 0;
}

std::span<const float> Spreader::add_hop(std::span<const float> host, const CellSigns& signs) noexcept {
    const int hop = sizes_.hop;
    std::copy(history_.begin() + hop, history_.end(), history_.begin());
    std::copy(host.begin(), host.end(), history_.end() - hop);
    position_ += hop;
    spread(signs);
    std::copy_n(overlap_.begin(), hop, change_.begin());
    std::copy(overlap_.begin() + hop, overlap_.end(), overlap_.begin());
    std::fill(overlap_.end() - hop, overlap_.end(), 0.0f);
    return change_;
}

std::span<const float> Spreader::delayed_host() const noexcept {
    return {history_.data() + history_.size() - sizes_.delay(), static_cast<std::size_t>(sizes_.hop)};
}

// The frame lies in the middle of the mask window, which is the history without its first and last half hop.
void Spreader::spread(const CellSigns& signs) noexcept {
    const std::span<const float> mask_samples(history_.data() + sizes_.hop / 2, sizes_.mask_window);
    if (std::all_of(history_.begin(), history_.end(), [](float x) { return x == 0; })) {
        for (Spectrum& spectrum : spectra_) std::fill(spectrum.begin(), spectrum.end(), 0.0f);
        evenness_.add_frame(0);
        return;
    }
    const int hop = hop_at(position_ - sizes_.frame - sizes_.hop / 2, sample_rate_hz_);
    const std::span<const float, grid_bands> cell_signs(signs.data() + hop / cell_hops * grid_bands, grid_bands);
    analyse_ahead(mask_samples);
    flatness_.analyse(mask_samples);
    change(spectra_[(newest_spectrum_ + 1) % spectra_.size()], cell_signs,
           rejection_.factors(levels_, hop % chip_hops, cell_signs));
}

// The newest frame that the mask window holds, kept until its turn comes.
void Spreader::analyse_ahead(std::span<const float> mask_samples) noexcept {
    const auto frame = mask_samples.last(sizes_.frame);
    kernels_.multiply(frame.data(), window_.data(), sizes_.frame, fft_.time().data());
    fft_.forward();
    const auto spectrum = fft_.frequency();
    newest_spectrum_ = (newest_spectrum_ + 1) % static_cast<int>(spectra_.size());
    std::copy_n(spectrum.begin(), end_bin_, spectra_[newest_spectrum_].begin());
    kernels_.power(spectrum.data(), end_bin_, 0, power_.data());
    levels_.fill(level_floor * static_cast<float>(sizes_.frame));
    for (int band = 0; band < bands_; ++band)
        for (int bin = band_start_[band]; bin < band_start_[band + 1]; ++bin) levels_[band] += power_[bin];
    kernels_.log(levels_.data(), grid_bands, levels_.data());
}

void Spreader::change(const Spectrum& frame, std::span<const float> cell_signs,
                      std::span<const float> factors) noexcept {
    const auto flatness = flatness_.flatness(), level = flatness_.log_level();
    loudest_ = std::max(loudest_ - forget_per_hop, kernels_.largest(level.data(), static_cast<int>(level.size())));
    for (int band = 0; band < bands_; ++band) {
        const float lean = factors[band / 2] * cell_signs[band] * db_to_log;
        std::fill(lean_.begin() + band_start_[band], lean_.begin() + band_start_[band + 1], lean);
    }
    const float scale = evenness_.scale();
    kernels_.depths({rule_.floor_db, rule_.noise_db, rule_.loud_cut, rule_.quiet_gain, loudest_, heard_log_level, scale,
                     std::min(scale, 1.0f)},
                    flatness.data(), level.data(), ramp_.data(), lean_.data(), end_bin_, heard_depth_.data(),
                    gain_.data());
    const float squared_depths =
        kernels_.multiply_energy(heard_depth_.data(), counts_.data(), end_bin_, heard_depth_.data());
    evenness_.add_frame(squared_depths);
    const auto spectrum = fft_.frequency();
    std::fill(spectrum.begin(), spectrum.end(), 0.0f);
    kernels_.apply_gain(frame.data() + first_bin_, gain_.data() + first_bin_, end_bin_ - first_bin_,
                        1 / static_cast<float>(sizes_.frame), spectrum.data() + first_bin_);
    fft_.inverse();
    kernels_.multiply_add(fft_.time().data(), window_.data(), sizes_.frame, overlap_.data());
}

}  // namespace earmark
