// Results in order, whatever the order they were found in: what `earmark detect --jobs` stands on.
#include <doctest/doctest.h>

#include "tools/in_order.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

using earmark::tools::InOrder;

namespace {

// The later, the sooner done.
void take_time(std::size_t i) {
    std::this_thread::sleep_for(std::chrono::microseconds(i % 7 == 0 ? 700 : 50));
}

}  // namespace

TEST_CASE("in order: every result once, in order, what was thrown in its turn") {
    for (const int threads : {0, 1, 3, 16}) {
        CAPTURE(threads);
        std::atomic<std::size_t> begun = 0;
        InOrder<std::string> results(200, threads, [&](std::size_t i) {
            ++begun;
            take_time(i);
            if (i % 50 == 49) throw std::runtime_error("no " + std::to_string(i));
            return std::to_string(i);
        });
        for (std::size_t i = 0; i < 200; ++i) {
            if (i % 50 == 49) {
                CHECK_THROWS_WITH(results.next(), ("no " + std::to_string(i)).c_str());
            } else {
                CHECK(results.next() == std::to_string(i));
            }
        }
        CHECK(begun == 200);
    }
}

TEST_CASE("in order: not far ahead of who takes the results, and left before the end") {
    std::atomic<std::size_t> begun = 0;
    {
        InOrder<std::size_t> results(1000, 4, [&](std::size_t i) {
            ++begun;
            return i;
        });
        for (std::size_t i = 0; i < 10; ++i) CHECK(results.next() == i);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        CHECK(begun <= 10 + 2 * 4);
    }
    CHECK(begun <= 10 + 2 * 4);
    const InOrder<int> nothing(0, 4, [](std::size_t) { return 0; });
}
