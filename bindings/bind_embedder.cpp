#include "bindings.hpp"
#include "busy.hpp"
#include "planar.hpp"

#include <earmark/embedder.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace py = pybind11;

namespace earmark::python {

namespace {

EmbedConfig config_of(const Key& key, const std::string& payload, int sample_rate, int channels,
                      const std::string& profile) {
    return {.key = key,
            .payload = Payload::from_hex(payload),
            .sample_rate_hz = sample_rate,
            .channels = channels,
            .profile = profile_from_name(profile)};
}

std::pair<PlanarArray, EmbedReport> embed_array(const PlanarArray& samples, int sample_rate, const Key& key,
                                                const std::string& payload, const std::string& profile) {
    const auto in = planes_of(samples);
    const auto config = config_of(key, payload, sample_rate, static_cast<int>(in.count()), profile);
    PlanarArray array = make_planar(in.count(), in.samples());
    const auto out = writable_planes_of(array);
    EmbedReport report;
    {
        const Unlocked unlocked(in.samples() * in.count());
        const Marked marked = embed({in.list(), in.samples(), sample_rate}, config);
        for (std::size_t c = 0; c < in.count(); ++c)
            std::copy(marked.audio.channels[c].begin(), marked.audio.channels[c].end(), out.list()[c]);
        report = marked.report;
    }
    return {array, report};
}

class StreamEmbedder {
  public:
    StreamEmbedder(int sample_rate, int channels, const Key& key, const std::string& payload,
                   const std::string& profile)
        : embedder_(config_of(key, payload, sample_rate, channels, profile)),
          channels_(channels),
          latency_samples_(embedder_.latency_samples()) {}

    PlanarArray process(const PlanarArray& samples) {
        const Busy::Turn turn(busy_, "Embedder");
        const auto in = planes_of(samples, channels_);
        PlanarArray array = make_planar(in.count(), in.samples());
        const auto out = writable_planes_of(array);
        const Unlocked unlocked(in.samples() * in.count());
        embedder_.process(in.channels(), out.channels(), in.samples());
        return array;
    }

    void process_into(const PlanarArray& samples, PlanarArray& array) {
        const Busy::Turn turn(busy_, "Embedder");
        const auto in = planes_of(samples, channels_);
        if (array.ndim() != 2 || array.shape(0) != samples.shape(0) || array.shape(1) != samples.shape(1))
            throw py::value_error("out: an array as large as the input is needed");
        const auto out = writable_planes_of(array);
        const Unlocked unlocked(in.samples() * in.count());
        embedder_.process(in.channels(), out.channels(), in.samples());
    }

    PlanarArray flush() {
        const Busy::Turn turn(busy_, "Embedder");
        PlanarArray array = make_planar(static_cast<std::size_t>(channels_), latency_samples_);
        embedder_.flush(writable_planes_of(array).channels());
        return array;
    }

    void reset() {
        const Busy::Turn turn(busy_, "Embedder");
        embedder_.reset();
    }

    EmbedReport report() {
        const Busy::Turn turn(busy_, "Embedder");
        return embedder_.report();
    }

    std::size_t latency_samples() const { return latency_samples_; }

  private:
    Busy busy_;
    Embedder embedder_;
    int channels_;
    std::size_t latency_samples_;
};

}  // namespace

void bind_embedder(py::module_& module) {
    py::class_<EmbedReport>(module, "EmbedReport")
        .def_readonly("samples", &EmbedReport::samples)
        .def_readonly("limited_samples", &EmbedReport::limited_samples)
        .def_readonly("active_s", &EmbedReport::active_s)
        .def_readonly("mark_db", &EmbedReport::mark_db);

    module.def("embed", &embed_array, py::arg("samples").noconvert(), py::arg("sample_rate"), py::arg("key"),
               py::arg("payload"), py::arg("profile"));

    py::class_<StreamEmbedder>(module, "Embedder")
        .def(py::init<int, int, const Key&, const std::string&, const std::string&>(), py::arg("sample_rate"),
             py::arg("channels"), py::arg("key"), py::arg("payload"), py::arg("profile"))
        .def("process", &StreamEmbedder::process, py::arg("samples").noconvert())
        .def("process_into", &StreamEmbedder::process_into, py::arg("samples").noconvert(), py::arg("out").noconvert())
        .def("flush", &StreamEmbedder::flush)
        .def("reset", &StreamEmbedder::reset)
        .def("report", &StreamEmbedder::report)
        .def("latency_samples", &StreamEmbedder::latency_samples);
}

}  // namespace earmark::python
