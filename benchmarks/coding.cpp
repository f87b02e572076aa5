// The code of dsp/coding against the finite-blocklength bound: block error rate, undetected errors and decode time over
// Eb/N0, for each payload format and for half and three quarters of the code bits erased; then attempts on noise alone.
#include "benchmarks/normal_approximation.hpp"
#include "dsp/coding/codeword.hpp"
#include "dsp/coding/convolutional.hpp"
#include "dsp/detect/statistic.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <numbers>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace {

using earmark::codeword_bits;
using Clock = std::chrono::steady_clock;
using SoftBits = std::array<float, codeword_bits>;

struct Options {
    int trials = 2000;
    unsigned seed = 1;
    std::string json_path;
};

struct Point {
    double eb_n0_db = 0;
    int trials = 0;
    int errors = 0;      // nothing or a wrong payload returned
    int undetected = 0;  // of these, a wrong payload
    // The same where a payload is refused unless the union bound over all payloads of all formats falls to one in a
    // million, as the detector has it; and how many codewords reached that and failed the CRC. One in 2^16 of such
    // would have passed it by chance.
    int errors_bound = 0, undetected_bound = 0;
    long long refused = 0;
    double mean_us = 0;
    double worst_us = 0;

    double block_error() const { return static_cast<double>(errors) / trials; }
    double chance_of_wrong() const { return static_cast<double>(refused) / 65536 / trials; }
};

// What z must reach for that bound; infinity where nothing does.
double least_statistic(int payload_bits, const SoftBits& soft_bits) {
    std::array<earmark::SignLevel, earmark::codeword_bits> levels;
    earmark::to_levels(soft_bits, levels.data());
    const earmark::SignTail tail(levels);
    return tail.least_sum(payload_bits * std::numbers::ln2 + std::log(3.0) + std::log(1e6)) / tail.root_energy();
}

class Trials {
  public:
    Trials(int payload_bits, int heard_bits, unsigned seed)
        : payload_bits_(payload_bits), heard_bits_(heard_bits), random_(seed) {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
    }

    Point run(double eb_n0_db, int trials) {
        Point point{.eb_n0_db = eb_n0_db, .trials = trials};
        const double es_n0 = std::pow(10.0, eb_n0_db / 10) * payload_bits_ / heard_bits_;
        for (int trial = 0; trial < trials; ++trial) {
            const earmark::Payload payload = random_payload();
            const SoftBits soft_bits = send(earmark::encode(payload), 1, std::sqrt(1 / (2 * es_n0)));
            const auto decoded = timed_decode(soft_bits, 0, point);
            point.errors += decoded != payload;
            point.undetected += decoded && *decoded != payload;
            decoder_.start(soft_bits, payload_bits_, least_statistic(payload_bits_, soft_bits));
            while (decoder_.step()) continue;
            point.errors_bound += decoder_.payload() != payload;
            point.undetected_bound += decoder_.payload() && *decoder_.payload() != payload;
            point.refused += decoder_.refused();
        }
        point.mean_us /= trials;
        return point;
    }

    // Soft bits of noise alone: what comes back is undetected error.
    Point run_on_noise(bool bounded, int trials) {
        Point point{.trials = trials};
        for (int trial = 0; trial < trials; ++trial) {
            const SoftBits noise = send({}, 0, 1);
            const double least = bounded ? least_statistic(payload_bits_, noise) : 0;
            point.undetected += timed_decode(noise, least, point).has_value();
        }
        point.mean_us /= trials;
        return point;
    }

  private:
    earmark::Payload random_payload() {
        std::array<std::uint8_t, 16> bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_() >> 56);
        return earmark::Payload::from_bytes({bytes.data(), static_cast<std::size_t>(payload_bits_) / 8});
    }

    // All but a random `heard_bits_` of the soft bits are erased.
    SoftBits send(const earmark::Codeword& codeword, double amplitude, double deviation) {
        std::shuffle(order_.begin(), order_.end(), random_);
        SoftBits soft_bits{};
        for (std::size_t i = 0; i < static_cast<std::size_t>(heard_bits_); ++i)
            soft_bits[order_[i]] = static_cast<float>(amplitude * codeword[order_[i]] + deviation * normal_(random_));
        return soft_bits;
    }

    std::optional<earmark::Payload> timed_decode(const SoftBits& soft_bits, double least, Point& point) const {
        const auto start = Clock::now();
        auto decoded = earmark::decode(soft_bits, payload_bits_, least);
        const double us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
        point.mean_us += us;
        point.worst_us = std::max(point.worst_us, us);
        return decoded;
    }

    int payload_bits_;
    int heard_bits_;
    std::mt19937_64 random_;
    std::normal_distribution<double> normal_;
    std::array<std::size_t, codeword_bits> order_{};
    earmark::CodewordDecoder decoder_;
};

// Where log block error, taken as straight between the points, crosses `block_error`.
std::optional<double> crossing_db(const std::vector<Point>& points, double block_error) {
    for (std::size_t i = 1; i < points.size(); ++i) {
        const double above = points[i - 1].block_error(), below = points[i].block_error();
        if (above < block_error || below > block_error || below == 0) continue;
        const double part = above == below ? 0 : std::log(above / block_error) / std::log(above / below);
        return points[i - 1].eb_n0_db + part * (points[i].eb_n0_db - points[i - 1].eb_n0_db);
    }
    return std::nullopt;
}

