// From the fold of a track to the payload.
#pragma once

#include "dsp/coding/codeword.hpp"
#include "dsp/detect/statistic.hpp"

#include <earmark/payload.hpp>

#include <optional>

namespace earmark {

struct Reading {
    Payload payload;
    double log10_p;  // bound on reading any payload from audio that carries none
};

// Soft bits -> decoder -> the codeword's own statistic, tested against p_max. Every payload of every format counts as a
// hypothesis (weight 1/3 for the format, 2^-bits for the payload), so that no list or checksum is trusted.
// log_q: weight of the reading. Nothing for a carrier without payload signs.
std::optional<Reading> read_payload(const Fold& fold, const Carrier& carrier, double log_q, double p_max);

// The same in steps of some 1 us, a few of 10 us among them. Real time: start() and step() allocate nothing.
class Despreader {
  public:
    void start(const Fold& fold, const Carrier& carrier, double log_q, double p_max) noexcept;
    bool step() noexcept;                                   // true while there is more to do
    bool took_long() const noexcept { return took_long_; }  // the last step, 10 us
    bool busy() const noexcept { return busy_; }
    int steps() const noexcept { return steps_; }  // since start()
    const std::optional<Reading>& reading() const noexcept { return best_; }

    // What was begun is done again: soft bits and the number of steps say all.
    template <class Archive>
    void exchange(Archive& archive) {
        archive(soft_, log_q_, p_max_, busy_, steps_);
        if (Archive::restores && busy_) repeat(steps_);
    }

  private:
    using SoftBits = std::array<SignLevel, codeword_bits>;
    void start_format() noexcept;
    void take(const Payload& payload) noexcept;
    void repeat(int steps) noexcept;

    CodewordDecoder decoder_;
    SoftBits soft_{};
    double log_q_ = 0, p_max_ = 1, log_weight_ = 0;
    int format_ = 0, steps_ = 0;
    bool busy_ = false, decoding_ = false, took_long_ = false;
    std::optional<Reading> best_;
};

}  // namespace earmark
