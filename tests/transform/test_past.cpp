#include "dsp/transform/past.hpp"

#include <doctest/doctest.h>

#include <numeric>

using namespace earmark;

TEST_CASE("past: always the newest samples, zeros before the first, whatever the steps") {
    for (const int length : {1, 5, 24})
        for (const int step : {1, 3, 8}) {
            CAPTURE(length);
            CAPTURE(step);
            Past past(length, step);
            for (int round = 0; round < 2; ++round) {
                std::vector<float> all(static_cast<std::size_t>(length), 0.0f);
                for (int block = 0; block < 40; ++block) {
                    std::vector<float> samples(static_cast<std::size_t>(1 + block % step));
                    std::iota(samples.begin(), samples.end(), static_cast<float>(all.size()));
                    past.add(samples);
                    all.insert(all.end(), samples.begin(), samples.end());
                    REQUIRE(std::equal(past.all().begin(), past.all().end(), all.end() - length, all.end()));
                }
                past.reset();
            }
        }
}
