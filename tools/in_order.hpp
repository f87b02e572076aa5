// Work on many things at once whose results are wanted in order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

namespace earmark::tools {

// Calls work(i) for i = 0 .. count - 1 from several threads; next() gives the results in that order, or throws what the
// call threw. Bounded: no thread is more than 2 * threads things ahead of next(). The destructor waits for calls that
// have begun and begins no others.
template <class Result>
class InOrder {
  public:
    // threads: 0 = as many as there are cores.
    InOrder(std::size_t count, int threads, std::function<Result(std::size_t)> work)
        : count_(count), work_(std::move(work)) {
        const std::size_t wanted =
            threads > 0 ? static_cast<std::size_t>(threads) : std::max(1u, std::thread::hardware_concurrency());
        const std::size_t used = std::min(wanted, count);
        most_ahead_ = 2 * used;
        for (std::size_t i = 0; i < used; ++i) threads_.emplace_back([this] { run(); });
    }
    ~InOrder() {
        {
            const std::lock_guard lock(lock_);
            begun_ = count_;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    Result next() {
        std::unique_lock lock(lock_);
        changed_.wait(lock, [&] { return results_.contains(given_); });
        Outcome outcome = std::move(results_.extract(given_).mapped());
        ++given_;
        lock.unlock();
        changed_.notify_all();
        if (const auto* error = std::get_if<std::exception_ptr>(&outcome)) std::rethrow_exception(*error);
        return std::get<Result>(std::move(outcome));
    }

  private:
    using Outcome = std::variant<std::exception_ptr, Result>;

    void run() {
        for (std::unique_lock lock(lock_);;) {
            changed_.wait(lock, [&] { return begun_ >= count_ || begun_ < given_ + most_ahead_; });
            if (begun_ >= count_) return;
            const std::size_t i = begun_++;
            lock.unlock();
            Outcome outcome = [&]() -> Outcome {
                try {
                    return work_(i);
                } catch (...) {
                    return std::current_exception();
                }
            }();
            lock.lock();
            results_.emplace(i, std::move(outcome));
            changed_.notify_all();
        }
    }

    std::size_t count_, most_ahead_ = 0, begun_ = 0, given_ = 0;
    std::function<Result(std::size_t)> work_;
    std::map<std::size_t, Outcome> results_;
    std::mutex lock_;
    std::condition_variable changed_;
    std::vector<std::thread> threads_;
};

}  // namespace earmark::tools