nlohmann::json to_json(const Point& point) {
    return {{"eb_n0_db", point.eb_n0_db},
            {"trials", point.trials},
            {"errors", point.errors},
            {"undetected", point.undetected},
            {"errors_bound", point.errors_bound},
            {"undetected_bound", point.undetected_bound},
            {"chance_of_wrong", point.chance_of_wrong()},
            {"decode_mean_us", point.mean_us},
            {"decode_worst_us", point.worst_us}};
}

nlohmann::json measure(int payload_bits, int heard_bits, const Options& options) {
    Trials trials(payload_bits, heard_bits, options.seed);
    const double bound_db = normal_approximation_eb_n0_db(payload_bits, heard_bits, 1e-2);
    std::vector<Point> points;
    nlohmann::json rows = nlohmann::json::array();
    for (const double above_db : {-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5}) {
        points.push_back(trials.run(bound_db + above_db, options.trials));
        const Point& point = points.back();
        const double best = normal_approximation_block_error(payload_bits, heard_bits, point.eb_n0_db);
        std::printf("%5d %5d %7.2f %9.5f %9.5f %6d %6d %9.5f %6d %8.1e %8.0f %8.0f\n", payload_bits, heard_bits,
                    point.eb_n0_db, best, point.block_error(), point.errors, point.undetected,
                    static_cast<double>(point.errors_bound) / point.trials, point.undetected_bound,
                    point.chance_of_wrong(), point.mean_us, point.worst_us);
        rows.push_back(to_json(point));
        rows.back()["bound_block_error"] = best;
    }
    const auto reached_db = crossing_db(points, 1e-2);
    if (reached_db)
        std::printf("            block error 1e-2 at %.2f dB, bound %.2f dB, gap %.2f dB\n", *reached_db, bound_db,
                    *reached_db - bound_db);
    else
        std::printf("            block error 1e-2 not crossed, bound %.2f dB\n", bound_db);
    std::fflush(stdout);
    nlohmann::json result{
        {"payload_bits", payload_bits}, {"heard_bits", heard_bits}, {"bound_db", bound_db}, {"points", rows}};
    if (reached_db) result["reached_db"] = *reached_db;
    return result;
}

nlohmann::json measure_noise(int payload_bits, const Options& options) {
    nlohmann::json rows = nlohmann::json::array();
    for (const bool bounded : {false, true}) {
        const Point point = Trials(payload_bits, codeword_bits, options.seed).run_on_noise(bounded, options.trials);
        std::printf("%5d %8s %9d %8.0f %8.0f\n", payload_bits, bounded ? "1e-6" : "none", point.undetected,
                    point.mean_us, point.worst_us);
        rows.push_back({{"payload_bits", payload_bits},
                        {"bounded", bounded},
                        {"trials", point.trials},
                        {"returned", point.undetected},
                        {"decode_mean_us", point.mean_us},
                        {"decode_worst_us", point.worst_us}});
    }
    return rows;
}

void print_conditions(const Options& options) {
    std::printf(
        "Terminated convolutional code of memory %d with CRC-16, list of %d; one packet of %d code bits, +-1 in white\n"
        "Gaussian noise, Eb per payload bit over the n code bits heard, the others erased at random per trial.\n"
        "%d trials a point, seed %u. bound: normal approximation (Polyanskiy, Poor & Verdu 2010). wrong: of the "
        "errors,\n"
        "a wrong payload returned. refused: errors where a payload must reach a union bound over all payloads of 1e-6, "
        "as\n"
        "the detector has it; of these a wrong one returned, and the chance of that a trial, by the codewords that "
        "reached\n"
        "the bound and failed the CRC. Times: wall clock, this thread.\n\n",
        earmark::code_memory, earmark::most_candidates, codeword_bits, options.trials, options.seed);
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Block error rate of the payload code against the finite-blocklength bound");
    app.add_option("--trials", options.trials, "codewords per point")->check(CLI::PositiveNumber);
    app.add_option("--seed", options.seed, "of payloads, erasures and noise");
    app.add_option("--json", options.json_path, "also write the figures to this file");
    CLI11_PARSE(app, argc, argv);

    print_conditions(options);
    nlohmann::json report{{"trials", options.trials}, {"seed", options.seed}};
    std::printf("    K     n   Eb/N0     bound     error errors  wrong   refused  wrong   chance  mean us worst us\n");
    for (const int payload_bits : earmark::Payload::formats_bits)
        for (const int heard_bits : {992, 496, 248})
            report["codes"].push_back(measure(payload_bits, heard_bits, options));
    std::printf("\nNoise alone, n = 992:\n    K    bound  returned  mean us worst us\n");
    for (const int payload_bits : earmark::Payload::formats_bits)
        report["noise"].push_back(measure_noise(payload_bits, options));
    if (!options.json_path.empty()) std::ofstream(options.json_path) << report.dump(2) << '\n';
}
