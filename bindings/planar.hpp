// Audio as the Python face hands it over: a C-contiguous float32 array (channels, samples).
#pragma once

#include <pybind11/numpy.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace earmark::python {

using PlanarArray = pybind11::array_t<float, pybind11::array::c_style>;

inline PlanarArray make_planar(std::size_t channels, std::size_t samples) {
    return PlanarArray({static_cast<pybind11::ssize_t>(channels), static_cast<pybind11::ssize_t>(samples)});
}

// Pointers to the channels; valid while the array lives. Taken while the GIL is held.
template <class Sample>
class Planes {
  public:
    Planes(Sample* data, const PlanarArray& array)
        : samples_(static_cast<std::size_t>(array.shape(1))), channels_(static_cast<std::size_t>(array.shape(0))) {
        for (std::size_t c = 0; c < channels_.size(); ++c) channels_[c] = data + c * samples_;
    }
    Sample* const* channels() const { return channels_.data(); }
    const std::vector<Sample*>& list() const { return channels_; }
    std::size_t samples() const { return samples_; }
    std::size_t count() const { return channels_.size(); }

  private:
    std::size_t samples_;
    std::vector<Sample*> channels_;
};

// The face has checked; this keeps a direct caller from reading foreign memory.
inline Planes<const float> planes_of(const PlanarArray& array, std::optional<int> channels = {}) {
    if (array.ndim() != 2) throw pybind11::value_error("samples: an array of (channels, samples) is needed");
    if (channels && array.shape(0) != *channels)
        throw pybind11::value_error("samples: " + std::to_string(array.shape(0)) + " channels given, " +
                                    std::to_string(*channels) + " expected");
    return {array.data(), array};
}

inline Planes<float> writable_planes_of(PlanarArray& array) {
    return {array.mutable_data(), array};
}

// Lets other Python threads run while samples are worked on. Below some thousand samples the work is shorter than the
// wait to get the interpreter back.
class Unlocked {
  public:
    explicit Unlocked(std::size_t samples) {
        if (samples >= least_samples) release_.emplace();
    }

  private:
    static constexpr std::size_t least_samples = 2048;
    std::optional<pybind11::gil_scoped_release> release_;
};

}  // namespace earmark::python
