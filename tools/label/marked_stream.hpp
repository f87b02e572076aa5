// From the input's samples to the file's: the cue goes in, then the mark over both.
#pragma once

#include "tools/audio_reader.hpp"
#include "tools/audio_writer.hpp"

#include <earmark/cue.hpp>
#include <earmark/embedder.hpp>

#include <optional>

namespace earmark::tools {

class MarkedStream {
  public:
    MarkedStream(AudioWriter& writer, const AudioFormat& format, const std::optional<InsertConfig>& cue,
                 const std::optional<EmbedConfig>& mark);

    void push(Block& block, std::size_t samples);  // changes the block
    void finish();
    std::optional<EmbedReport> report() const;

  private:
    void mark(Block& block, std::size_t samples);

    AudioWriter& writer_;
    Block cued_;
    std::optional<CueInserter> inserter_;
    std::optional<Embedder> embedder_;
    std::size_t to_drop_ = 0;  // of what the embedder gives first
};

}  // namespace earmark::tools
