// One channel's way from host to change, at any sample rate. The change is what the mark adds to the host, so that an
// unchanged host passes bit for bit.
#pragma once

#include "dsp/embed/cell_signs.hpp"
#include "dsp/embed/frame_sizes.hpp"
#include "dsp/embed/frame_spreader.hpp"
#include "dsp/masking/depth.hpp"
#include "dsp/transform/half_band.hpp"
#include "dsp/transform/past.hpp"

#include <span>
#include <vector>

namespace earmark {

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
    FrameSizes sizes_;
    Past host_;                 // the last delay() samples
    std::vector<Halver> down_;  // to half the rate each
    FrameSpreader spreader_;
    std::vector<Doubler> up_;
};

}  // namespace earmark
