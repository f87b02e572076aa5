#include "bindings.hpp"
#include "busy.hpp"
#include "planar.hpp"

#include <earmark/detector.hpp>
#include <earmark/parallel_detector.hpp>

#include <pybind11/stl.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace earmark::python {

namespace {

using NamedKeys = std::vector<std::pair<std::string, py::object>>;

AnyKey key_of(const py::object& key) {
    if (py::isinstance<Key>(key)) return key.cast<const Key&>();
    if (py::isinstance<ScreeningKey>(key)) return key.cast<const ScreeningKey&>();
    throw py::type_error("keys: a Key or a ScreeningKey is needed");
}

DetectConfig config_of(const NamedKeys& keys, int sample_rate, int channels, const std::string& search, double p_max,
                       bool scores) {
    DetectConfig config;
    for (const auto& [name, key] : keys) config.keys.push_back({name, key_of(key)});
    config.sample_rate_hz = sample_rate;
    config.channels = channels;
    config.search = search_from_name(search);
    config.p_max = p_max;
    config.scores = scores;
    return config;
}

Detection detect_array(const PlanarArray& samples, int sample_rate, const NamedKeys& keys, const std::string& search,
                       double p_max, bool scores, int threads) {
    const auto in = planes_of(samples);
    const auto config = config_of(keys, sample_rate, static_cast<int>(in.count()), search, p_max, scores);
    const Unlocked unlocked(in.samples() * in.count());
    return detect({in.list(), in.samples(), sample_rate}, config, threads);
}

class StreamDetector {
  public:
    StreamDetector(int sample_rate, int channels, const NamedKeys& keys, const std::string& search, double p_max,
                   bool scores)
        : detector_(config_of(keys, sample_rate, channels, search, p_max, scores)), channels_(channels) {}

    void push(const PlanarArray& samples) {
        const Busy::Turn turn(busy_, "Detector");
        const auto in = planes_of(samples, channels_);
        const Unlocked unlocked(in.samples() * in.count());
        detector_.push(in.channels(), in.samples());
    }

    std::optional<Detection> poll() {
        const Busy::Turn turn(busy_, "Detector");
        const py::gil_scoped_release unlocked;
        return detector_.poll();
    }

    Detection finish() {
        const Busy::Turn turn(busy_, "Detector");
        const py::gil_scoped_release unlocked;
        return detector_.finish();
    }

    void reset() {
        const Busy::Turn turn(busy_, "Detector");
        detector_.reset();
    }

    py::bytes save() {
        const Busy::Turn turn(busy_, "Detector");
        const auto state = detector_.save();
        return {reinterpret_cast<const char*>(state.data()), state.size()};
    }

    void restore(const py::bytes& state) {
        const Busy::Turn turn(busy_, "Detector");
        const std::string_view view = state;
        detector_.restore(std::as_bytes(std::span(view)));
    }

  private:
    Busy busy_;
    Detector detector_;
    int channels_;
};

template <class Found>
std::optional<std::string> payload_of(const Found& found) {
    if (!found.payload) return {};
    return found.payload->hex();
}

}  // namespace

void bind_detector(py::module_& module) {
    py::class_<Score>(module, "Score").def_readonly("start_s", &Score::start_s).def_readonly("z", &Score::z);

    py::class_<Segment>(module, "Segment")
        .def_readonly("start_s", &Segment::start_s)
        .def_readonly("end_s", &Segment::end_s)
        .def_readonly("log10_p", &Segment::log10_p)
        .def_property_readonly("payload", &payload_of<Segment>)
        .def_readonly("payload_log10_p", &Segment::payload_log10_p)
        .def_readonly("time_scale", &Segment::time_scale)
        .def_readonly("frequency_scale", &Segment::frequency_scale);

    py::class_<Detection>(module, "Detection")
        .def_readonly("marked", &Detection::marked)
        .def_readonly("log10_p", &Detection::log10_p)
        .def_property_readonly("payload", &payload_of<Detection>)
        .def_readonly("payload_log10_p", &Detection::payload_log10_p)
        .def_readonly("key", &Detection::key)
        .def_readonly("channel", &Detection::channel)
        .def_readonly("start_s", &Detection::start_s)
        .def_readonly("end_s", &Detection::end_s)
        .def_readonly("time_scale", &Detection::time_scale)
        .def_readonly("frequency_scale", &Detection::frequency_scale)
        .def_readonly("duration_s", &Detection::duration_s)
        .def_readonly("active_s", &Detection::active_s)
        .def_readonly("hypotheses", &Detection::hypotheses)
        .def_readonly("reason", &Detection::reason)
        .def_readonly("segments", &Detection::segments)
        .def_readonly("scores", &Detection::scores)
        .def_readonly("decided_s", &Detection::decided_s)
        .def_readonly("ongoing", &Detection::ongoing);

    module.def("detect", &detect_array, py::arg("samples").noconvert(), py::arg("sample_rate"), py::arg("keys"),
               py::arg("search"), py::arg("p_max"), py::arg("scores"), py::arg("threads"));

    py::class_<StreamDetector>(module, "Detector")
        .def(py::init<int, int, const NamedKeys&, const std::string&, double, bool>(), py::arg("sample_rate"),
             py::arg("channels"), py::arg("keys"), py::arg("search"), py::arg("p_max"), py::arg("scores"))
        .def("push", &StreamDetector::push, py::arg("samples").noconvert())
        .def("poll", &StreamDetector::poll)
        .def("finish", &StreamDetector::finish)
        .def("reset", &StreamDetector::reset)
        .def("save", &StreamDetector::save)
        .def("restore", &StreamDetector::restore, py::arg("state"));
}

}  // namespace earmark::python
