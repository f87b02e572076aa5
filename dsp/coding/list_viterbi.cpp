#include "dsp/coding/list_viterbi.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace earmark {

namespace {

constexpr int butterfly_count = code_states / 2;
constexpr std::size_t most_foretold = 8;

constexpr int lanes = 8;  // states that the first stages of the transform below fill at once
static_assert(butterfly_count % lanes == 0);

// What each output sends on the branch from lower state j with message bit 0 is (-1)^parity(j & taps). The polynomials
// have both end taps, so the three other branches of the butterfly carry the same sign or its opposite.
constexpr auto taps_of(std::size_t output) {
    return code_polynomials[output] >> 1 & (butterfly_count - 1);
}

// Stages of a transform of Walsh and Hadamard from `stride` on, in place.
template <int stride>
void transform(std::int16_t* values) {
    for (int from = 0; from < butterfly_count; from += 2 * stride)
        for (int i = from; i < from + stride; ++i) {
            const std::int16_t a = values[i], b = values[i + stride];
            values[i] = static_cast<std::int16_t>(a + b);
            values[i + stride] = static_cast<std::int16_t>(a - b);
        }
    if constexpr (2 * stride < butterfly_count) transform<2 * stride>(values);
}

// branch[j]: the correlation of the soft bits of one section with the branch from state j with message bit 0: sum over
// outputs of soft * (-1)^parity(j & taps), which is the transform of the soft bits set down at their taps. A quarter of
// the work of adding up the outputs.
void correlate_branches(std::span<const std::int16_t> soft_bits, std::span<std::int16_t> branch) {
    std::ranges::fill(branch, std::int16_t{0});
    for (std::size_t output = 0; output < soft_bits.size(); ++output) {
        const auto taps = taps_of(output), low = taps % lanes;
        std::int16_t* const to = branch.data() + (taps - low);
        for (unsigned j = 0; j < lanes; ++j)
            to[j] = static_cast<std::int16_t>(
                to[j] + (std::popcount(j & low) % 2 == 0 ? soft_bits[output] : -soft_bits[output]));
    }
    transform<lanes>(branch.data());
}

}  // namespace

ListViterbi::ListViterbi(int longest)
    : before_(code_states), after_(code_states), branch_(butterfly_count), choices_(most_sections), longest_(longest) {
    listed_.reserve(static_cast<std::size_t>(longest));
    waiting_.reserve(static_cast<std::size_t>(longest) + 1);
    foretold_.reserve(most_foretold);
}

ListViterbi::ListViterbi(SoftBits soft_bits, int message_bits, int least_correlation, int longest)
    : ListViterbi(longest) {
    start(soft_bits, message_bits, least_correlation);
}

void ListViterbi::start(SoftBits soft_bits, int message_bits, int least_correlation) noexcept {
    sections_ = {message_bits};
    soft_bits_ = soft_bits.data();
    least_ = least_correlation;
    pushed_ = 0;
    listed_.clear();
    waiting_.clear();
    foretold_.clear();
    start_run();
}

// The margins wanted are those of the choices made before, so the first run wants none.
void ListViterbi::start_run() noexcept {
    section_ = 0;
    end_ = foretold_.empty() ? sections_.count() : 0;
    for (const Foretold& told : foretold_) end_ = std::max(end_, told.margins.last + 1);
    before_[0] = 0;
}

void ListViterbi::run_section() noexcept {
    correlate_branches(
        {soft_bits_ + sections_.first_code_bit(section_), static_cast<std::size_t>(sections_.outputs(section_))},
        branch_);
    for (Foretold& told : foretold_)
        if (section_ >= code_memory && section_ <= told.margins.last) note_margin(told.margins, section_);
    if (section_ < code_memory)
        open_up(section_);
    else if (section_ < sections_.message_bits)
        choose(section_);
    else
        close_down(section_);
    std::swap(before_, after_);
    ++section_;
}

