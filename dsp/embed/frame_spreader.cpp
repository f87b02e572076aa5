#include "dsp/embed/frame_spreader.hpp"

#include "dsp/transform/window.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr double grid_top_hz = first_band_hz + grid_bands * band_hz;
constexpr float silent_log_level = -23;             // the floor of Flatness
constexpr float forget_per_hop = 1.0f / (8 * 250);  // one neper of power in 8 s
constexpr int telephone_bands = 30;                 // to 3,844 Hz: what Evenness counts ...
constexpr float heard_log_level = 13.8155f;         // ... and deepens: to 60 dB under the loudest
constexpr double counted_bin_hz = 62.5;             // the width its sum is in
constexpr int hops_of_overlap = 8;                  // after how many the change moves to the front of its memory
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

FrameSpreader::FrameSpreader(int sample_rate_hz, const DepthRule& rule)
    : sizes_(sample_rate_hz),
      sample_rate_hz_(sample_rate_hz),
      shares_bins_(sizes_.frame_transform() * sizes_.reduction != sizes_.frame),
      hop_(sizes_.hop / sizes_.reduction),
      frame_(sizes_.frame / sizes_.reduction),
      mask_window_(sizes_.mask_window / sizes_.reduction),
      rule_(rule),
      kernels_(simd::kernels()),
      fft_(sizes_.frame_transform()),
      flatness_(mask_window_, sizes_.mask_transform(), sample_rate_hz / sizes_.reduction, grid_top_hz),
      evenness_(rule_.usual_frame),
      rejection_(rule_.host_rejection),
      window_(root_hann_quarter(frame_)),
      host_(mask_window_ + sizes_.ahead(), hop_),
      overlap_(frame_ + hops_of_overlap * hop_) {
    const double bin_hz = static_cast<double>(sample_rate_hz) / sizes_.reduction / fft_.length();
    const auto counted = static_cast<float>(std::sqrt(bin_hz / counted_bin_hz));
    for (int bin = 0; bin < fft_.bins(); ++bin) {
        const double frequency_hz = bin * bin_hz;
        const int band = static_cast<int>(std::floor((frequency_hz - first_band_hz) / band_hz));
        if (band >= grid_bands) break;
        for (; bands_ <= band; ++bands_) first_bin_[bands_] = bin;
        band_of_.push_back(std::max(band, 0));
        counts_.push_back(band >= 0 && band < telephone_bands ? counted : 0.0f);
        ramp_.push_back(rule_.ramp(frequency_hz));
    }
    end_bin_ = static_cast<int>(band_of_.size());
    add_up_bands();
    if (shares_bins_) share_edges(bin_hz);
    for (Spectrum& spectrum : spectra_) spectrum.resize(end_bin_);
    power_.resize(end_bin_ + most_bins_ + 2);  // what the kernel reads past the last band, times 0
    gain_.resize(end_bin_);
    lean_.resize(end_bin_);
    heard_depth_.resize(end_bin_);
    reset();
}

// Of every band the bins that it holds, none where it lies above Nyquist.
void FrameSpreader::add_up_bands() {
    const auto end = [&](int band) { return band + 1 < bands_ ? first_bin_[band + 1] : end_bin_; };
    for (int band = 0; band < bands_; ++band) most_bins_ = std::max(most_bins_, end(band) - first_bin_[band]);
    holds_.resize(static_cast<std::size_t>(most_bins_) * grid_bands);
    for (int band = 0; band < bands_; ++band)
        for (int bin = first_bin_[band]; bin < end(band); ++bin)
            holds_[static_cast<std::size_t>((bin - first_bin_[band]) * grid_bands + band)] = 1;
}

// Where a band is not two whole bins, the bin across its lower edge leans as both bands do, by their shares; bins that
// all fall to one band are worth 7 % less z^2 at 44.1 kHz. What sharing takes of the change, all bins give back:
// measured on the tuning speakers, SNR is then that of whole bins and z^2 a few per cent more.
void FrameSpreader::share_edges(double bin_hz) {
    for (int band = 0; band < bands_; ++band) {
        const double edge_bins = (first_band_hz + band * band_hz) / bin_hz;
        edge_bin_[band] = static_cast<int>(std::lround(edge_bins));
        edge_share_[band] = static_cast<float>(edge_bins - edge_bin_[band] + 0.5);
    }
    depth_to_gain_ *= static_cast<float>(1 + bin_hz / (4 * band_hz));
}

