#include "benchmarks/false_alarms/tally.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace earmark::benchmark {
namespace {

constexpr double all_confidence = 0.95, kind_confidence = 0.999;

// P(X <= count) of a binomial, term by term in logs.
double binomial_at_most(std::uint64_t count, std::uint64_t n, double p) {
    if (p <= 0) return 1;
    if (p >= 1) return count >= n ? 1 : 0;
    const auto dn = static_cast<double>(n);
    double log_term = dn * std::log1p(-p), sum = std::exp(log_term);
    for (std::uint64_t k = 1; k <= count; ++k) {
        const auto dk = static_cast<double>(k);
        log_term += std::log((dn - dk + 1) / dk) + std::log(p) - std::log1p(-p);
        sum += std::exp(log_term);
    }
    return std::min(sum, 1.0);
}

// The p at which a falling probability(p) passes `level`.
template <class Probability>
double solve(const Probability& probability, double level) {
    double low = 0, high = 1;
    for (int step = 0; step < 60; ++step) {
        const double middle = (low + high) / 2;
        (probability(middle) > level ? low : high) = middle;
    }
    return high;
}

template <class... Values>
std::string line(const char* format, Values... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

nlohmann::json record(const Tally& tally, double confidence) {
    nlohmann::json rows = nlohmann::json::array();
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
        const auto count = tally.at_or_below[t];
        rows.push_back({{"p", thresholds[t]},
                        {"count", count},
                        {"rate", tally.trials ? static_cast<double>(count) / static_cast<double>(tally.trials) : 0},
                        {"upper_95", upper_limit(count, tally.trials, 0.95)},
                        {"breach", tally.breach(t, confidence)}});
    }
    return {{"name", tally.name},
            {"trials", tally.trials},
            {"keys", tally.keys},
            {"hours", tally.audio_s / 3600},
            {"key_hours", tally.key_s / 3600},
            {"payloads", tally.payloads},
            {"least_log10_p", tally.least_log10_p},
            {"thresholds", rows}};
}

}  // namespace

double upper_limit(std::uint64_t count, std::uint64_t n, double confidence) {
    if (count >= n) return 1;
    return solve([&](double p) { return binomial_at_most(count, n, p); }, 1 - confidence);
}

double lower_limit(std::uint64_t count, std::uint64_t n, double confidence) {
    if (count == 0) return 0;
    return solve([&](double p) { return binomial_at_most(count - 1, n, p); }, confidence);
}

void Tally::add(double seconds, std::uint64_t keys_tried, double log10_p, bool has_payload) {
    ++trials;
    keys += keys_tried;
    payloads += has_payload;
    audio_s += seconds;
    key_s += seconds * static_cast<double>(keys_tried);
    least_log10_p = std::min(least_log10_p, log10_p);
    for (std::size_t t = 0; t < thresholds.size(); ++t) at_or_below[t] += log10_p <= std::log10(thresholds[t]);
}

void Tally::add(const Tally& other) {
    trials += other.trials;
    keys += other.keys;
    payloads += other.payloads;
    audio_s += other.audio_s;
    key_s += other.key_s;
    least_log10_p = std::min(least_log10_p, other.least_log10_p);
    for (std::size_t t = 0; t < thresholds.size(); ++t) at_or_below[t] += other.at_or_below[t];
}

bool Tally::breach(std::size_t threshold, double confidence) const {
    return lower_limit(at_or_below[threshold], trials, confidence) > thresholds[threshold];
}

bool any_breach(const std::vector<Tally>& kinds, const Tally& all) {
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
        if (all.breach(t, all_confidence)) return true;
        for (const Tally& kind : kinds)
            if (kind.breach(t, kind_confidence)) return true;
    }
    return false;
}

std::string table(const std::vector<Tally>& kinds, const Tally& all) {
    std::string text = line("%-24s %8s %9s %10s %8s %6s", "kind", "trials", "hours", "key-hours", "least p", "read");
    for (const double p : thresholds) text += line(" %7.0e", p);
    text += '\n';
    auto rows = kinds;
    rows.push_back(all);
    for (const Tally& row : rows) {
        text += line("%-24s %8llu %9.2f %10.1f %8.1e %6llu", row.name.c_str(),
                     static_cast<unsigned long long>(row.trials), row.audio_s / 3600, row.key_s / 3600,
                     std::pow(10, row.least_log10_p), static_cast<unsigned long long>(row.payloads));
        for (std::size_t t = 0; t < thresholds.size(); ++t)
            text += line(" %6llu%c", static_cast<unsigned long long>(row.at_or_below[t]),
                         row.breach(t, &row == &rows.back() ? all_confidence : kind_confidence) ? '!' : ' ');
        text += '\n';
    }
    text += line("\n%-10s %9s %12s %14s  %s\n", "bound", "observed", "rate", "upper 95 %", "verdict");
    for (std::size_t t = 0; t < thresholds.size(); ++t)
        text += line(
            "%-10.0e %9llu %12.2e %14.2e  %s\n", thresholds[t], static_cast<unsigned long long>(all.at_or_below[t]),
            static_cast<double>(all.at_or_below[t]) / static_cast<double>(std::max<std::uint64_t>(all.trials, 1)),
            upper_limit(all.at_or_below[t], all.trials, 0.95), all.breach(t, all_confidence) ? "BREACH" : "ok");
    return text;
}

std::string json(const Run& run, const std::vector<Tally>& kinds, const Tally& all) {
    nlohmann::json out{{"seed", run.seed},
                       {"keys", run.keys},
                       {"passes", run.passes},
                       {"synthetic_hours", run.synthetic_hours},
                       {"all", record(all, all_confidence)},
                       {"kinds", nlohmann::json::array()}};
    for (const Tally& kind : kinds) out["kinds"].push_back(record(kind, kind_confidence));
    return out.dump(1) + "\n";
}

}  // namespace earmark::benchmark
