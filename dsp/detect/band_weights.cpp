#include "dsp/detect/band_weights.hpp"

#include <algorithm>
#include <cmath>

namespace earmark {
namespace {

constexpr double least_z = 4;     // of sync
constexpr double steadiness = 3;  // weights spread by half: what z^2 three bands must have to be believed half
constexpr double least_weight = 0.1, most_weight = 3;

}  // namespace

// The best weight is amplitude over variance, along / energy; that of a band and its two neighbours is drawn towards
// that of all bands as far as their evidence is thin.
BandWeights band_weights(const Fold& fold, const Carrier& carrier) noexcept {
    BandWeights weights;
    weights.fill(1);
    const SlotSum all = sync_sum(fold, carrier);
    if (all.energy == 0 || all.correlation < least_z * std::sqrt(all.energy)) return weights;
    const double usual = all.correlation / all.energy;
    std::array<double, chip_bands + 2> along{}, energy{};
    for (int row = 0; row < chip_rows; ++row)
        for (int band = 0; band < chip_bands; ++band) {
            const double residual = carrier.sync_sign[row * padded_chip_bands + band] *
                                    fold[static_cast<std::size_t>(row * chip_bands + band)];
            along[band + 1] += residual;
            energy[band + 1] += residual * residual;
        }
    for (int band = 0; band < chip_bands; ++band) {
        const double a = along[band] + along[band + 1] + along[band + 2],
                     e = energy[band] + energy[band + 1] + energy[band + 2];
        weights[band] = static_cast<float>(
            std::clamp((usual * a + steadiness) / (usual * usual * e + steadiness), least_weight, most_weight));
    }
    return weights;
}

}  // namespace earmark
