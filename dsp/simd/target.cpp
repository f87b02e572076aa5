#include <earmark/version.hpp>

namespace earmark {

// Plain loops for now: what the compiler makes of them for the baseline of the platform.
const char* simd_target() {
    return "baseline";
}

}  // namespace earmark
