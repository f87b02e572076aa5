// What is found in a file or a pipe: mark, metadata label, audible cue.
#pragma once

#include "findings.hpp"
#include "follower.hpp"
#include "raw_pcm.hpp"

#include <earmark/detector.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace earmark::tools {

std::vector<NamedKey> load_keys(const std::vector<std::string>& paths);  // named by their paths; throws Error(key)

// What the detectors of many files share, made once for each rate and number of channels that the files turn out to
// have: with many keys it takes longer than a short file. For several threads at once.
class DetectPlans {
  public:
    explicit DetectPlans(DetectConfig config) : config_(std::move(config)) {}
    DetectPlan of(int sample_rate_hz, int channels);  // throws Error(usage | input)

  private:
    DetectConfig config_;
    std::mutex lock_;
    std::map<std::pair<int, int>, DetectPlan> plans_;
};

// Throws Error(input); damage that leaves something to judge is a warning. With `follow` the audio is taken in the
// steps of a pipe, and it is told what changes on the way. Many may be judged at once, by a thread each; one may have
// several for itself, where there is no `follow`.
struct Manner {
    bool shows_progress = true;
    int threads = 1;  // for a file of more than 5 minutes; 0 = as many as there are cores
    Follower::Tell follow = {};
};
Findings judge(const std::string& file, const std::optional<RawPcm>& raw, DetectPlans& plans,
               const Manner& manner = {});

}  // namespace earmark::tools
