// The verdict on a signal: of all that its channels have found, what is surest.
#pragma once

#include "dsp/detect/channel.hpp"

#include <earmark/detector.hpp>

namespace earmark {

Detection detection_of(const Channels& channels, double duration_s);

}  // namespace earmark
