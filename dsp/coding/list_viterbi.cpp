#include "dsp/coding/list_viterbi.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace earmark {

namespace {

constexpr int butterfly_count = code_states / 2;

using Signs = std::array<std::array<std::int16_t, butterfly_count>, most_outputs>;

// What each output sends on the branch from lower state j with message bit 0. The polynomials have both end taps, so
// the three other branches of the butterfly carry the same sign or its opposite.
const Signs& branch_signs() {
    static const Signs signs = [] {
        Signs table{};
        for (int output = 0; output < most_outputs; ++output)
            for (std::uint32_t j = 0; j < butterfly_count; ++j)
                table[static_cast<std::size_t>(output)][j] =
                    static_cast<std::int16_t>(1 - 2 * code_parity(output, 2 * j));
        return table;
    }();
    return signs;
}

// branch[j]: the correlation of the soft bits of one section with the branch from state j with message bit 0.
void correlate_branches(std::span<const std::int16_t> soft_bits, std::span<std::int16_t> branch) {
    const Signs& signs = branch_signs();
    std::ranges::fill(branch, std::int16_t{0});
    for (std::size_t output = 0; output < soft_bits.size(); ++output) {
        const std::int16_t soft = soft_bits[output];
        const std::int16_t* sign = signs[output].data();
        for (std::size_t j = 0; j < branch.size(); ++j)
            branch[j] = static_cast<std::int16_t>(branch[j] + soft * sign[j]);
    }
}

// Predecessors j and j + butterfly_count of successors 2j and 2j + 1. Plain 16-bit lanes: compilers vectorise it.
void add_compare_select(const std::int16_t* before, const std::int16_t* branch, std::int16_t* after,
                        std::int16_t* difference) {
    for (int j = 0; j < butterfly_count; ++j) {
        const std::int16_t lower = before[j];
        const std::int16_t upper = before[j + butterfly_count];
        const auto lower0 = static_cast<std::int16_t>(lower + branch[j]);
        const auto upper0 = static_cast<std::int16_t>(upper - branch[j]);
        const auto lower1 = static_cast<std::int16_t>(lower - branch[j]);
        const auto upper1 = static_cast<std::int16_t>(upper + branch[j]);
        after[2 * j] = std::max(lower0, upper0);
        after[2 * j + 1] = std::max(lower1, upper1);
        difference[2 * j] = static_cast<std::int16_t>(lower0 - upper0);
        difference[2 * j + 1] = static_cast<std::int16_t>(lower1 - upper1);
    }
}

}  // namespace

ListViterbi::ListViterbi(SoftBits soft_bits, int message_bits, int least_correlation, int longest)
    : sections_{message_bits},
      before_(code_states),
      after_(code_states),
      difference_(static_cast<std::size_t>(message_bits) * code_states),
      branch_(butterfly_count),
      head_(most_correlation + 1, -1),
      waiting_at_(most_correlation + 1, 0),
      least_(least_correlation),
      longest_(longest) {
    listed_.reserve(static_cast<std::size_t>(longest));
    run_trellis(soft_bits);
    highest_ = std::max<int>(before_[0], 0);
    push(before_[0], sections_.count() - 1);
}

void ListViterbi::run_trellis(SoftBits soft_bits) {
    for (int section = 0; section < sections_.count(); ++section) {
        correlate_branches(soft_bits.subspan(static_cast<std::size_t>(sections_.first_code_bit(section)),
                                             static_cast<std::size_t>(sections_.outputs(section))),
                           branch_);
        if (section < code_memory)
            open_up(section);
        else if (section < sections_.message_bits)
            add_compare_select(before_.data(), branch_.data(), after_.data(), row(section));
        else
            close_down(section);
        std::swap(before_, after_);
    }
}

// From state 0 the first sections reach 2, 4, 8 ... states, each by one path only.
void ListViterbi::open_up(int section) {
    for (std::size_t j = 0; j < std::size_t{1} << section; ++j) {
        after_[2 * j] = static_cast<std::int16_t>(before_[j] + branch_[j]);
        after_[2 * j + 1] = static_cast<std::int16_t>(before_[j] - branch_[j]);
    }
}

