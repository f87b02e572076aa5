// One channel of one stream: samples -> rows -> slots -> what each key finds. Everything here happens at rows and
// slots, never at the borders of the caller's blocks, so that blocks of any size give the same.
#pragma once

#include "dsp/detect/cells.hpp"
#include "dsp/detect/inquiry.hpp"
#include "dsp/detect/scale_search.hpp"
#include "dsp/detect/screen.hpp"
#include "dsp/detect/slotter.hpp"
#include "dsp/detect/trace.hpp"

#include <earmark/detector.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace earmark {

// What every stream of a plan shares.
struct StreamParts {
    explicit StreamParts(const DetectConfig& config);
    std::unique_ptr<ScaleMemory> scale_memory() const;  // nothing but for Search::full

    DetectConfig config;
    std::shared_ptr<const CellPlan> cells;
    std::vector<KeyParts> keys;
};

// Work that takes long, a stretch to judge or a payload to read, goes on by steps of some 2 us, a few a row: so calls
// that begin together do not need the processor all at once a minute later. Search::full adds its search in one row.
// Real time: push() and reset() allocate nothing.
class Channel {
  public:
    // memory: that of StreamParts::scale_memory(), which may serve all channels that are pushed one after the other.
    explicit Channel(const StreamParts& parts, ScaleMemory* memory = nullptr);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    void reset() noexcept;
    void push(const float* samples, std::size_t count) noexcept { cells_.push(samples, count); }
    void finish();  // the signal has ended: judges what is left

    // The same for rows that are heard elsewhere, in the place of push() and finish(). last: the slot that has not
    // filled, if any; samples: of the signal.
    void take(const HeardRow& row) noexcept;
    void end(const Slot* last, std::int64_t samples);

    bool take_news() noexcept { return std::exchange(news_, false); }
    const std::vector<std::unique_ptr<Trace>>& traces() const noexcept { return traces_; }
    double heard_s() const noexcept { return static_cast<double>(shown_rows_) * hop_s; }
    double active_s() const noexcept { return static_cast<double>(shown_active_rows_) * hop_s; }
    std::int64_t samples() const noexcept { return cells_.samples(); }

    template <class Archive>
    void exchange(Archive& archive);

  private:
    class LoggedAnswers;

    void choose_listeners() noexcept;
    bool take_residuals(const WholeRow& residuals, long long row) noexcept;
    void take_row(const CellRow& row) noexcept;
    void take_slot(const Slot& slot) noexcept;
    void publish() noexcept;
    void read_live(std::size_t key) noexcept;
    void begin_stretch() noexcept;
    void work() noexcept;
    bool read_on() noexcept;
    bool judge_on() noexcept;
    void judge_next() noexcept;
    void ask_again(std::uint64_t steps) noexcept;
    void judge_scales(double log_weight) noexcept;
    template <class With>
    void with_stretch(With with);
    void finish_stretch() noexcept;

    const StreamParts& parts_;
    Cells cells_;
    Slotter slotter_;
    History history_;
    std::vector<std::unique_ptr<Trace>> traces_;
    std::vector<Trace*> listeners_;         // those that want rows
    std::unique_ptr<Screening> screening_;  // with many keys
    std::int64_t rows_ = 0, active_rows_ = 0, shown_rows_ = 0, shown_active_rows_ = 0;
    bool news_ = false;

    Despreader despreader_;
    bool reads_live_ = false;
    std::uint64_t reading_key_ = 0;

    // The stretch being judged, key by key. The judgement of a key is run again with every answer found: those are in
    // the log, in the order they are asked for.
    bool judging_ = false, asked_ = false;
    std::uint64_t judged_key_ = 0;
    long long stretches_ = 0, judged_until_ = 0, stretch_first_ = 0, stretch_end_ = 0, scored_from_ = 0;
    int judging_rows_ = 0;  // since the stretch ended
    int pause_ = 0;         // rows
    std::vector<Answer> log_;
    Inquiry inquiry_{despreader_};
    StretchVerdict verdict_;

    // Of Search::full alone: the rows of the last stretch, and for each key what looks through their scales.
    std::optional<Spectrogram> spectrogram_;
    std::vector<ScaleSearch> scales_;
    ScaleMemory* scale_memory_;
};

using Channels = std::vector<std::unique_ptr<Channel>>;

}  // namespace earmark
