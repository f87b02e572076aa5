#include "tools/label/marked_stream.hpp"

#include <algorithm>
#include <vector>

namespace earmark::tools {

namespace {

constexpr std::size_t block_samples = 16384;

}  // namespace

MarkedStream::MarkedStream(AudioWriter& writer, const AudioFormat& format, const std::optional<InsertConfig>& cue,
                           const std::optional<EmbedConfig>& mark)
    : writer_(writer), cued_(format.channels, block_samples) {
    if (cue) inserter_.emplace(*cue);
    if (mark) embedder_.emplace(*mark);
    if (mark) to_drop_ = embedder_->latency_samples();
}

void MarkedStream::mark(Block& block, std::size_t samples) {
    if (!embedder_) return writer_.write(block.channels(), 0, samples);
    embedder_->process(block.channels(), block.channels(), samples);
    const std::size_t dropped = std::min(to_drop_, samples);
    to_drop_ -= dropped;
    if (dropped < samples) writer_.write(block.channels(), dropped, samples);
}

void MarkedStream::push(Block& block, std::size_t samples) {
    if (!inserter_) return mark(block, samples);
    std::vector<const float*> from(block.channels(), block.channels() + cued_.channel_count());
    for (std::size_t done = 0; done < samples;) {
        const CueInserter::Step step =
            inserter_->process(from.data(), samples - done, cued_.channels(), cued_.capacity());
        for (const float*& channel : from) channel += step.taken;
        done += step.taken;
        mark(cued_, step.put);
    }
}

void MarkedStream::finish() {
    while (const std::size_t put = inserter_ ? inserter_->finish(cued_.channels(), cued_.capacity()) : 0) {
        mark(cued_, put);
    }
    if (!embedder_) return;
    Block tail(static_cast<int>(cued_.channel_count()), embedder_->latency_samples());
    embedder_->flush(tail.channels());
    if (to_drop_ < tail.capacity()) writer_.write(tail.channels(), to_drop_, tail.capacity());
}

std::optional<EmbedReport> MarkedStream::report() const {
    return embedder_ ? std::optional(embedder_->report()) : std::nullopt;
}

}  // namespace earmark::tools
