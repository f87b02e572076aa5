// What takes long is spread over the rows, so that calls which begin together do not need the processor all at once.
// Counted, not timed: peaks of signs, the dearest kernel, which every bound and every reading takes.
#include "dsp/simd/kernels.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace earmark;
using namespace earmark::test;

namespace {

int peaks = 0;
const simd::Kernels* real = nullptr;

struct Counting {
    Counting() {
        real = &simd::kernels();
        kernels = *real;
        kernels.sign_peak = [](const double* weights) {
            ++peaks;
            return real->sign_peak(weights);
        };
        simd::use(&kernels);
    }
    ~Counting() { simd::use(nullptr); }
    simd::Kernels kernels;
};

struct Work {
    int all = 0, most = 0;
};

Work work_of(const Samples& received, int rate, int keys) {
    const Counting counting;
    DetectConfig config = detect_config(rate);
    for (int key = 2; key <= keys; ++key) config.keys.push_back({"another", numbered_key(key)});
    Detector detector(config);
    const std::size_t block = std::size_t(rate) / 50;
    Work work;
    for (std::size_t done = 0; done + block <= received.size(); done += block) {
        const float* in = received.data() + done;
        peaks = 0;
        detector.push(&in, block);
        work.all += peaks;
        work.most = std::max(work.most, peaks);
    }
    return work;
}

}  // namespace

TEST_CASE("even work: no 20 ms of a call take more than a few bounds, also where a stretch is judged") {
    constexpr int rate = 8000, most_in_20_ms = 10;  // 4 and 6 as measured; a judgement takes some 30
    const Samples host = speech_like(sanitized ? 8 : 75, rate, 411);
    const Samples marked = embed_mono(host, mono_config(rate)).samples;
    for (const int keys : {1, 3}) {
        CAPTURE(keys);
        CHECK(work_of(host, rate, keys).most <= most_in_20_ms);
        const Work work = work_of(marked, rate, keys);
        CHECK(work.most <= most_in_20_ms);
        CHECK(work.all > (sanitized ? 20 : 150));  // else there was nothing to spread; 158 with one key
    }
}
