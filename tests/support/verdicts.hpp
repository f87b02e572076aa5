// Verdicts compared to the last bit.
#pragma once

#include <earmark/detector.hpp>

#include <algorithm>

namespace earmark::test {

inline bool same(const Segment& a, const Segment& b) {
    return a.start_s == b.start_s && a.end_s == b.end_s && a.log10_p == b.log10_p && a.payload == b.payload &&
           a.payload_log10_p == b.payload_log10_p;
}

inline bool same(const Score& a, const Score& b) {
    return a.start_s == b.start_s && a.z == b.z;
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const T& x, const T& y) { return same(x, y); });
}

inline bool same(const Detection& a, const Detection& b) {
    return a.marked == b.marked && a.log10_p == b.log10_p && a.payload == b.payload &&
           a.payload_log10_p == b.payload_log10_p && a.key == b.key && a.channel == b.channel &&
           a.start_s == b.start_s && a.end_s == b.end_s && a.duration_s == b.duration_s && a.active_s == b.active_s &&
           a.hypotheses == b.hypotheses && a.reason == b.reason && a.decided_s == b.decided_s &&
           a.ongoing == b.ongoing && same(a.segments, b.segments) && same(a.scores, b.scores);
}

}  // namespace earmark::test
