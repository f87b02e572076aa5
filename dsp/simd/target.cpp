#include <earmark/error.hpp>
#include <earmark/version.hpp>

#include "dsp/simd/kernels.hpp"
#include "dsp/simd/vector_targets.hpp"

#include <hwy/targets.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <string>

namespace earmark::simd {
namespace {

std::atomic<const Kernels*> forced_kernels = nullptr;

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

const Kernels& chosen() {
    const char* const wanted = std::getenv("EARMARK_SIMD");
    if (wanted == nullptr || *wanted == '\0') return *all_kernels().front();
    std::string names;
    for (const Kernels* kernels : all_kernels()) {
        if (same_name(kernels->name, wanted)) return *kernels;
        names += std::string(names.empty() ? "" : ", ") + kernels->name;
    }
    throw Error(Fault::usage, "EARMARK_SIMD: '" + std::string(wanted) + "' is not one of " + names);
}

}  // namespace

const char* target_name(std::int64_t target) {
    if (target == HWY_AVX3) return "AVX512";  // as everybody but Highway calls it
    return hwy::TargetName(target);
}

std::span<const Kernels* const> all_kernels() {
    static const std::vector<const Kernels*> all = [] {
        std::vector<const Kernels*> found = vector_kernels();
        found.push_back(&scalar_kernels());
        return found;
    }();
    return all;
}

const Kernels& kernels() {
    if (const Kernels* forced = forced_kernels.load()) return *forced;
    static const Kernels& automatic = chosen();
    return automatic;
}

void use(const Kernels* forced) noexcept {
    forced_kernels.store(forced);
}

}  // namespace earmark::simd

namespace earmark {

const char* simd_target() {
    return simd::kernels().name;
}

}  // namespace earmark