// From state 0 the first sections reach 2, 4, 8 ... states, each by one path only.
void ListViterbi::open_up(int section) noexcept {
    for (std::size_t j = 0; j < std::size_t{1} << section; ++j) {
        after_[2 * j] = static_cast<std::int16_t>(before_[j] + branch_[j]);
        after_[2 * j + 1] = static_cast<std::int16_t>(before_[j] - branch_[j]);
    }
}

// Predecessors j and j + butterfly_count of successors 2j and 2j + 1. Plain 16-bit lanes: compilers vectorise it.
void ListViterbi::choose(int section) noexcept {
    Choices& choices = choices_[static_cast<std::size_t>(section)];
    for (auto& words : choices) words.fill(0);
    for (int k = 0; k < 16; ++k) {
        const auto bit = static_cast<std::int16_t>(1U << k);
        const std::int16_t* const before = before_.data() + k * choice_words;
        const std::int16_t* const branch = branch_.data() + k * choice_words;
        std::int16_t* const after = after_.data() + 2 * k * choice_words;
        std::uint16_t* const zeros = choices[0].data();
        std::uint16_t* const ones = choices[1].data();
        for (int i = 0; i < choice_words; ++i) {
            const std::int16_t lower = before[i];
            const std::int16_t upper = before[i + butterfly_count];
            const auto lower0 = static_cast<std::int16_t>(lower + branch[i]);
            const auto upper0 = static_cast<std::int16_t>(upper - branch[i]);
            const auto lower1 = static_cast<std::int16_t>(lower - branch[i]);
            const auto upper1 = static_cast<std::int16_t>(upper + branch[i]);
            after[2 * i] = std::max(lower0, upper0);
            after[2 * i + 1] = std::max(lower1, upper1);
            zeros[i] = static_cast<std::uint16_t>(zeros[i] | (lower0 < upper0 ? bit : std::int16_t{0}));
            ones[i] = static_cast<std::uint16_t>(ones[i] | (lower1 < upper1 ? bit : std::int16_t{0}));
        }
    }
}

// The closing zeros leave fewer and fewer states: only those whose newest bits are zeros.
void ListViterbi::close_down(int section) noexcept {
    const std::size_t step = std::size_t{1} << (section - sections_.message_bits);
    auto& zeros = choices_[static_cast<std::size_t>(section)][0];
    zeros.fill(0);
    for (std::size_t j = 0; j < butterfly_count; j += step) {
        const auto lower = static_cast<std::int16_t>(before_[j] + branch_[j]);
        const auto upper = static_cast<std::int16_t>(before_[j + butterfly_count] - branch_[j]);
        after_[2 * j] = std::max(lower, upper);
        if (lower < upper)
            zeros[j % choice_words] = static_cast<std::uint16_t>(zeros[j % choice_words] | 1U << (j / choice_words));
    }
}

bool ListViterbi::chose_upper(int section, int state) const noexcept {
    const auto j = static_cast<std::size_t>(state >> 1);
    const Choices& choices = choices_[static_cast<std::size_t>(section)];
    return ((choices[static_cast<std::size_t>(state & 1)][j % choice_words] >> (j / choice_words)) & 1U) != 0;
}

bool ListViterbi::next() noexcept {
    for (;;)
        if (const Progress progress = step(); progress != Progress::working) return progress == Progress::listed;
}

ListViterbi::Progress ListViterbi::step() noexcept {
    if (section_ < end_) {
        run_section();
        return section_ < end_ ? Progress::working : end_run();
    }
    if (listed_.empty() || std::ssize(listed_) == longest_) return Progress::exhausted;
    if (!foretell()) return expand_last();
    start_run();
    return Progress::working;
}

ListViterbi::Progress ListViterbi::end_run() noexcept {
    if (!listed_.empty()) return expand_last();
    correlation_ = before_[0];
    if (correlation_ < least_) return Progress::exhausted;
    last_ = {correlation_, 0, -1, sections_.count()};
    listed_.push_back(trace(Path{}, sections_.count() - 1, false));
    return Progress::listed;
}

