// Sound files as the C++ benchmarks read them.
#pragma once

#include <string>
#include <vector>

namespace earmark::benchmarks {

struct Sound {
    std::vector<float> samples;  // of the first channel; full scale 1
    int rate = 0, channels = 0;  // Hz; of the file
};

// Throws std::runtime_error naming the file when it cannot be read.
Sound read_sound(const std::string& path);
// The same, and a file of several channels is refused.
Sound read_mono(const std::string& path);

}  // namespace earmark::benchmarks
