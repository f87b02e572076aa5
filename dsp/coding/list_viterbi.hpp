// The messages of the convolutional code in falling order of their correlation with the soft bits: a Viterbi pass, then
// the tree-trellis search over the deviations from its survivors (Soong & Huang 1991; serial list Viterbi algorithm,
// Seshadri & Sundberg 1994). The order is exact, so the first message whose CRC holds is the best one whose CRC holds.
//
//     ListViterbi list(soft_bits, message_bits, least_correlation, 4096);
//     while (list.next()) { ... list.message_bit(i), list.correlation() ... }
//
// Of the trellis only the choices are kept, a bit a state, 80 kB in all. How close each choice on a listed path was, is
// found by running the trellis again, at once for that path and those that will probably be listed next.
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

    // An idle one: start() before next(). Allocates everything that start() and next() need for lists of `longest`.
    explicit ListViterbi(int longest);
    ListViterbi(SoftBits soft_bits, int message_bits, int least_correlation, int longest);

    // Messages that correlate less than `least_correlation` (> 0) are not listed, nor more than the longest list.
    // soft_bits stay with the caller until the list is done. Real time: no allocation.
    void start(SoftBits soft_bits, int message_bits, int least_correlation) noexcept;

    // Moves to the next message; false when there is none. At most one run through the trellis, 0.1 ms. Real time.
    bool next() noexcept;

    // The same in steps of one section of the trellis, 1 us.
    enum class Progress { working, listed, exhausted };
    Progress step() noexcept;

    int message_bit(int index) const;  // 0 or 1
    int correlation() const { return correlation_; }

  private:
    // Bit (sections - 1 - t) is the message bit of section t, so that the state after section t is a plain bit field.
    using Path = std::array<std::uint64_t, 3>;
    // A path yet to be listed: that of `parent` with its choice at `section` reversed.
    struct Deviation {
        int correlation;
        int order;  // of two with equal correlation the later one comes first
        std::int32_t parent;
        std::int32_t section;
    };
    // The choices of a section: of the states with message bit 0 and 1, sixteen a word.
    static constexpr int choice_words = code_states / 32;
    using Choices = std::array<std::array<std::uint16_t, choice_words>, 2>;
    static constexpr int most_sections = longest_message_bits + code_memory;

    // A path and how close its own choices were: those from section code_memory to `last`.
    struct Margins {
        Path path;
        int last;
        std::array<std::int16_t, most_sections> margin;
    };
    // Foretold paths are told apart by where they leave which parent.
    struct Foretold {
        std::int32_t parent, section;
        Margins margins;
    };

    bool is_last(const Foretold& told) const noexcept {
        return told.parent == last_.parent && told.section == last_.section;
    }
    void start_run() noexcept;
    void run_section() noexcept;
    Progress end_run() noexcept;
    bool foretell() noexcept;
    Progress expand_last() noexcept;
    void open_up(int section) noexcept;
    void close_down(int section) noexcept;
    void choose(int section) noexcept;
    bool chose_upper(int section, int state) const noexcept;
    void note_margin(Margins& wanted, int section) const noexcept;
    void push(int correlation, int section) noexcept;
    Path trace(Path path, int section, bool reverse) const noexcept;
    int state_after(const Path& path, int section) const noexcept;

    Sections sections_{1};
    const std::int16_t* soft_bits_ = nullptr;
    // Correlation of the best path into each state, before and after the current section.
    std::vector<std::int16_t> before_, after_;
    std::vector<std::int16_t> branch_;
    std::vector<Choices> choices_;

    std::vector<Path> listed_;
    std::vector<Deviation> waiting_;  // the best one last
    Deviation last_{};                // how the last listed path came about
    std::vector<Foretold> foretold_;  // their margins are noted while the trellis runs
    int section_ = 0, end_ = 0;       // what is left to run
    int pushed_ = 0;
    int least_ = 1;
    int longest_;
    int correlation_ = 0;
};

}  // namespace earmark
