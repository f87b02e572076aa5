// One channel's way from host to change: STFT, depth by masking, keyed gain, overlap-add. The change is what the mark
// adds to the host, so that an unchanged host passes bit for bit.
#pragma once

#include "dsp/carrier/grid.hpp"
#include "dsp/embed/cell_signs.hpp"
#include "dsp/embed/host_rejection.hpp"
#include "dsp/masking/depth.hpp"
#include "dsp/masking/evenness.hpp"
#include "dsp/masking/flatness.hpp"
#include "dsp/simd/kernels.hpp"
#include "dsp/transform/fft.hpp"

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace earmark {

// Frame sizes in samples: a hop is a quarter of a cell, rounded to an even number.
struct FrameSizes {
    explicit FrameSizes(int sample_rate_hz);
    int hop, frame, mask_window;  // 4 ms, 16 ms, 32 ms
    int history() const { return mask_window + hop; }
    int delay() const { return frame + frame / 2 + hop / 2; }  // from the newest sample to the oldest finished one
};

// Real time: add_hop() allocates nothing, locks nothing, throws nothing.
class Spreader {
  public:
    Spreader(int sample_rate_hz, const DepthRule& rule);
    void reset() noexcept;

    // host: the next hop samples. Returns the hop samples of change that belong to the host delay() earlier.
    std::span<const float> add_hop(std::span<const float> host, const CellSigns& signs) noexcept;
    // The host samples that go with the change just returned.
    std::span<const float> delayed_host() const noexcept;

  private:
    using Spectrum = std::vector<std::complex<float>>;

    void spread(const CellSigns& signs) noexcept;
    void analyse_ahead(std::span<const float> mask_samples) noexcept;
    void change(const Spectrum& frame, std::span<const float> cell_signs, std::span<const float> factors) noexcept;

    FrameSizes sizes_;
    int sample_rate_hz_;
    DepthRule rule_;
    const simd::Kernels& kernels_;
    RealFft fft_;
    Flatness flatness_;
    Evenness evenness_;
    HostRejection rejection_;
    std::vector<float> window_, ramp_, counts_;     // counts_: 1 for bins that Evenness counts, else 0
    std::array<int, grid_bands + 1> band_start_{};  // band b holds the bins from [b] up to [b + 1]
    int bands_ = 0;                                 // below Nyquist
    int first_bin_ = 0, end_bin_ = 0;               // those inside the grid
    // Of every bin: power, natural logarithm of the gain, what band and sign make of a depth in dB, depth where the
    // host is heard.
    std::vector<float> power_, gain_, lean_, heard_depth_;
    BandLevels levels_{};                                          // of the newest frame
    std::array<Spectrum, HostRejection::look_ahead + 1> spectra_;  // frames analysed ahead, a ring
    int newest_spectrum_ = 0;
    std::vector<float> history_;  // the last history() host samples
    std::vector<float> overlap_;  // [0, frame): change under construction
    std::vector<float> change_;   // [0, hop): change finished
    float loudest_ = 0;           // log level of the loudest bin, slowly forgotten
    std::int64_t position_ = 0;   // samples taken in so far
};

}  // namespace earmark
