// What a judgement asks of the audio of a stretch. Each answer takes some 0.1 ms; everything else about a judgement is
// quick. So a judgement is a plain function of answers (verdict.hpp), and on the audio path it is run again with every
// answer found, until it asks for no more.
#pragma once

#include "dsp/detect/despreader.hpp"
#include "dsp/detect/statistic.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <variant>

namespace earmark {

// What is searched at once for one key in one channel.
struct Stretch {
    std::span<const SlotEvidence> slots;
    long long first_slot;  // index of slots[0] from the start of the signal
    const Carrier& carrier;
    double log_weight;  // what the stretch, key and channel weigh
    double p_max;
};

struct Question {
    enum class About : std::int32_t {
        weight,      // the bound on the sync chips of the track
        silent_run,  // the slots of the track that speak most against the mark
        payload,     // what the track says
        misfit       // the slots that speak most against `payload`
    };
    About about;
    Track track;
    Payload payload{};
};

struct Answer {
    double log10_p = 0, log_q = 0;     // of the track; of a payload: log10_p of the reading
    std::int16_t from = 0, until = 0;  // of a run, in slots of the track; none: both 0
    bool read = false;
    Payload payload;

    template <class Archive>
    void exchange(Archive& archive) {
        archive(log10_p, log_q, from, until, read, payload);
    }
};

// Who answers: at once, or step by step on the audio path.
class Answers {
  public:
    virtual Answer ask(const Question& question) = 0;
    // An answer is not there yet: those given since mean nothing.
    virtual bool waits() const { return false; }

  protected:
    ~Answers() = default;
};

// Finds one answer in steps of some 2 us, a few of 10 us among them. Real time: nothing allocates. 5 kB.
class Inquiry {
  public:
    // The despreader serves one at a time, from start() until nothing is left to do.
    explicit Inquiry(Despreader& despreader) : despreader_(despreader) {}
    void start(const Question& question) noexcept;
    bool step(const Stretch& stretch) noexcept;  // true while there is more to do
    const Answer& answer() const noexcept { return answer_; }
    std::uint64_t steps() const noexcept { return steps_; }  // since start()
    bool took_long() const noexcept { return took_long_; }   // the last step, 10 us

  private:
    enum class Stage { fold, sync_sums, codeword_sums, runs, reading };
    using SlotSums = std::array<SlotSum, most_track_slots>;

    bool fold_more(const Stretch& stretch) noexcept;
    bool sum_more(const Stretch& stretch) noexcept;
    void weigh_slots(std::span<const SlotSum> sums) noexcept;
    bool look_for_runs() noexcept;
    bool read_more() noexcept;
    void enter(Stage stage) noexcept;

    Despreader& despreader_;
    Question question_{};
    Answer answer_;
    Stage stage_ = Stage::fold;
    std::uint64_t steps_ = 0;
    bool took_long_ = false;
    int place_ = 0;                                               // slots of the track done with in this stage
    double strength_ = 0, least_evidence_ = 0, most_excess_ = 0;  // of runs
    std::variant<Fold, SlotSums> work_;
};

// Every answer when it is asked for.
class AnswersAtOnce : public Answers {
  public:
    AnswersAtOnce(const Stretch& stretch, Despreader& despreader) : stretch_(stretch), inquiry_(despreader) {}
    Answer ask(const Question& question) override;

  private:
    const Stretch& stretch_;
    Inquiry inquiry_;
};

// The bound on the sync chips of a track, at once; allocates nothing.
Answer weigh(const Stretch& stretch, const Track& track);

}  // namespace earmark
