// The messages of the convolutional code in falling order of their correlation with the soft bits: a Viterbi pass, then
// the tree-trellis search over the deviations from its survivors (Soong & Huang 1991; serial list Viterbi algorithm,
// Seshadri & Sundberg 1994). The order is exact, so the first message whose CRC holds is the best one whose CRC holds.
//
//     ListViterbi list(soft_bits, message_bits, least_correlation, 4096);
//     while (list.next()) { ... list.message_bit(i), list.correlation() ... }
#pragma once

#include "dsp/coding/codeword.hpp"
#include "dsp/coding/convolutional.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace earmark {

class ListViterbi {
  public:
    using SoftBits = std::span<const std::int16_t, codeword_bits>;
    // What the absolute values of the soft bits may sum to, so that differences of correlations fit 16 bits.
    static constexpr int most_correlation = 16000;

    // Messages that correlate less than `least_correlation` (> 0) are not listed, nor more than `longest` (> 0).
    ListViterbi(SoftBits soft_bits, int message_bits, int least_correlation, int longest);

    // Moves to the next message; false when there is none.
    bool next();

    int message_bit(int index) const;  // 0 or 1
    int correlation() const { return correlation_; }

  private:
    // Bit (sections - 1 - t) is the message bit of section t, so that the state after section t is a plain bit field.
    using Path = std::array<std::uint64_t, 3>;
    // A path yet to be listed: that of `parent` with its choice at `section` reversed.
    struct Deviation {
        std::int32_t next;  // in the list of equal correlation
        std::int32_t parent;
        std::int32_t section;
    };

    void run_trellis(SoftBits soft_bits);
    void open_up(int section);
    void close_down(int section);
    void trace(Path path, int section, bool reverse);
    void push(int correlation, int section);
    int state_after(const Path& path, int section) const;
    std::int16_t* row(int section) { return difference_.data() + (section - code_memory) * code_states; }

    Sections sections_;
    // Correlation of the best path into each state, before and after the current section.
    std::vector<std::int16_t> before_, after_;
    // Per section from code_memory on and per state: the path over the lower predecessor minus that over the upper.
    std::vector<std::int16_t> difference_;
    std::vector<std::int16_t> branch_;

    std::vector<Path> listed_;
    // Waiting deviations by correlation: heads of linked lists, and how many each list holds.
    std::vector<std::int32_t> head_, waiting_at_;
    std::vector<Deviation> deviations_;
    int waiting_ = 0;
    int highest_ = 0;
    int least_;
    int longest_;
    int correlation_ = 0;
};

}  // namespace earmark
