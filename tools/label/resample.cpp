#include "tools/label/resample.hpp"

#include "tools/loading/loaded_library.hpp"

#include <earmark/error.hpp>

#include <soxr.h>

#include <cmath>
#include <string>

namespace earmark::tools {

std::vector<float> resampled(const std::vector<float>& samples, int from_hz, int to_hz) {
    if (from_hz == to_hz) return samples;
    std::vector<float> out(static_cast<std::size_t>(std::ceil(static_cast<double>(samples.size()) * to_hz / from_hz)) +
                           1);
    std::size_t put = 0;
    const LoadedLibrary soxr("libsoxr.so.0", "resampling");
    const auto quality_spec = soxr.function<decltype(&soxr_quality_spec)>("soxr_quality_spec");
    const auto oneshot = soxr.function<decltype(&soxr_oneshot)>("soxr_oneshot");
    const soxr_quality_spec_t quality = quality_spec(SOXR_HQ, 0);
    const soxr_error_t fault = oneshot(from_hz, to_hz, 1, samples.data(), samples.size(), nullptr, out.data(),
                                       out.size(), &put, nullptr, &quality, nullptr);
    if (fault != nullptr) throw Error(Fault::input, std::string("resampling: ") + fault);
    out.resize(put);
    return out;
}

}  // namespace earmark::tools
