#include "bindings.hpp"
#include "busy.hpp"
#include "planar.hpp"

#include <earmark/cue.hpp>
#include <earmark/cue_detector.hpp>

#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace py = pybind11;

namespace earmark::python {

namespace {

PlanarArray array_of(const Audio& audio) {
    PlanarArray array = make_planar(audio.channels.size(), audio.samples());
    const auto out = writable_planes_of(array);
    for (std::size_t c = 0; c < out.count(); ++c)
        std::copy(audio.channels[c].begin(), audio.channels[c].end(), out.list()[c]);
    return array;
}

PlanarArray rhythm_cue(int sample_rate, int channels, double pitch_hz, double unit_s, double level_lufs) {
    const RhythmCue cue({.sample_rate_hz = sample_rate,
                         .channels = channels,
                         .pitch_hz = pitch_hz,
                         .unit_s = unit_s,
                         .level_lufs = level_lufs});
    return array_of(cue.audio());
}

double loudness(const PlanarArray& samples, int sample_rate) {
    const auto in = planes_of(samples);
    const Unlocked unlocked(in.samples() * in.count());
    return loudness_lufs({in.list(), in.samples(), sample_rate});
}

class StreamInserter {
  public:
    StreamInserter(const PlanarArray& cue, int sample_rate, const std::vector<std::uint64_t>& at, double every_s,
                   bool at_end, double pause_s)
        : inserter_(config_of(cue, sample_rate, at, every_s, at_end, pause_s)),
          channels_(static_cast<int>(cue.shape(0))) {}

    // All of the samples, with the cues that fall between them.
    PlanarArray process(const PlanarArray& samples) {
        const Busy::Turn turn(busy_, "CueInserter");
        const auto in = planes_of(samples, channels_);
        Growing out(in.count());
        std::vector<const float*> from(in.list().begin(), in.list().end());
        for (std::size_t done = 0; done < in.samples();) {
            const CueInserter::Step step =
                inserter_.process(from.data(), in.samples() - done, out.room(), Growing::piece);
            for (const float*& channel : from) channel += step.taken;
            done += step.taken;
            out.keep(step.put);
        }
        return out.array();
    }

    PlanarArray finish() {
        const Busy::Turn turn(busy_, "CueInserter");
        Growing out(static_cast<std::size_t>(channels_));
        while (const std::size_t put = inserter_.finish(out.room(), Growing::piece)) out.keep(put);
        return out.array();
    }

    void reset() {
        const Busy::Turn turn(busy_, "CueInserter");
        inserter_.reset();
    }

    std::size_t inserted_samples() const { return inserter_.inserted_samples(); }

  private:
    // Nobody knows beforehand how many cues fall into a block.
    class Growing {
      public:
        static constexpr std::size_t piece = 65536;
        explicit Growing(std::size_t channels) : kept_(channels), room_(channels, std::vector<float>(piece)) {
            for (auto& channel : room_) pointers_.push_back(channel.data());
        }
        float* const* room() { return pointers_.data(); }
        void keep(std::size_t samples) {
            for (std::size_t c = 0; c < kept_.size(); ++c)
                kept_[c].insert(kept_[c].end(), room_[c].begin(),
                                room_[c].begin() + static_cast<std::ptrdiff_t>(samples));
        }
        PlanarArray array() const { return array_of({kept_, 0}); }

      private:
        std::vector<std::vector<float>> kept_, room_;
        std::vector<float*> pointers_;
    };

    static InsertConfig config_of(const PlanarArray& cue, int sample_rate, const std::vector<std::uint64_t>& at,
                                  double every_s, bool at_end, double pause_s) {
        const auto in = planes_of(cue);
        InsertConfig config{
            .cue = {{}, sample_rate}, .at = at, .every_s = every_s, .at_end = at_end, .pause_s = pause_s};
        for (const float* channel : in.list()) config.cue.channels.emplace_back(channel, channel + in.samples());
        return config;
    }

    Busy busy_;
    CueInserter inserter_;
    int channels_;
};

class StreamRhythmDetector {
  public:
    StreamRhythmDetector(int sample_rate, int channels) : detector_(sample_rate, channels), channels_(channels) {}

    void push(const PlanarArray& samples) {
        const Busy::Turn turn(busy_, "RhythmDetector");
        const auto in = planes_of(samples, channels_);
        const Unlocked unlocked(in.samples() * in.count());
        detector_.push(in.channels(), in.samples());
    }
    std::vector<RhythmFound> finish() {
        const Busy::Turn turn(busy_, "RhythmDetector");
        return detector_.finish();
    }
    void reset() {
        const Busy::Turn turn(busy_, "RhythmDetector");
        detector_.reset();
    }

  private:
    Busy busy_;
    RhythmDetector detector_;
    int channels_;
};

std::vector<RhythmFound> find_rhythm_in(const PlanarArray& samples, int sample_rate) {
    const auto in = planes_of(samples);
    const Unlocked unlocked(in.samples() * in.count());
    return find_rhythm({in.list(), in.samples(), sample_rate});
}

}  // namespace

void bind_cue(py::module_& module) {
    py::class_<RhythmFound>(module, "RhythmFound")
        .def_readonly("start_s", &RhythmFound::start_s)
        .def_readonly("end_s", &RhythmFound::end_s)
        .def_readonly("pitch_hz", &RhythmFound::pitch_hz)
        .def_readonly("unit_s", &RhythmFound::unit_s)
        .def_readonly("timing_error", &RhythmFound::timing_error);

    module.def("rhythm_cue", &rhythm_cue, py::arg("sample_rate"), py::arg("channels"), py::arg("pitch_hz"),
               py::arg("unit_s"), py::arg("level_lufs"));
    module.def("loudness", &loudness, py::arg("samples").noconvert(), py::arg("sample_rate"));
    module.def("find_rhythm", &find_rhythm_in, py::arg("samples").noconvert(), py::arg("sample_rate"));

    py::class_<StreamInserter>(module, "CueInserter")
        .def(py::init<const PlanarArray&, int, const std::vector<std::uint64_t>&, double, bool, double>(),
             py::arg("cue").noconvert(), py::arg("sample_rate"), py::arg("at"), py::arg("every_s"), py::arg("at_end"),
             py::arg("pause_s"))
        .def("process", &StreamInserter::process, py::arg("samples").noconvert())
        .def("finish", &StreamInserter::finish)
        .def("reset", &StreamInserter::reset)
        .def("inserted_samples", &StreamInserter::inserted_samples);

    py::class_<StreamRhythmDetector>(module, "RhythmDetector")
        .def(py::init<int, int>(), py::arg("sample_rate"), py::arg("channels"))
        .def("push", &StreamRhythmDetector::push, py::arg("samples").noconvert())
        .def("finish", &StreamRhythmDetector::finish)
        .def("reset", &StreamRhythmDetector::reset);
}

}  // namespace earmark::python
