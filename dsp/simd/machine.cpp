#include "dsp/simd/machine.hpp"

#include <hwy/detect_targets.h>

#if HWY_ARCH_ARM_A64 && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif

namespace earmark::simd {

// A target needs what its functions are compiled with: HWY_TARGET_STR in hwy/ops/set_macros-inl.h.
std::int64_t machine_targets() {
    std::int64_t targets = 0;
#if HWY_ARCH_X86
    const auto add = [&](std::int64_t better, std::int64_t target, bool has) {
        if (has && (targets & better) == better) targets |= target;
    };
    add(0, HWY_SSSE3, __builtin_cpu_supports("ssse3"));
    add(HWY_SSSE3, HWY_SSE4,
        __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") &&
            __builtin_cpu_supports("aes"));
    add(HWY_SSE4, HWY_AVX2,
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
            __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"));
    add(HWY_AVX2, HWY_AVX3,
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512bw"));
    add(HWY_AVX3, HWY_AVX3_DL,
        __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("vpclmulqdq") &&
            __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
            __builtin_cpu_supports("vaes") && __builtin_cpu_supports("avx512bitalg") &&
            __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("gfni"));
#elif HWY_ARCH_ARM_A64 && defined(__linux__)
    const bool sve = (::getauxval(AT_HWCAP) & HWCAP_SVE) != 0, sve2 = (::getauxval(AT_HWCAP2) & HWCAP2_SVE2) != 0;
    const int bytes = sve ? ::prctl(PR_SVE_GET_VL) & PR_SVE_VL_LEN_MASK : 0;
    if (sve) targets |= HWY_SVE;
    if (sve2) targets |= HWY_SVE2;
    if (sve && bytes == 32) targets |= HWY_SVE_256;
    if (sve2 && bytes == 16) targets |= HWY_SVE2_128;
#endif
    return targets;
}

bool machine_has_vnni() {
#if HWY_ARCH_X86
    return __builtin_cpu_supports("avx512vnni") != 0;
#else
    return false;
#endif
}

}  // namespace earmark::simd
