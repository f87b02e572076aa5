#include <doctest/doctest.h>
#include <earmark/error.hpp>
#include <earmark/ring.hpp>

#include "tests/support/allocations.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <random>
#include <thread>
#include <vector>

using earmark::SampleRing;

namespace {

// Channel c carries position + c / 4: exact in a float up to four million.
struct Block {
    explicit Block(int channels, std::size_t samples) : planes(channels, std::vector<float>(samples)) {
        for (auto& plane : planes) pointers.push_back(plane.data());
    }
    void count_from(std::uint64_t position, std::size_t samples) {
        for (std::size_t c = 0; c < planes.size(); ++c)
            for (std::size_t i = 0; i < samples; ++i)
                planes[c][i] = static_cast<float>(position + i) + 0.25f * static_cast<float>(c);
    }
    bool counts_from(std::uint64_t position, std::size_t samples) const {
        for (std::size_t c = 0; c < planes.size(); ++c)
            for (std::size_t i = 0; i < samples; ++i)
                if (planes[c][i] != static_cast<float>(position + i) + 0.25f * static_cast<float>(c)) return false;
        return true;
    }
    std::vector<std::vector<float>> planes;
    std::vector<float*> pointers;
};

std::size_t below(std::mt19937& random, std::size_t n) {
    return random() % n;
}

}  // namespace

TEST_CASE("ring: first in, first out, whole blocks or nothing, against a plain queue") {
    for (const std::size_t capacity : {1, 2, 7, 64, 1000}) {
        SampleRing ring(2, capacity);
        const std::size_t size = ring.room();
        CHECK(size >= capacity);
        CHECK(ring.available() == 0);
        std::deque<std::uint64_t> model;
        std::mt19937 random(1);
        Block block(2, 2 * size + 2);
        std::uint64_t next = 0;
        for (int step = 0; step < 3000; ++step) {
            const std::size_t count = below(random, size + 2);
            if (step % 3 != 0) {
                block.count_from(next, count);
                const bool fits = model.size() + count <= size;
                REQUIRE(ring.write(block.pointers.data(), count) == fits);
                for (std::size_t i = 0; fits && i < count; ++i) model.push_back(next++);
            } else {
                const std::uint64_t front = model.empty() ? 0 : model.front();
                const std::size_t expected = std::min(count, model.size());
                if (step % 2 == 0) {
                    REQUIRE(ring.read(block.pointers.data(), count) == expected);
                    REQUIRE(block.counts_from(front, expected));
                } else {
                    REQUIRE(ring.skip(count) == expected);
                }
                model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(expected));
            }
            REQUIRE(ring.available() == model.size());
            REQUIRE(ring.room() == size - model.size());
        }
    }
}

TEST_CASE("ring: two threads, blocks of any size: every sample once, in order, or counted as refused") {
    constexpr std::uint64_t total = 2'000'000;  // as far as a float counts in quarters
    for (const std::size_t capacity : {1, 100, 4096}) {
        SampleRing ring(2, capacity);
        const std::size_t most = ring.room();
        const std::uint64_t samples = capacity == 1 ? total / 50 : total;
        std::uint64_t refused = 0;
        std::thread writer([&] {
            std::mt19937 random(2);
            Block block(2, most);
            for (std::uint64_t next = 0; next < samples;) {
                const std::size_t count = std::min<std::uint64_t>(1 + below(random, most), samples - next);
                block.count_from(next, count);
                if (ring.write(block.pointers.data(), count)) {
                    next += count;
                } else {
                    ++refused;
                    std::this_thread::yield();
                }
            }
        });
        std::mt19937 random(3);
        Block block(2, most);
        std::uint64_t next = 0, wrong = 0;
        while (next < samples) {
            const std::size_t got = ring.read(block.pointers.data(), 1 + below(random, most));
            if (!block.counts_from(next, got)) ++wrong;
            next += got;
            if (got == 0) std::this_thread::yield();
        }
        writer.join();
        CHECK(wrong == 0);
        CHECK(next == samples);
        CHECK(ring.available() == 0);
        MESSAGE("capacity " << capacity << ": " << refused << " blocks refused");
    }
}

TEST_CASE("ring: moving samples allocates nothing") {
    SampleRing ring(2, 480);
    Block block(2, 480);
    const std::size_t before = earmark::test::allocations();
    for (int i = 0; i < 100; ++i) {
        ring.write(block.pointers.data(), 333);
        ring.read(block.pointers.data(), 100);
        ring.skip(233);
        ring.room();
    }
    CHECK(earmark::test::allocations() == before);
}

TEST_CASE("ring: refuses no channels and no or absurd room") {
    CHECK_THROWS_WITH_AS(SampleRing(0, 1), doctest::Contains("channels: 0"), earmark::Error);
    CHECK_THROWS_WITH_AS(SampleRing(1, 0), doctest::Contains("capacity: 0"), earmark::Error);
    CHECK_THROWS_WITH_AS(SampleRing(1, std::size_t{1} << 40), doctest::Contains("outside 1 to 2^32"), earmark::Error);
}
