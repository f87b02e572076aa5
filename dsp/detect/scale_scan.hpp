// A rough look at every pair of scales, to choose the few that are worth an exact one. It proves nothing and may leave
// out what it likes: the weights of scale_grid.hpp count every scale, looked at or not.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/spectrogram.hpp"
#include "dsp/detect/whitening.hpp"

#include <array>
#include <memory>
#include <span>

namespace earmark {

struct ScaleCandidate {
    Scale scale;
    float score = 0;  // nepers of likelihood for the best stretch of mark at any phase
};

// What a scan of at most so many received rows is made in, 6 MB: reserved once, used from pair to pair of scales.
class ScanMemory {
  public:
    explicit ScanMemory(int most_rows);
    ~ScanMemory();

  private:
    friend class ScaleScan;
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

// Sees half the rows that the exact detector sees, one difference of log energies a chip instead of a neighbourhood of
// cells, and quarters of a second, in which a time scale may be 3 % off. 1.2 % between frequency scales, 6 % between
// time scales.
class ScaleScan {
  public:
    explicit ScaleScan(const Carrier& carrier);

    // The best candidates of the received rows [from, until), best first, far enough apart to be different ones. They
    // stand in the memory until the next scan. Of more rows than that is for the last ones are looked at; allocates
    // nothing.
    std::span<const ScaleCandidate> scan(const Spectrogram& spectrogram, long long from, long long until,
                                         ScanMemory& memory) const;

  private:
    // sign of the sync chip at [band][i]: row (63 - i) modulo 64, twice over, so that 64 phases lie side by side.
    std::array<std::array<float, 2 * chip_rows>, padded_chip_bands> signs_{};
};

}  // namespace earmark
