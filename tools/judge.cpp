#include "judge.hpp"

#include "audio_reader.hpp"
#include "progress.hpp"
#include "text.hpp"

#include <earmark/parallel_detector.hpp>

namespace earmark::tools {

std::vector<NamedKey> load_keys(const std::vector<std::string>& paths) {
    std::vector<NamedKey> keys;
    for (const std::string& path : paths) keys.push_back({path, load_key(path)});
    return keys;
}

Findings judge(const std::string& file, const std::optional<RawPcm>& raw, DetectConfig config, const Manner& manner) {
    AudioReader reader(file, raw);
    config.sample_rate_hz = reader.format().sample_rate_hz;
    config.channels = reader.format().channels;
    std::optional<Detector> following;
    std::optional<ParallelDetector> detector;
    if (manner.follow)
        following.emplace(config);
    else
        detector.emplace(config, manner.threads);
    RhythmDetector rhythm(config.sample_rate_hz, config.channels);
    const auto step = static_cast<std::size_t>(config.sample_rate_hz / 50);
    Block block(reader.format().channels, manner.follow ? step : reader.block_samples());
    Follower follower(manner.follow);
    std::optional<Progress> progress;
    if (manner.shows_progress) progress.emplace(file, reader.samples(), reader.format().sample_rate_hz);
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
