#include "dsp/carrier/keyed_stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

using earmark::Key;
using earmark::KeyedStream;

namespace {

Key numbered_key(int number) {
    std::array<std::uint8_t, earmark::key_bytes> master{};
    for (std::size_t i = 0; i < master.size(); ++i) master[i] = static_cast<std::uint8_t>(i);
    master[0] = static_cast<std::uint8_t>(number);
    master[1] = static_cast<std::uint8_t>(number >> 8 ^ 1);
    return Key::from_bytes(master);
}

const Key key = numbered_key(0);  // master 00 01 02 .. 1f, as in reference.py

std::string hex(KeyedStream& stream, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
        const std::uint8_t byte = stream.byte();
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

}  // namespace

// Values from reference.py, which derives the stream key with Python's hashlib and has its own ChaCha20.
TEST_CASE("keyed stream: known answers") {
    SUBCASE("bytes, across the end of a block of 64") {
        KeyedStream stream(key.sync(), "test");
        CHECK(hex(stream, 72) ==
              "1eab852bcbe9c3f3f94db7dfcfe121742d3c57152b6a2b4783a6860ed6be2e543c800a5e790a99a347e443340916e52f"
              "1793081245591e1927ace637d70bc19061e041bc2ae19b5a");
    }
    SUBCASE("numbers are little-endian") {
        KeyedStream stream(key.sync(), "test");
        CHECK(stream.uint32() == 0x2b85ab1eU);
        CHECK(stream.uint32() == 0xf3c3e9cbU);
    }
    SUBCASE("below, with next to no rejection and with a quarter rejected") {
        KeyedStream stream(key.sync(), "test");
        for (const std::uint32_t expected : {382U, 859U, 217U, 551U, 573U, 563U}) CHECK(stream.below(1000) == expected);
        for (const std::uint32_t expected :
             {1412349654U, 1577746492U, 2744715897U, 2428570583U, 3158433889U, 1520165162U})
            CHECK(stream.below(3U << 30) == expected);
    }
    SUBCASE("shuffle") {
        KeyedStream stream(key.sync(), "test");
        std::vector<int> order(16);
        std::iota(order.begin(), order.end(), 0);
        stream.shuffle(std::span(order));
        CHECK(order == std::vector<int>{7, 11, 6, 8, 2, 1, 0, 15, 10, 13, 12, 9, 3, 5, 4, 14});
    }
}

TEST_CASE("keyed stream: bits are those of the bytes, lowest first, and leave whole bytes to other numbers") {
    KeyedStream bytes(key.sync(), "test"), bits(key.sync(), "test");
    for (int i = 0; i < 200; ++i) {
        std::uint8_t collected = 0;
        for (int bit = 0; bit < 8; ++bit) collected = static_cast<std::uint8_t>(collected | bits.bit() << bit);
        CHECK(collected == bytes.byte());
    }
    KeyedStream mixed(key.sync(), "test");
    CHECK_FALSE(mixed.bit());              // lowest bit of 0x1e
    CHECK(mixed.byte() == 0xab);           // the next whole byte
    CHECK(mixed.bit());                    // second bit of 0x1e
    CHECK(mixed.uint32() == 0xe9cb2b85U);  // 85 2b cb e9
}

TEST_CASE("keyed stream: name and subkey both matter, the same pair repeats") {
    const auto first_bytes = [](const earmark::Secret& subkey, const char* name) {
        KeyedStream stream(subkey, name);
        return hex(stream, 32);
    };
    CHECK(first_bytes(key.sync(), "test") == first_bytes(key.sync(), "test"));
    CHECK(first_bytes(key.sync(), "test") != first_bytes(key.sync(), "tesu"));
    CHECK(first_bytes(key.sync(), "test") != first_bytes(key.sync(), ""));
    CHECK(first_bytes(key.sync(), "test") != first_bytes(key.payload(), "test"));
    CHECK(first_bytes(key.sync(), "test") != first_bytes(numbered_key(1).sync(), "test"));
}

TEST_CASE("keyed stream: below keeps its range and reads nothing when there is no choice") {
    KeyedStream stream(key.sync(), "range");
    CHECK(stream.below(0) == 0);
    CHECK(stream.below(1) == 0);
    KeyedStream fresh(key.sync(), "range");
    CHECK(stream.uint32() == fresh.uint32());
    for (const std::uint32_t n : {2U, 3U, 7U, 992U, 1U << 31, (1U << 31) + 1, 0xffffffffU})
        for (int i = 0; i < 200; ++i) REQUIRE(stream.below(n) < n);
}

// Chi-squared of uniform counts; with k cells it has mean k - 1 and standard deviation sqrt(2 (k - 1)). The limit of
// six standard deviations is for a fixed stream: the figure does not change from run to run.
TEST_CASE("keyed stream: below and shuffle are uniform") {
    const auto chi_squared = [](const std::vector<int>& counts) {
        const double expected = std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
        double sum = 0;
        for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
        return sum;
    };
    const auto limit = [](double cells) { return cells - 1 + 6 * std::sqrt(2 * (cells - 1)); };

    KeyedStream stream(key.sync(), "uniform");
    std::vector<int> remainders(7);
    for (int i = 0; i < 70000; ++i) ++remainders[stream.below(7)];
    CHECK(chi_squared(remainders) < limit(7));

    std::vector<int> thirds(3);  // of 3 * 2^30, where a plain remainder would favour the first third two to one
    for (int i = 0; i < 30000; ++i) ++thirds[stream.below(3U << 30) >> 30];
    CHECK(chi_squared(thirds) < limit(3));

    std::vector<int> orders(24);  // all orders of four
    for (int i = 0; i < 48000; ++i) {
        std::array<int, 4> items{0, 1, 2, 3};
        stream.shuffle(std::span(items));
        std::size_t index = 0;
        for (std::size_t a = 0; a < 4; ++a)
            index = index * (4 - a) +
                    static_cast<std::size_t>(std::count_if(items.begin() + static_cast<std::ptrdiff_t>(a) + 1,
                                                           items.end(), [&](int later) { return later < items[a]; }));
        ++orders[index];
    }
    CHECK(chi_squared(orders) < limit(24));
}