// Whether the trellis must run again for the last listed path: then also for those that will probably be listed next.
bool ListViterbi::foretell() noexcept {
    if (std::any_of(foretold_.begin(), foretold_.end(), [this](const Foretold& told) { return is_last(told); }))
        return false;
    foretold_.clear();
    foretold_.push_back({last_.parent, last_.section, {listed_.back(), last_.section - 1, {}}});
    for (auto next = waiting_.rbegin(); next != waiting_.rend() && foretold_.size() < foretold_.capacity(); ++next)
        foretold_.push_back(
            {next->parent,
             next->section,
             {trace(listed_[static_cast<std::size_t>(next->parent)], next->section, true), next->section - 1, {}}});
    return true;
}

// Lets every choice of the last listed path wait to be reversed in its turn, from where it left its parent downwards;
// lists the best that waits.
ListViterbi::Progress ListViterbi::expand_last() noexcept {
    const auto known =
        std::find_if(foretold_.begin(), foretold_.end(), [this](const Foretold& told) { return is_last(told); });
    for (int section = code_memory; section <= known->margins.last; ++section)
        push(correlation_ - known->margins.margin[static_cast<std::size_t>(section)], section);
    if (waiting_.empty()) return Progress::exhausted;
    last_ = waiting_.back();
    waiting_.pop_back();
    correlation_ = last_.correlation;
    listed_.push_back(trace(listed_[static_cast<std::size_t>(last_.parent)], last_.section, true));
    return Progress::listed;
}

// Follows the survivors back from `section`, where the choice of the parent is reversed if told so.
ListViterbi::Path ListViterbi::trace(Path path, int section, bool reverse) const noexcept {
    const int last = sections_.count() - 1;
    int state = state_after(path, section);
    int bit = last - (section - code_memory);
    for (std::size_t word = 0; word < path.size(); ++word) {
        const int kept = std::clamp(bit - 64 * static_cast<int>(word), 0, 64);
        path[word] &= kept == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << kept) - 1;
    }
    for (int at = section; at >= code_memory; --at, ++bit) {
        const bool upper = chose_upper(at, state) != (reverse && at == section);
        path[static_cast<std::size_t>(bit) / 64] |= std::uint64_t{upper} << (bit % 64);
        state = (state >> 1) | (upper ? butterfly_count : 0);
    }
    return path;
}

// Called before the section is run: by how much the path's choice there won.
void ListViterbi::note_margin(Margins& wanted, int section) const noexcept {
    const int state = state_after(wanted.path, section);
    const auto j = static_cast<std::size_t>(state >> 1);
    const int sign = (state & 1) == 0 ? 1 : -1;
    const int difference = before_[j] + sign * branch_[j] - (before_[j + butterfly_count] - sign * branch_[j]);
    wanted.margin[static_cast<std::size_t>(section)] = static_cast<std::int16_t>(std::abs(difference));
}

// A list of at most `longest_` needs no more than what is left of it to wait: the lowest ones beyond are dropped.
void ListViterbi::push(int correlation, int section) noexcept {
    if (correlation < least_) return;
    const Deviation deviation{correlation, pushed_++, static_cast<std::int32_t>(listed_.size()) - 1, section};
    const auto place =
        std::upper_bound(waiting_.begin(), waiting_.end(), deviation, [](const Deviation& a, const Deviation& b) {
            return a.correlation != b.correlation ? a.correlation < b.correlation : a.order < b.order;
        });
    const bool full = std::ssize(waiting_) >= longest_ - std::ssize(listed_);
    if (full && place == waiting_.begin()) return;
    waiting_.insert(place, deviation);
    if (full) waiting_.erase(waiting_.begin());
}

int ListViterbi::state_after(const Path& path, int section) const noexcept {
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
