#include "judge.hpp"

#include "audio_reader.hpp"
#include "progress.hpp"
#include "text.hpp"

#include <earmark/parallel_detector.hpp>

namespace earmark::tools {

namespace {

// Shorter files are done before several threads and their memory have paid.
constexpr double least_shared_s = 300;

int threads_for(const AudioReader& reader, int threads) {
    const auto samples = static_cast<double>(reader.samples().value_or(0));
    return samples >= least_shared_s * reader.format().sample_rate_hz ? threads : 1;
}

}  // namespace

std::vector<NamedKey> load_keys(const std::vector<std::string>& paths) {
    std::vector<NamedKey> keys;
    for (const std::string& path : paths) keys.push_back({path, load_key(path)});
    return keys;
}

DetectPlan DetectPlans::of(int sample_rate_hz, int channels) {
    const std::lock_guard lock(lock_);
    const std::pair which(sample_rate_hz, channels);
    const auto known = plans_.find(which);
    if (known != plans_.end()) return known->second;
    config_.sample_rate_hz = sample_rate_hz;
    config_.channels = channels;
    return plans_.emplace(which, DetectPlan(config_)).first->second;
}

Findings judge(const std::string& file, const std::optional<RawPcm>& raw, DetectPlans& plans, const Manner& manner) {
    AudioReader reader(file, raw);
    const int rate = reader.format().sample_rate_hz, channels = reader.format().channels;
    const DetectPlan plan = plans.of(rate, channels);
    std::optional<Detector> following;
    std::optional<ParallelDetector> detector;
    if (manner.follow)
        following.emplace(plan);
    else
        detector.emplace(plan, threads_for(reader, manner.threads));
    RhythmDetector rhythm(rate, channels);
    const auto step = static_cast<std::size_t>(rate / 50);
    Block block(channels, manner.follow ? step : reader.block_samples());
    Follower follower(manner.follow);
    std::optional<Progress> progress;
    if (manner.shows_progress) progress.emplace(file, reader.samples(), rate);
    while (const std::size_t got = reader.read(block)) {
        if (following) {
            following->push(block.channels(), got);
            if (const auto so_far = following->poll()) follower.take(*so_far);
        } else {
            detector->push(block.channels(), got);
        }
        rhythm.push(block.channels(), got);
        if (progress) progress->at(reader.read_so_far());
    }
    if (!reader.damage().empty()) warn(file + ": " + reader.damage() + "; judged by what is there");
    return {following ? following->finish() : detector->finish(), find_label(file, raw.has_value()), rhythm.finish()};
}

}  // namespace earmark::tools
