// Which of Highway's targets this machine has. Highway's library knows it too, but measures a clock whenever it is
// loaded: 3 ms in every process, more than a call of ten seconds takes to judge. So only its headers are used.
#pragma once

#include <cstdint>

namespace earmark::simd {

// Bits as HWY_AVX2; those of the compiler's baseline may be missing.
std::int64_t machine_targets();

bool machine_has_vnni();  // AVX-512 VNNI, which Highway's target AVX3 goes without

}  // namespace earmark::simd
