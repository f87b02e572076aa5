// How much a test may do: the sanitizers make everything several times slower, so trials are cut there, never limits.
#pragma once

namespace earmark::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

// `plain` trials, or an eighth of them under sanitizers.
constexpr int trials(int plain) {
    return sanitized ? (plain + 7) / 8 : plain;
}

}  // namespace earmark::test