void FrameSpreader::reset() noexcept {
    host_.reset();
    std::fill(overlap_.begin(), overlap_.end(), 0.0f);
    change_at_ = 0;
    for (Spectrum& spectrum : spectra_) std::fill(spectrum.begin(), spectrum.end(), 0.0f);
    evenness_.reset();
    rejection_.reset();
    loudest_ = silent_log_level;
    position_ = 0;
}

std::span<const float> FrameSpreader::add_hop(std::span<const float> host, const CellSigns& signs) noexcept {
    host_.add(host);
    position_ += hop_;
    make_room();
    spread(signs);
    return {overlap_.data() + change_at_, static_cast<std::size_t>(hop_)};
}

// The hop given last makes room for one behind the frames under construction.
void FrameSpreader::make_room() noexcept {
    const auto hop = static_cast<std::size_t>(hop_), frame = static_cast<std::size_t>(frame_);
    change_at_ += hop;
    if (change_at_ + frame > overlap_.size()) {
        std::copy_n(overlap_.end() - (frame - hop), frame - hop, overlap_.begin());
        change_at_ = 0;
    }
    std::fill_n(overlap_.begin() + (change_at_ + frame - hop), hop, 0.0f);
}

// Mask window and newest frame end together, ahead() samples before the newest one.
void FrameSpreader::spread(const CellSigns& signs) noexcept {
    const std::span<const float> past = host_.all();
    if (std::all_of(past.begin(), past.end(), [](float x) { return x == 0; })) {
        for (Spectrum& spectrum : spectra_) std::fill(spectrum.begin(), spectrum.end(), 0.0f);
        evenness_.add_frame(0);
        return;
    }
    const std::int64_t centre = (position_ - frame_ - sizes_.ahead()) * sizes_.reduction - sizes_.down_delay();
    const int hop = hop_at(centre, sample_rate_hz_);
    const std::span<const float, grid_bands> cell_signs(signs.data() + hop / cell_hops * grid_bands, grid_bands);
    const auto mask_samples = past.first(static_cast<std::size_t>(mask_window_));
    analyse_ahead(mask_samples);
    flatness_.analyse(mask_samples);
    change(spectra_[(newest_spectrum_ + 1) % spectra_.size()], cell_signs,
           rejection_.factors(levels_, hop % chip_hops, cell_signs));
}

// The newest frame that the mask window holds, kept until its turn comes.
void FrameSpreader::analyse_ahead(std::span<const float> mask_samples) noexcept {
    const auto frame = mask_samples.last(static_cast<std::size_t>(frame_));
    kernels_.multiply(frame.data(), window_.data(), frame_, fft_.time().data());
    std::fill(fft_.time().begin() + frame_, fft_.time().end(), 0.0f);
    fft_.forward();
    const auto spectrum = fft_.frequency();
    newest_spectrum_ = (newest_spectrum_ + 1) % static_cast<int>(spectra_.size());
    std::copy_n(spectrum.begin(), end_bin_, spectra_[newest_spectrum_].begin());
    kernels_.power(spectrum.data(), end_bin_, 0, power_.data());
    kernels_.band_energies(power_.data(), first_bin_.data(), 0, holds_.data(), most_bins_, grid_bands,
                           level_floor * static_cast<float>(frame_), levels_.data());
    kernels_.log(levels_.data(), grid_bands, levels_.data());
}

void FrameSpreader::set_lean(std::span<const float> cell_signs, std::span<const float> factors) noexcept {
    std::array<float, grid_bands> leans;
    for (int band = 0; band < grid_bands; ++band) leans[band] = factors[band / 2] * cell_signs[band] * depth_to_gain_;
    for (int bin = first_bin_[0]; bin < end_bin_; ++bin) lean_[bin] = leans[band_of_[bin]];
    if (!shares_bins_) return;
    float below = 0;
    for (int band = 0; band < bands_; ++band) {
        lean_[edge_bin_[band]] = edge_share_[band] * below + (1 - edge_share_[band]) * leans[band];
        below = leans[band];
    }
}

void FrameSpreader::change(const Spectrum& frame, std::span<const float> cell_signs,
                           std::span<const float> factors) noexcept {
    const auto flatness = flatness_.flatness(), level = flatness_.log_level();
    loudest_ = std::max(loudest_ - forget_per_hop, kernels_.largest(level.data(), static_cast<int>(level.size())));
    set_lean(cell_signs, factors);
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
    const int first = first_bin_[0];
    kernels_.apply_gain(frame.data() + first, gain_.data() + first, end_bin_ - first,
                        1 / static_cast<float>(fft_.length()), spectrum.data() + first);
    fft_.inverse();
    kernels_.multiply_add(fft_.time().data(), window_.data(), frame_, overlap_.data() + change_at_);
}

}  // namespace earmark
