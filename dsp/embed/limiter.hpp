// Keeps the marked signal inside full scale by making the mark shallower, never by touching the host.
#pragma once

#include "dsp/simd/kernels.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace earmark {

// Works on hops with one hop of look-ahead: the mark's gain is a straight line between hop edges, at most what both
// neighbouring hops allow. Real time: add_hop() allocates nothing.
class Limiter {
  public:
    explicit Limiter(int hop_samples);
    void reset() noexcept;

    // Takes host and change of the next hop, gives the marked samples of the hop before it.
    std::span<const float> add_hop(std::span<const float> host, std::span<const float> change) noexcept;

    bool limited() const noexcept { return limited_; }                // was the hop just given made shallower?
    double change_energy() const noexcept { return change_energy_; }  // of the hop just given
    double host_energy() const noexcept { return host_energy_; }

  private:
    const simd::Kernels& kernels_;
    std::vector<float> host_, change_, marked_;
    float edge_gain_ = 1;  // at the start of the hop that waits
    float hop_gain_ = 1;   // the most that the hop that waits allows
    bool limited_ = false;
    double change_energy_ = 0, host_energy_ = 0;
};

}  // namespace earmark
