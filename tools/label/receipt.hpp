// What was asked, what was done, and what was measured, as JSON. It states facts; whether they satisfy a law is for
// its reader to judge.
#pragma once

#include "tools/label/cue_plan.hpp"
#include "tools/label/verification.hpp"
#include "tools/metadata/aigc_label.hpp"

#include <optional>
#include <string>

namespace earmark::tools {

struct Receipt {
    const LabelRequest& request;
    std::string container = {};
    std::uint64_t bytes = 0;
    std::optional<AudioFormat> format = {};  // nothing when the audio was copied, not encoded
    std::uint64_t samples = 0;
    std::optional<CuePlan> cue = {};
    std::optional<EmbedReport> mark = {};
    std::optional<AigcLabel> label = {};
    std::optional<Verification> verification = {};
};

std::string receipt_json(const Receipt& receipt);

}  // namespace earmark::tools
