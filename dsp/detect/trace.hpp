// What one key has found in one channel so far, slot by slot and, until something is found, row by row.
#pragma once

#include "dsp/detect/history.hpp"
#include "dsp/detect/running_fold.hpp"
#include "dsp/detect/screen.hpp"
#include "dsp/detect/sequential.hpp"
#include "dsp/detect/verdict.hpp"

#include <earmark/detector.hpp>

#include <string>
#include <vector>

namespace earmark {

// One key, as every stream uses it. Never changes.
struct KeyParts {
    KeyParts(const NamedKey& named);
    bool reads() const { return reads_payload; }

    std::string name;
    Carrier carrier;
    Correlator correlator;
    bool reads_payload;
};

// log_weight: what key and channel weigh. screened: one of many keys, whose sequential test sleeps (screen.hpp), and
// whose leading track is looked at behind every second slot: those that have the same remainder as `turn`.
struct TraceConfig {
    double log_weight, p_max;
    bool scores, screened;
    int turn = 0;
};

inline constexpr int stretch_slots = 128;  // searched as a whole: 65.5 s, so memory does not grow with the signal

// A mark that is being followed.
struct LiveMark {
    long long first_slot = 0, end_slot = 0;
    double end_s = 0, log10_p = 0;
    bool has_payload = false;
    Payload payload;
    double payload_log10_p = 0;
    int strength = 2;  // which of the assumed ones fits

    Segment segment() const;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(first_slot, end_slot, end_s, log10_p, has_payload, payload, payload_log10_p, strength);
    }
};

// Real time: nothing allocates after construction.
class Trace {
  public:
    Trace(const KeyParts& key, const TraceConfig& config);
    void reset() noexcept;

    // Does it want the rows until the next slot ends?
    bool listens() const noexcept { return awake_ && !following_; }
    // Rows of residuals, as they come. True when a mark was found.
    bool push(const RowBets& bets, long long row) noexcept;
    // The history holds the slot that has just ended. True when a payload is worth a try. screening: of a screened
    // trace.
    bool end_slot(const History& history, const Screening* screening) noexcept;
    // False when there is nothing to read.
    bool start_reading(const History& history, Despreader& despreader) noexcept;
    void take_live_reading(const std::optional<Reading>& reading) noexcept;

    // Of the stretch that ends with the last slot. The tracks are kept until the verdict is taken.
    void collect_tracks(int slots) noexcept { tracker_.collect(slots, tracks_); }
    const TrackList& tracks() const noexcept { return tracks_; }
    void take(const StretchVerdict& verdict, double until_s, long long scored_from) noexcept;
    void end_signal(double heard_s) noexcept;  // before the verdict on the last stretch is taken

    // What the world is shown: what stands at this time, until the next.
    void publish(double heard_s) noexcept;
    double shown_log10_p() const noexcept { return shown_log10_p_; }
    double shown_log_q() const noexcept { return shown_log_q_; }
    double decided_s() const noexcept { return decided_s_; }
    bool ongoing() const noexcept { return following_; }
    void append_segments(std::vector<Segment>& segments) const;  // may allocate
    const std::vector<Score>& scores() const noexcept { return scores_; }
    const KeyParts& key() const noexcept { return *key_; }

    template <class Archive>
    void exchange(Archive& archive) {
        archive(sequential_, awake_, screen_, tracker_, tracks_, following_, live_, tried_slots_, free_from_, ended_,
                judged_, scores_, log10_p_, log_q_, shown_log10_p_, shown_log_q_, decided_s_);
    }

  private:
    struct LiveTrack {
        long long first = 0;  // slot of the signal
        Phases phases;
    };

    void improve(double log10_p, double log_q) noexcept;
    void begin(long long slot, long long end_slot, double end_s, double log10_p) noexcept;
    void listen(const Screening& screening) noexcept;
    void look_for_track(const History& history) noexcept;
    void look_for_leading_track(const History& history) noexcept;
    void look_along(const History& history, int strength, double least_log10_p) noexcept;
    void follow(const History& history) noexcept;
    void stop() noexcept;
    int held_slots() const noexcept;
    double live_log_q(const LiveTrack& track) const noexcept;
    bool last_track(const History& history, int strength, LiveTrack& track) const noexcept;
    SlotSum fold_track(const History& history, const LiveTrack& track) noexcept;
    double track_energy(const History& history, const LiveTrack& track) const noexcept;

    const KeyParts* key_;
    TraceConfig config_;
    SequentialTest sequential_;
    bool awake_ = true;
    std::vector<Screen> screen_;  // of a screened trace: one
    Tracker tracker_;
    TrackList tracks_;

    RunningFold folded_;  // of the last live track looked at

    bool following_ = false;
    LiveMark live_;
    int tried_slots_ = 0;          // length at which a payload was tried last
    long long free_from_ = 0;      // slot from which on a mark is another one
    std::vector<LiveMark> ended_;  // since the last stretch was judged
    std::vector<Segment> judged_;
    std::vector<Score> scores_;
    double log10_p_ = 0, log_q_ = 0, shown_log10_p_ = 0, shown_log_q_ = 0, decided_s_ = 0;
};

}  // namespace earmark
