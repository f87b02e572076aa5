#include "dsp/coding/list_viterbi.hpp"

#include "tests/coding/noisy_channel.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <set>

using earmark::codeword_bits;
using earmark::convolve;
using earmark::ListViterbi;

namespace {

using WholeSoftBits = std::array<std::int16_t, codeword_bits>;

constexpr int message_bits = 48;
using Message = std::array<std::uint8_t, message_bits>;

Message listed_message(const ListViterbi& list) {
    Message message{};
    for (std::size_t i = 0; i < message.size(); ++i)
        message[i] = static_cast<std::uint8_t>(list.message_bit(static_cast<int>(i)));
    return message;
}

int correlation_of(const Message& message, const WholeSoftBits& soft_bits) {
    const auto codeword = convolve(message);
    int sum = 0;
    for (std::size_t i = 0; i < soft_bits.size(); ++i) sum += codeword[i] * soft_bits[i];
    return sum;
}

// A codeword far below the noise, so that many other messages correlate nearly as well as the one sent.
struct Scene {
    Message sent{};
    WholeSoftBits soft_bits{};

    explicit Scene(std::uint64_t seed) {
        earmark::test::NoisyChannel channel(seed);
        for (auto& bit : sent) bit = channel.payload(32).bytes()[0] & 1U;
        const auto received = channel.send(convolve(sent), codeword_bits, 3.5);
        for (std::size_t i = 0; i < received.size(); ++i)
            soft_bits[i] = static_cast<std::int16_t>(std::lround(3 * received[i]));
    }
};

}  // namespace

TEST_CASE("listed messages are distinct, in falling order, and correlate as stated") {
    const Scene scene(1);
    ListViterbi list(scene.soft_bits, message_bits, 1, 2000);
    std::set<Message> seen;
    int last = std::numeric_limits<int>::max();
    while (list.next()) {
        const Message message = listed_message(list);
        CHECK(seen.insert(message).second);
        CHECK(list.correlation() <= last);
        CHECK(list.correlation() == correlation_of(message, scene.soft_bits));
        last = list.correlation();
    }
    CHECK(seen.size() == 2000);
}

// Against all messages that differ from the one sent in a span of eight bits or less.
TEST_CASE("no message is passed over") {
    for (std::uint64_t seed = 2; seed < 6; ++seed) {
        const Scene scene(seed);
        ListViterbi list(scene.soft_bits, message_bits, 1, 1000);
        std::set<Message> seen;
        while (list.next()) seen.insert(listed_message(list));
        int above = 0;
        for (std::size_t start = 0; start + 8 <= message_bits; ++start)
            for (unsigned pattern = 1; pattern < 256; ++pattern) {
                Message message = scene.sent;
                for (std::size_t i = 0; i < 8; ++i) message[start + i] ^= static_cast<std::uint8_t>(pattern >> i & 1U);
                if (correlation_of(message, scene.soft_bits) <= list.correlation()) continue;
                ++above;
                CHECK(seen.contains(message));
            }
        CHECK(above > 0);
    }
}

TEST_CASE("the list ends at its length and at the least correlation asked for") {
    const Scene scene(7);
    ListViterbi whole(scene.soft_bits, message_bits, 1, 300);
    int listed = 0, above = 0, tenth = 0;
    while (whole.next())
        if (++listed == 10) tenth = whole.correlation();
    CHECK(listed == 300);
    ListViterbi cut(scene.soft_bits, message_bits, tenth, 300);
    while (cut.next()) {
        CHECK(cut.correlation() >= tenth);
        ++above;
    }
    CHECK(above >= 10);
    ListViterbi none(scene.soft_bits, message_bits, ListViterbi::most_correlation, 300);
    CHECK_FALSE(none.next());
}
