/* For LD_PRELOAD: ends the process, by SIGKILL if no other ENDING is defined, in the middle of the KILL_AT-th call that
   changes a file. A write has then put half of its bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef ENDING
#define ENDING SIGKILL
#endif

static int due(void) {
    static long calls;
    const char* at = getenv("KILL_AT");
    return at != NULL && ++calls == atol(at);
}

static void end(void) {
    kill(getpid(), ENDING);
    for (;;) pause();
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* from, size_t bytes) {
    if (fd > 2 && due()) NEXT(write)(fd, from, bytes / 2), end();
    return NEXT(write)(fd, from, bytes);
}

ssize_t pwrite(int fd, const void* from, size_t bytes, off_t at) {
    if (due()) NEXT(pwrite)(fd, from, bytes / 2, at), end();
    return NEXT(pwrite)(fd, from, bytes, at);
}

ssize_t pwrite64(int fd, const void* from, size_t bytes, off64_t at) {
    if (due()) NEXT(pwrite64)(fd, from, bytes / 2, at), end();
    return NEXT(pwrite64)(fd, from, bytes, at);
}

size_t fwrite(const void* from, size_t size, size_t count, FILE* file) {
    if (file != stderr && due()) NEXT(fwrite)(from, size, count / 2, file), fflush(file), end();
    return NEXT(fwrite)(from, size, count, file);
}

int ftruncate(int fd, off_t length) {
    if (due()) end();
    return NEXT(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    if (due()) end();
    return NEXT(ftruncate64)(fd, length);
}

int fsync(int fd) {
    if (due()) end();
    return NEXT(fsync)(fd);
}

int fdatasync(int fd) {
    if (due()) end();
    return NEXT(fdatasync)(fd);
}

int unlink(const char* path) {
    if (due()) end();
    return NEXT(unlink)(path);
}

int rename(const char* from, const char* to) {
    if (due()) end();
    return NEXT(rename)(from, to);
}
