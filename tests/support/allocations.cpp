#include "tests/support/allocations.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> made = 0, in_use = 0;

// With the word before it that malloc keeps for itself.
std::size_t taken(void* memory) {
    return malloc_usable_size(memory) + sizeof(std::size_t);
}

}  // namespace

// std::stable_sort takes its buffer by this one.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    void* const memory = std::malloc(size > 0 ? size : 1);
    if (memory == nullptr) return nullptr;
    ++made;
    in_use += taken(memory);
    return memory;
}

void* operator new(std::size_t size) {
    void* const memory = operator new(size, std::nothrow);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void operator delete(void* memory) noexcept {
    if (memory != nullptr) in_use -= taken(memory);
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}

namespace earmark::test {

std::size_t allocations() {
    return made;
}

std::size_t bytes_in_use() {
    return in_use;
}

}  // namespace earmark::test
