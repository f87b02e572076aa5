// The main() of what uses Google Benchmark, called as the other benchmarks are.
#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace earmark::benchmark {

// Takes `--json FILE` beside the library's own options, calls begin() when they are right and runs what is registered.
// Returns the exit code.
template <class Begin>
int run_benchmarks(int count, char** words, Begin begin) {
    std::vector<std::string> all(words, words + count);
    for (std::size_t i = 1; i + 1 < all.size(); ++i) {
        if (all[i] != "--json") continue;
        all[i] = "--benchmark_out=" + all[i + 1];
        all[i + 1] = "--benchmark_out_format=json";
    }
    std::vector<char*> pointers;
    for (std::string& word : all) pointers.push_back(word.data());
    int left = count;
    ::benchmark::Initialize(&left, pointers.data());
    if (::benchmark::ReportUnrecognizedArguments(left, pointers.data())) return 2;
    begin();
    return ::benchmark::RunSpecifiedBenchmarks() > 0 ? 0 : 1;
}

}  // namespace earmark::benchmark
