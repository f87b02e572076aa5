// A device and a worker that only pretend, with the real queues between them. The pretended mark is x -> -x on a host
// that counts 1, 2, 3 ...: whatever is played above zero would be host.
#include <doctest/doctest.h>

#include "tests/support/allocations.hpp"
#include "tools/live_exchange.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

using earmark::tools::LiveExchange;

namespace {

constexpr int rate = 8000;

struct Device {
    explicit Device(LiveExchange& live) : exchange(live) {}

    void block(std::size_t samples) {
        in.resize(samples);
        out.assign(samples, 99.0f);
        for (float& x : in) x = static_cast<float>(++counted);
        const float* from = in.data();
        float* to = out.data();
        exchange.exchange(&from, &to, samples);
        played.insert(played.end(), out.begin(), out.end());
    }

    LiveExchange& exchange;
    std::vector<float> in, out, played;
    int counted = 0;
};

// One step of a worker; false when nothing was there.
bool work(LiveExchange& exchange, std::size_t most = 80) {
    std::vector<float> block(most);
    float* plane = block.data();
    const std::size_t got = exchange.take(&plane, most);
    for (std::size_t i = 0; i < got; ++i) block[i] = -block[i];
    while (got > 0 && !exchange.give(&plane, got)) std::this_thread::yield();
    return got > 0;
}

// Nothing of the host; what was played of the mark is in order, once each.
void check_never_host(const std::vector<float>& played) {
    CHECK(std::all_of(played.begin(), played.end(), [](float x) { return x <= 0; }));
    float last = 0;
    bool in_order = true;
    for (const float x : played) {
        if (x == 0) continue;
        in_order &= x < last;
        last = x;
    }
    CHECK(in_order);
}

std::size_t latency_at_end(const Device& device) {
    return static_cast<std::size_t>(static_cast<float>(device.counted) + device.played.back());
}

}  // namespace

TEST_CASE("live exchange: a worker in time: the mark without a gap, a head start late") {
    for (const std::size_t block : {1, 40, 160}) {
        LiveExchange exchange(1, rate);
        Device device(exchange);
        const std::size_t head_start = exchange.head_start();
        CHECK(head_start == 160);
        for (int i = 0; i < 500; ++i) {
            device.block(block);
            while (work(exchange)) {
            }
        }
        CHECK(exchange.silent_samples() == 0);
        CHECK(exchange.lost_samples() == 0);
        CHECK(exchange.samples() == 500 * block);
        CHECK(exchange.head_start() == head_start);
        for (std::size_t i = 0; i < device.played.size(); ++i)
            REQUIRE(device.played[i] == (i < head_start ? 0 : -static_cast<float>(i - head_start + 1)));
    }
}

TEST_CASE("live exchange: blocks longer than the head start: it grows within a few of them, then no gap") {
    for (const std::size_t block : {161, 1024, 8000}) {
        LiveExchange exchange(1, rate);
        Device device(exchange);
        for (int i = 0; i < 4; ++i) {
            device.block(block);
            while (work(exchange)) {
            }
        }
        const std::uint64_t silent = exchange.silent_samples();
        CHECK(silent <= 2 * block);
        for (int i = 0; i < 50; ++i) {
            device.block(block);
            while (work(exchange)) {
            }
        }
        CHECK(exchange.silent_samples() == silent);
        CHECK(exchange.lost_samples() == 0);
        check_never_host(device.played);
        CHECK(latency_at_end(device) == exchange.head_start());
    }
}

TEST_CASE("live exchange: without a worker there is silence, and the lost are counted") {
    LiveExchange exchange(1, rate);
    Device device(exchange);
    for (int i = 0; i < 1000; ++i) device.block(80);
    CHECK(std::all_of(device.played.begin(), device.played.end(), [](float x) { return x == 0; }));
    CHECK(exchange.samples() == 80000);
    CHECK(exchange.lost_samples() >= 60000);  // but for the 2 s that the queue holds
    CHECK(exchange.lost_samples() < 80000);
    float out = 7;
    float* to = &out;
    exchange.exchange(nullptr, &to, 1);  // as PortAudio may do
    CHECK(out == 0);
}

TEST_CASE("live exchange: after a worker stood still the latency returns to its bound") {
    LiveExchange exchange(1, rate);
    Device device(exchange);
    for (int i = 0; i < 1000; ++i) {
        device.block(80);
        if (i >= 300 && i < 450) continue;  // 1.5 s
        while (work(exchange)) {
        }
    }
    check_never_host(device.played);
    CHECK(exchange.head_start() <= rate / 4);
    CHECK(latency_at_end(device) == exchange.head_start());
    CHECK(exchange.silent_samples() > 10000);
    CHECK(std::count(device.played.end() - 20000, device.played.end(), 0.0f) == 0);
}

TEST_CASE("live exchange: the device thread allocates nothing") {
    LiveExchange exchange(1, rate);
    std::vector<float> in(100, 1.0f), out(100);
    const float* from = in.data();
    float* to = out.data();
    const std::size_t before = earmark::test::allocations();
    for (int i = 0; i < 1000; ++i) exchange.exchange(&from, &to, 100);
    CHECK(earmark::test::allocations() == before);
}

TEST_CASE("live exchange: two threads, the worker stops now and then: silence or mark, in order") {
    LiveExchange exchange(1, rate);
    std::atomic<bool> end = false;
    std::thread worker([&] {
        std::mt19937 random(4);
        while (!end) {
            if (!work(exchange, 1 + random() % 300)) std::this_thread::yield();
            if (random() % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    });
    Device device(exchange);
    std::mt19937 random(5);
    while (device.counted < 2'000'000) {
        device.block(1 + random() % 400);
        if (random() % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    end = true;
    worker.join();
    check_never_host(device.played);
    CHECK(exchange.samples() == device.played.size());
    const auto silent = static_cast<std::uint64_t>(std::count(device.played.begin(), device.played.end(), 0.0f));
    // Beside what is counted, the first head start; catching up after a stop may drop part of it.
    CHECK(silent >= exchange.silent_samples());
    CHECK(silent <= exchange.silent_samples() + 160);
    MESSAGE(exchange.lost_samples() << " lost, " << silent << " silent of " << exchange.samples());
}
