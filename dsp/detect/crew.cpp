#include "dsp/detect/crew.hpp"

#include <algorithm>

#ifdef __linux__
#include <sched.h>
#endif

namespace earmark {

// The standard library counts those of the machine.
int usable_cores() {
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
#endif
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

Crew::~Crew() {
    {
        const std::lock_guard lock(lock_);
        over_ = true;
    }
    begun_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
}

void Crew::run(int pieces, const std::function<void(int)>& work) {
    while (static_cast<int>(helpers_.size()) + 1 < threads_) helpers_.emplace_back([this] { help(); });
    std::unique_lock lock(lock_);
    work_ = &work;
    pieces_ = left_ = pieces;
    next_ = 0;
    begun_.notify_all();
    do_pieces(lock);
    done_.wait(lock, [&] { return left_ == 0; });
}

void Crew::help() {
    std::unique_lock lock(lock_);
    for (;;) {
        begun_.wait(lock, [&] { return over_ || next_ < pieces_; });
        if (over_) return;
        do_pieces(lock);
    }
}

void Crew::do_pieces(std::unique_lock<std::mutex>& lock) {
    while (next_ < pieces_) {
        const int piece = next_++;
        lock.unlock();
        (*work_)(piece);
        lock.lock();
        if (--left_ == 0) done_.notify_all();
    }
}

}  // namespace earmark
