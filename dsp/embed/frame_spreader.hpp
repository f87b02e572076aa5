// From host to change, both at the reduced rate: STFT, depth by masking, keyed gain, overlap-add.
#pragma once

#include "dsp/carrier/grid.hpp"
#include "dsp/embed/cell_signs.hpp"
#include "dsp/embed/frame_sizes.hpp"
#include "dsp/embed/host_rejection.hpp"
#include "dsp/masking/depth.hpp"
#include "dsp/masking/evenness.hpp"
#include "dsp/masking/flatness.hpp"
#include "dsp/simd/kernels.hpp"
#include "dsp/transform/fft.hpp"
#include "dsp/transform/past.hpp"

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace earmark {

// Real time: add_hop() allocates nothing, locks nothing, throws nothing.
class FrameSpreader {
  public:
    FrameSpreader(int sample_rate_hz, const DepthRule& rule);  // the rate of the host
    void reset() noexcept;

    // host: the next hop. Returns the hop of change that belongs to the host one and a half frames and
    // FrameSizes::ahead() samples earlier.
    std::span<const float> add_hop(std::span<const float> host, const CellSigns& signs) noexcept;

  private:
    using Spectrum = std::vector<std::complex<float>>;

    void make_room() noexcept;
    void spread(const CellSigns& signs) noexcept;
    void analyse_ahead(std::span<const float> mask_samples) noexcept;
    void add_up_bands();
    void share_edges(double bin_hz);
    void set_lean(std::span<const float> cell_signs, std::span<const float> factors) noexcept;
    void change(const Spectrum& frame, std::span<const float> cell_signs, std::span<const float> factors) noexcept;

    FrameSizes sizes_;
    int sample_rate_hz_;  // of the host
    bool shares_bins_;
    int hop_, frame_, mask_window_;  // in reduced samples
    DepthRule rule_;
    const simd::Kernels& kernels_;
    RealFft fft_;
    Flatness flatness_;
    Evenness evenness_;
    HostRejection rejection_;
    std::vector<float> window_, ramp_, counts_;         // counts_: 1 for bins that Evenness counts, else 0
    std::array<std::int32_t, grid_bands> first_bin_{};  // of every band
    std::vector<int> band_of_;                          // of every bin; below the grid the lowest
    int most_bins_ = 0;                                 // in a band
    std::vector<float> holds_;                          // [place in the band][band]: 1 where there is such a bin
    std::array<int, grid_bands> edge_bin_{};            // across the lower edge of a band, where bins are shared
    std::array<float, grid_bands> edge_share_{};        // of that bin, what lies below the edge
    float depth_to_gain_ = 0.115129255f;                // ln(10) / 20
    int bands_ = 0;                                     // below Nyquist
    int end_bin_ = 0;                                   // behind the last inside the grid
    // Of every bin: power, natural logarithm of the gain, what band and sign make of a depth in dB, depth where the
    // host is heard.
    std::vector<float> power_, gain_, lean_, heard_depth_;
    BandLevels levels_{};                                          // of the newest frame
    std::array<Spectrum, HostRejection::look_ahead + 1> spectra_;  // frames analysed ahead, a ring
    int newest_spectrum_ = 0;
    Past host_;                   // as far as the mask window reaches back
    std::vector<float> overlap_;  // from change_at_ on: a hop of change finished, then a frame under construction
    std::size_t change_at_ = 0;
    float loudest_ = 0;          // log level of the loudest bin, slowly forgotten
    std::int64_t position_ = 0;  // reduced samples taken in so far
};

}  // namespace earmark
