#include "tests/realtime/interposed.hpp"

#include <dlfcn.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <stdexcept>

// glibc's own, under the names it keeps for those who replace the public ones.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

// Plain, not atomic: only the one thread of a cell counts.
bool counting = false;
earmark::test::Trespasses seen;

void count(std::int64_t& trespass) {
    if (counting) ++trespass;
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// The kernel ends whoever calls exit_group() in strict mode; exit() of the one thread is allowed.
[[noreturn]] void leave() {
    for (;;) syscall(SYS_exit, 0);
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) {
    count(seen.allocations);
    return __libc_malloc(size);
}
void* calloc(std::size_t items, std::size_t size) {
    count(seen.allocations);
    return __libc_calloc(items, size);
}
void* realloc(void* memory, std::size_t size) {
    count(seen.allocations);
    return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    count(seen.allocations);
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count(seen.allocations);
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
    count(seen.allocations);
    *memory = __libc_memalign(alignment, size);
    return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
    if (memory != nullptr) count(seen.frees);
    __libc_free(memory);
}

#define EARMARK_COUNT_LOCK(function, type)                        \
    int function(type* lock) noexcept {                           \
        static const auto real = next<int (*)(type*)>(#function); \
        count(seen.locks);                                        \
        return real(lock);                                        \
    }
EARMARK_COUNT_LOCK(pthread_mutex_lock, pthread_mutex_t)
EARMARK_COUNT_LOCK(pthread_mutex_trylock, pthread_mutex_t)
EARMARK_COUNT_LOCK(pthread_rwlock_rdlock, pthread_rwlock_t)
EARMARK_COUNT_LOCK(pthread_rwlock_wrlock, pthread_rwlock_t)
EARMARK_COUNT_LOCK(pthread_spin_lock, pthread_spinlock_t)
#undef EARMARK_COUNT_LOCK
}

namespace earmark::test {

Trespasses in_a_cell(const std::function<std::function<void()>()>& prepare) {
    int report[2];
    if (pipe(report) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) {
        const std::function<void()> work = prepare();
        pthread_mutex_t warm = PTHREAD_MUTEX_INITIALIZER;  // looks the real one up
        pthread_mutex_lock(&warm);
        char ready = 'r';
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) ready = 'n';
        if (write(report[1], &ready, 1) != 1 || ready == 'n') leave();
        counting = true;
        work();
        counting = false;
        seen.finished = true;
        if (write(report[1], &seen, sizeof seen) < 0) leave();
        leave();
    }
    close(report[1]);
    char ready = 0;
    Trespasses told;
    const bool confined = read(report[0], &ready, 1) == 1 && ready == 'r';
    const bool whole = read(report[0], &told, sizeof told) == static_cast<ssize_t>(sizeof told);
    close(report[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!confined) throw std::runtime_error("the kernel does not confine processes (seccomp, strict mode)");
    if (!whole) told = {};
    told.system_call = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    return told;
}

}  // namespace earmark::test
