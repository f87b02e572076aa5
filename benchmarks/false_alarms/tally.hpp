// Verdicts on audio without a mark, counted against the bound that each of them claims.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace earmark::benchmark {

inline constexpr std::array<double, 6> thresholds{1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

// Exact (Clopper and Pearson 1934) one-sided limits of a rate after `count` of `n`, at the given confidence.
double lower_limit(std::uint64_t count, std::uint64_t n, double confidence);
double upper_limit(std::uint64_t count, std::uint64_t n, double confidence);

// One kind of audio, or all of it. A trial is one call with fresh random keys, so trials are independent whatever the
// audio: the chance is in the keys.
struct Tally {
    std::string name;
    std::uint64_t trials = 0, keys = 0, payloads = 0;
    double audio_s = 0, key_s = 0;
    double least_log10_p = 0;
    std::array<std::uint64_t, thresholds.size()> at_or_below{};

    void add(double seconds, std::uint64_t keys_tried, double log10_p, bool has_payload);
    void add(const Tally& other);
    // More verdicts at p or below than the bound allows, beyond chance.
    bool breach(std::size_t threshold, double confidence) const;
};

std::string table(const std::vector<Tally>& kinds, const Tally& all);

// What makes a run repeatable; stands in the JSON.
struct Run {
    std::uint64_t seed = 0;
    int keys = 0, passes = 0;
    double synthetic_hours = 0;
};
std::string json(const Run& run, const std::vector<Tally>& kinds, const Tally& all);

// The bound is judged on everything at 95 %, and on each kind at 99.9 %, because there are many kinds.
bool any_breach(const std::vector<Tally>& kinds, const Tally& all);

}  // namespace earmark::benchmark
