// Every way to memory and to a lock that a library may take, counted; and a process that may do nothing but compute.
#pragma once

#include <cstdint>
#include <functional>

namespace earmark::test {

struct Trespasses {
    std::int64_t allocations = 0, frees = 0, locks = 0;
    bool system_call = false;  // it tried one, and the kernel ended it
    bool finished = false;     // it came to its end
};

// Runs `prepare`, then what it returns, in a process of its own. While the latter runs, allocations and locks are
// counted (malloc and its kin, operator new, pthread's mutexes, read-write locks and condition variables, whoever calls
// them) and every system call is deadly (seccomp's strict mode). Throws std::runtime_error where the kernel has no
// seccomp.
Trespasses in_a_cell(const std::function<std::function<void()>()>& prepare);

}  // namespace earmark::test
