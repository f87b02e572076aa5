#include "tools/label/cue_plan.hpp"

#include "tools/label/spoken_cue.hpp"
#include "tools/progress.hpp"
#include "tools/text.hpp"

#include <earmark/error.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace earmark::tools {

namespace {

constexpr double row_s = 0.02, quiet_s = 0.3, reach_s = 1.5;
constexpr double shortest_rest_s = 1;      // no repeated cue closer to the end than this
constexpr double usual_speech_lufs = -23;  // when the input is silent
constexpr double max_peak = 0.891;         // -1 dBFS

std::uint64_t place_of(const std::string& text, const Survey& heard) {
    double seconds = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const double length_s = static_cast<double>(heard.samples) / heard.sample_rate_hz;
    if (fault != std::errc{} || end != text.data() + text.size() || !(seconds >= 0 && seconds <= length_s)) {
        throw Error(Fault::usage, "--cue-at " + text + ": is not start, end or seconds within 0 .. " +
                                      fixed(length_s, 2) + " of the input");
    }
    return quiet_place(heard, static_cast<std::uint64_t>(seconds * heard.sample_rate_hz));
}

void add_repeats(std::set<std::uint64_t>& places, double every_s, const Survey& heard) {
    if (every_s == 0) return;
    if (!(every_s >= 5 && every_s <= 86400)) {
        throw Error(Fault::usage, "--cue-every " + fixed(every_s, 2) + ": is not within 5 .. 86400 s");
    }
    const double last_s = static_cast<double>(heard.samples) / heard.sample_rate_hz - shortest_rest_s;
    for (double at_s = every_s; at_s < last_s; at_s += every_s) {
        places.insert(quiet_place(heard, static_cast<std::uint64_t>(at_s * heard.sample_rate_hz)));
    }
}

Audio in_all_channels(const std::vector<float>& mono, int channels, int sample_rate_hz) {
    return {std::vector(static_cast<std::size_t>(channels), mono), sample_rate_hz};
}

double loudness_of(const Audio& audio) {
    std::vector<const float*> channels;
    for (const auto& channel : audio.channels) channels.push_back(channel.data());
    return loudness_lufs({channels, audio.samples(), audio.sample_rate_hz});
}

Audio spoken(const CueRequest& request, double lufs, int channels, int sample_rate_hz) {
    const std::vector<float> words = spoken_cue(request, sample_rate_hz);
    Audio cue = in_all_channels(words, channels, sample_rate_hz);
    const double own_lufs = loudness_of(cue);
    if (!std::isfinite(own_lufs)) throw Error(Fault::input, request.file + request.say + ": the spoken cue is silent");
    float peak = 0;
    for (const float x : words) peak = std::max(peak, std::abs(x));
    const double gain = std::min(std::pow(10, (lufs - own_lufs) / 20), max_peak / peak);
    for (auto& channel : cue.channels) {
        for (float& x : channel) x *= static_cast<float>(gain);
    }
    return cue;
}

Audio rhythm(const CueRequest& request, double lufs, int channels, int sample_rate_hz) {
    return RhythmCue({.sample_rate_hz = sample_rate_hz,
                      .channels = channels,
                      .pitch_hz = request.pitch_hz,
                      .unit_s = request.unit_ms / 1000,
                      .level_lufs = lufs})
        .audio();
}

void note_spans(CuePlan& plan, const Survey& heard) {
    const CueInserter inserter(plan.insert);
    const auto add = [&](std::uint64_t place) {
        const std::uint64_t begin = place + plan.added_samples + inserter.pause_samples();
        plan.spans.push_back({begin, begin + plan.insert.cue.samples()});
        plan.added_samples += inserter.inserted_samples();
    };
    for (const std::uint64_t place : plan.insert.at) add(place);
    if (plan.insert.at_end) add(heard.samples);
}

}  // namespace

Survey survey(const std::string& path) {
    AudioReader reader(path, std::nullopt);
    const int channels = reader.format().channels, rate = reader.format().sample_rate_hz;
    Survey heard{0, rate, 0, {}};
    LoudnessMeter meter(rate, channels);
    Block block(channels, reader.block_samples());
    Progress progress(path, reader.samples(), rate);
    const auto row_samples = static_cast<std::uint64_t>(row_s * rate);
    while (const std::size_t got = reader.read(block)) {
        meter.push(block.channels(), got);
        for (std::size_t i = 0; i < got; ++i) {
            const auto row = static_cast<std::size_t>((heard.samples + i) / row_samples);
            if (row >= heard.energy.size()) heard.energy.push_back(0);
            float loudest = 0;
            for (int c = 0; c < channels; ++c) {
                loudest = std::max(loudest, block.channels()[c][i] * block.channels()[c][i]);
            }
            heard.energy[row] += loudest;
        }
        heard.samples += got;
        progress.at(heard.samples);
    }
    heard.lufs = meter.lufs();
    return heard;
}

std::uint64_t quiet_place(const Survey& heard, std::uint64_t wanted) {
    const auto row_samples = static_cast<std::uint64_t>(row_s * heard.sample_rate_hz);
    constexpr auto width = static_cast<std::size_t>(quiet_s / row_s), reach = static_cast<std::size_t>(reach_s / row_s);
    if (wanted == 0 || wanted >= heard.samples || heard.energy.size() <= width) return std::min(wanted, heard.samples);
    const std::size_t middle = static_cast<std::size_t>(wanted / row_samples);
    const std::size_t first = middle - std::min(middle, reach + width / 2);
    const std::size_t last = std::min(middle + reach, heard.energy.size() - width);
    double least = -1;
    std::uint64_t place = wanted;
    for (std::size_t from = first; from <= last; ++from) {
        double energy = 0;
        for (std::size_t row = from; row < from + width; ++row) energy += heard.energy[row];
        if (least >= 0 && energy >= least) continue;
        least = energy;
        place = (from + width / 2) * row_samples;
    }
    return place;
}

CuePlan plan_cue(const CueRequest& request, const Survey& heard, int channels) {
    CuePlan plan;
    plan.speech_lufs = heard.lufs;
    const double wanted = (std::isfinite(heard.lufs) ? heard.lufs : usual_speech_lufs) + request.level_db;
    plan.lufs = std::clamp(wanted, min_cue_lufs, max_cue_lufs);
    plan.insert.cue = request.kind == "rhythm" ? rhythm(request, plan.lufs, channels, heard.sample_rate_hz)
                                               : spoken(request, plan.lufs, channels, heard.sample_rate_hz);
    plan.lufs = loudness_of(plan.insert.cue);  // what the limit of the peak has left of it
    std::set<std::uint64_t> places;
    for (const std::string& at : request.at.empty() ? std::vector<std::string>{"start"} : request.at) {
        if (at == "end") {
            plan.insert.at_end = true;
        } else {
            places.insert(at == "start" ? 0 : place_of(at, heard));
        }
    }
    add_repeats(places, request.every_s, heard);
    if (places.erase(heard.samples) > 0) plan.insert.at_end = true;
    plan.insert.at.assign(places.begin(), places.end());
    note_spans(plan, heard);
    return plan;
}

}  // namespace earmark::tools
