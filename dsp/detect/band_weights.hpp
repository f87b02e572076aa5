// How much more the payload chips of one band are worth than those of another, told by the chips of sync beside them:
// GSM spoils the upper bands, a reverberant room the lower ones, AMR-WB makes its highest up.
//
// The bound on a payload stays a theorem: the signs of the payload chips are independent of the audio and of all that
// the sync subkey gives, so weights made of those two are constants R_j -> w R_j to them (statistic.hpp). Sync itself
// may not be weighed so, since its own signs would choose the weights.
#pragma once

#include "dsp/carrier/carrier.hpp"
#include "dsp/detect/statistic.hpp"

#include <array>

namespace earmark {

using BandWeights = std::array<float, chip_bands>;

// About 1 in the mean, more than 0; all 1 where sync says too little to tell.
BandWeights band_weights(const Fold& fold, const Carrier& carrier) noexcept;

}  // namespace earmark
