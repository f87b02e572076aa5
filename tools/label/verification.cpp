#include "tools/label/verification.hpp"

#include "tools/text.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace earmark::tools {

namespace {

constexpr double close_s = 0.05;    // of a rhythm to its place
constexpr double slack_s = 0.06;    // by which a codec may have moved a spoken cue
constexpr double compared_s = 0.5;  // the loudest piece of the words
constexpr double least_likeness =
    0.5;  // of the words to themselves behind mark and codec; other speech stays under 0.2

// Keeps what was heard where a spoken cue was put, and a little more on both sides.
class Excerpts {
  public:
    Excerpts(const CuePlan& plan, int sample_rate_hz)
        : plan_(plan), slack_(static_cast<std::uint64_t>(slack_s * sample_rate_hz)), heard_(plan.spans.size()) {}

    void push(const float* samples, std::size_t count) {
        for (std::size_t i = 0; i < heard_.size(); ++i) {
            const std::uint64_t begin = plan_.spans[i].begin - std::min(plan_.spans[i].begin, slack_);
            const std::uint64_t from = std::max(begin, position_);
            const std::uint64_t to = std::min(plan_.spans[i].end + slack_, position_ + count);
            if (from < to) heard_[i].insert(heard_[i].end(), samples + (from - position_), samples + (to - position_));
        }
        position_ += count;
    }

    std::vector<double> likeness() const {
        const std::vector<float>& cue = plan_.insert.cue.channels[0];
        const std::size_t length =
            std::min(cue.size(), static_cast<std::size_t>(compared_s * plan_.insert.cue.sample_rate_hz));
        const std::size_t from = loudest(cue, length);
        std::vector<double> all;
        for (const std::vector<float>& heard : heard_) {
            all.push_back(best(heard, std::span(cue).subspan(from, length), from, 2 * slack_));
        }
        return all;
    }

  private:
    static std::size_t loudest(const std::vector<float>& cue, std::size_t length) {
        double energy = 0, most = -1;
        std::size_t place = 0;
        for (std::size_t end = 0; end < cue.size(); ++end) {
            energy += static_cast<double>(cue[end]) * cue[end];
            if (end >= length) energy -= static_cast<double>(cue[end - length]) * cue[end - length];
            if (end + 1 < length || energy <= most) continue;
            most = energy;
            place = end + 1 - length;
        }
        return place;
    }

    // Largest normalised correlation of the piece with what was heard, over shifts [first, first + shifts].
    static double best(const std::vector<float>& heard, std::span<const float> cue, std::size_t first,
                       std::size_t shifts) {
        double most = 0, cue_energy = 0;
        for (const float x : cue) cue_energy += static_cast<double>(x) * x;
        for (std::size_t shift = first; shift <= first + shifts && shift + cue.size() <= heard.size(); ++shift) {
            double product = 0, energy = 0;
            for (std::size_t i = 0; i < cue.size(); ++i) {
                product += static_cast<double>(cue[i]) * heard[shift + i];
                energy += static_cast<double>(heard[shift + i]) * heard[shift + i];
            }
            if (energy > 0) most = std::max(most, product / std::sqrt(energy * cue_energy));
        }
        return most;
    }

    const CuePlan& plan_;
    std::uint64_t slack_, position_ = 0;
    std::vector<std::vector<float>> heard_;
};

DetectConfig detection_of(const LabelRequest& request, const AudioFormat& format) {
    DetectConfig config;
    config.keys = {{request.key, Key::load(request.key)}};
    config.sample_rate_hz = format.sample_rate_hz;
    config.channels = format.channels;
    return config;
}

std::string unmet_mark(const Detection& found, const std::string& payload) {
    if (!found.marked) {
        return "the mark is not found again (" +
               (found.reason.empty() ? "p = 10^" + fixed(found.log10_p, 1) : found.reason) + ")";
    }
    if (!found.payload) return "the payload cannot be read again (p of the mark = 10^" + fixed(found.log10_p, 1) + ")";
    if (*found.payload == Payload::from_hex(payload)) return "";
    return "another payload is read, " + found.payload->hex();
}

std::string unmet_cue(const Verification& found, const CuePlan& plan, bool spoken, int rate) {
    for (std::size_t i = 0; i < plan.spans.size(); ++i) {
        const double start_s = static_cast<double>(plan.spans[i].begin) / rate;
        const bool there =
            spoken ? found.likeness[i] >= least_likeness
                   : std::any_of(found.rhythms.begin(), found.rhythms.end(), [&](const RhythmFound& rhythm) {
                         return std::abs(rhythm.start_s - start_s) < close_s;
                     });
        if (!there) return "the cue at " + fixed(start_s, 2) + " s is not found again";
    }
    return "";
}

}  // namespace

Verification verify(const std::string& path, const LabelRequest& request, const std::optional<CuePlan>& cue) {
    AudioReader reader(path, std::nullopt);
    const AudioFormat& format = reader.format();
    Verification found;
    std::optional<Detector> detector;
    std::optional<RhythmDetector> rhythm;
    std::optional<Excerpts> excerpts;
    if (request.mark_asked()) detector.emplace(detection_of(request, format));
    if (cue && request.cue.kind == "rhythm") rhythm.emplace(format.sample_rate_hz, format.channels);
    if (cue && request.cue.kind == "spoken") excerpts.emplace(*cue, format.sample_rate_hz);
    Block block(format.channels, reader.block_samples());
    while (const std::size_t got = reader.read(block)) {
        if (detector) detector->push(block.channels(), got);
        if (rhythm) rhythm->push(block.channels(), got);
        if (excerpts) excerpts->push(block.channels()[0], got);
    }
    if (detector) found.mark = detector->finish();
    if (rhythm) found.rhythms = rhythm->finish();
    if (excerpts) found.likeness = excerpts->likeness();
    return found;
}

std::string unmet(const Verification& found, const LabelRequest& request, const std::optional<CuePlan>& cue,
                  int sample_rate_hz) {
    const std::string fault = cue ? unmet_cue(found, *cue, request.cue.kind == "spoken", sample_rate_hz) : "";
    if (!fault.empty() || !found.mark) return fault;
    return unmet_mark(*found.mark, request.payload);
}

}  // namespace earmark::tools