// The closing zeros leave fewer and fewer states: only those whose newest bits are zeros.
void ListViterbi::close_down(int section) {
    const std::size_t step = std::size_t{1} << (section - sections_.message_bits);
    for (std::size_t j = 0; j < butterfly_count; j += step) {
        const auto lower = static_cast<std::int16_t>(before_[j] + branch_[j]);
        const auto upper = static_cast<std::int16_t>(before_[j + butterfly_count] - branch_[j]);
        after_[2 * j] = std::max(lower, upper);
        row(section)[2 * j] = static_cast<std::int16_t>(lower - upper);
    }
}

bool ListViterbi::next() {
    if (waiting_ == 0 || std::ssize(listed_) == longest_) return false;
    while (head_[static_cast<std::size_t>(highest_)] < 0) --highest_;
    auto& head = head_[static_cast<std::size_t>(highest_)];
    const Deviation deviation = deviations_[static_cast<std::size_t>(head)];
    head = deviation.next;
    --waiting_at_[static_cast<std::size_t>(highest_)];
    --waiting_;
    correlation_ = highest_;
    if (deviation.parent < 0)
        trace(Path{}, deviation.section, false);
    else
        trace(listed_[static_cast<std::size_t>(deviation.parent)], deviation.section, true);
    return true;
}

// Follows the survivors back from `section`, where the choice of the parent is reversed if told so, and lets every
// choice on the way wait to be reversed in its turn.
void ListViterbi::trace(Path path, int section, bool reverse) {
    const int last = sections_.count() - 1;
    int state = state_after(path, section);
    int bit = last - (section - code_memory);
    for (std::size_t word = 0; word < path.size(); ++word) {
        const int kept = std::clamp(bit - 64 * static_cast<int>(word), 0, 64);
        path[word] &= kept == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << kept) - 1;
    }
    for (int at = section; at >= code_memory; --at, ++bit) {
        const int difference = row(at)[state];
        bool upper = difference < 0;
        if (reverse && at == section)
            upper = !upper;
        else
            push(correlation_ - std::abs(difference), at);
        path[static_cast<std::size_t>(bit) / 64] |= std::uint64_t{upper} << (bit % 64);
        state = (state >> 1) | (upper ? butterfly_count : 0);
    }
    listed_.push_back(path);
}

// A list of at most `longest_` needs no more than that many waiting: the lowest ones beyond are dropped, and what
// correlates no better than they did is not taken in any more.
void ListViterbi::push(int correlation, int section) {
    if (correlation < least_) return;
    const auto parent = static_cast<std::int32_t>(listed_.size());
    auto& head = head_[static_cast<std::size_t>(correlation)];
    deviations_.push_back({head, deviations_.empty() ? -1 : parent, section});
    head = static_cast<std::int32_t>(deviations_.size()) - 1;
    ++waiting_at_[static_cast<std::size_t>(correlation)];
    ++waiting_;
    for (auto at = static_cast<std::size_t>(least_); waiting_ - waiting_at_[at] >= longest_ - parent; ++at) {
        waiting_ -= waiting_at_[at];
        waiting_at_[at] = 0;
        head_[at] = -1;
        ++least_;
    }
}

int ListViterbi::state_after(const Path& path, int section) const {
    const int bit = sections_.count() - 1 - section;
    const auto word = static_cast<std::size_t>(bit) / 64;
    std::uint64_t field = path[word] >> (bit % 64);
    if (bit % 64 != 0 && word + 1 < path.size()) field |= path[word + 1] << (64 - bit % 64);
    return static_cast<int>(field & (code_states - 1));
}

int ListViterbi::message_bit(int index) const {
    const int bit = sections_.count() - 1 - index;
    return static_cast<int>((listed_.back()[static_cast<std::size_t>(bit) / 64] >> (bit % 64)) & 1U);
}

}  // namespace earmark
