// Threads that do a job in pieces together.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace earmark {

// That this process may use; at least 1.
int usable_cores();

class Crew {
  public:
    // threads: of them the one that calls run() is one. The others begin with the first job.
    explicit Crew(int threads) : threads_(threads) {}
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;
    ~Crew();

    // Calls work(i), which may not throw, once for every i = 0 .. pieces - 1, the lowest first, and returns when all is
    // done. By one thread at a time.
    void run(int pieces, const std::function<void(int)>& work);

  private:
    void help();
    void do_pieces(std::unique_lock<std::mutex>& lock);

    int threads_;
    std::vector<std::thread> helpers_;
    std::mutex lock_;
    std::condition_variable begun_, done_;
    const std::function<void(int)>* work_ = nullptr;
    int pieces_ = 0, next_ = 0, left_ = 0;
    bool over_ = false;
};

}  // namespace earmark
