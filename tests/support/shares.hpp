// Whether reported p are honest.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace earmark::test {

inline constexpr double alphas[]{0.5, 0.2, 0.1, 0.05, 0.02, 0.01};

// The share of p <= alpha may pass alpha by no more than chance allows: four standard deviations.
inline void check_shares(const std::string& what, const std::vector<double>& log10_ps) {
    const double n = double(log10_ps.size());
    for (const double alpha : alphas) {
        const auto hits =
            std::count_if(log10_ps.begin(), log10_ps.end(), [&](double p) { return p <= std::log10(alpha); });
        CAPTURE(what);
        CAPTURE(alpha);
        CHECK(double(hits) <= alpha * n + 4 * std::sqrt(alpha * (1 - alpha) * n) + 1);
    }
}

}  // namespace earmark::test
