// What is behind a DetectPlan.
#pragma once

#include "dsp/detect/channel.hpp"

#include <earmark/detector.hpp>

namespace earmark {

struct DetectPlan::Parts {
    StreamParts stream;
};

}  // namespace earmark
