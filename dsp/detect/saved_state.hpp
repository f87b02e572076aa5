// The bytes of a saved stream: a readable header that says what it was saved by, and the state, sealed.
#pragma once

#include "dsp/detect/channel.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace earmark {

std::vector<std::byte> save_channels(const StreamParts& parts, const Channels& channels);
// Into channels that are new. Throws Error(input) naming what is wrong.
void restore_channels(const StreamParts& parts, std::span<const std::byte> state, Channels& channels);

}  // namespace earmark
