// Marks a mono file with a depth rule of one's own, to measure what a lever of the embedder is worth (strength.py):
//
//     mark_with_rule IN OUT KEY PAYLOAD PROFILE [FIELD=VALUE]...
//
// FIELD is one of dsp/masking/depth.hpp or dsp/embed/cell_signs.hpp (sync, slow); what is not named keeps the profile's
// value. Without fields the output is that of `earmark embed`, but for the limiter: what passes full scale is
// clipped by the 16-bit file.
#include <earmark/earmark.hpp>

#include "benchmarks/sound_file.hpp"
#include "dsp/embed/spreader.hpp"

#include <sndfile.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace earmark;
using namespace earmark::benchmarks;

struct Levers {
    DepthRule rule;
    DepthShares shares;
};

Levers levers_from(const std::string& profile, int count, char** changes) {
    Levers levers{depth_rule(profile_from_name(profile)), {}};
    DepthRule& rule = levers.rule;
    const std::map<std::string, float*> fields{
        {"floor_db", &rule.floor_db},       {"noise_db", &rule.noise_db},
        {"low_scale", &rule.low_scale},     {"high_scale", &rule.high_scale},
        {"loud_cut", &rule.loud_cut},       {"quiet_gain", &rule.quiet_gain},
        {"usual_frame", &rule.usual_frame}, {"host_rejection", &rule.host_rejection},
        {"sync", &levers.shares.sync},      {"slow", &levers.shares.slow}};
    for (int i = 0; i < count; ++i) {
        const std::string change = changes[i];
        const auto equals = change.find('=');
        const auto field = fields.find(change.substr(0, equals));
        if (equals == std::string::npos || field == fields.end())
            throw std::invalid_argument(change + ": no such field");
        *field->second = std::stof(change.substr(equals + 1));
    }
    return levers;
}

void write_mono(const char* path, const Sound& sound) {
    SF_INFO info{};
    info.channels = 1;
    info.samplerate = sound.rate;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    SNDFILE* file = sf_open(path, SFM_WRITE, &info);
    if (!file) throw std::runtime_error(std::string(path) + ": cannot be written");
    sf_command(file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
    sf_writef_float(file, sound.samples.data(), static_cast<sf_count_t>(sound.samples.size()));
    sf_close(file);
}

std::vector<float> marked(const Sound& host, Spreader& spreader, const CellSigns& signs) {
    const FrameSizes sizes(host.rate);
    const std::size_t hop = static_cast<std::size_t>(sizes.hop), delay = static_cast<std::size_t>(sizes.delay()) - hop;
    std::vector<float> padded = host.samples, out;
    padded.resize((host.samples.size() + delay + hop) / hop * hop);
    for (std::size_t at = 0; at < padded.size(); at += hop) {
        const auto change = spreader.add_hop({padded.data() + at, hop}, signs);
        const auto before = spreader.delayed_host();
        for (std::size_t i = 0; i < hop; ++i) out.push_back(before[i] + change[i]);
    }
    out.erase(out.begin(), out.begin() + static_cast<long>(delay));
    out.resize(host.samples.size());
    return out;
}

}  // namespace

int main(int count, char** words) {
    if (count < 6) {
        std::fprintf(stderr, "usage: mark_with_rule IN OUT KEY PAYLOAD PROFILE [FIELD=VALUE]...\n");
        return 2;
    }
    try {
        const Sound host = read_mono(words[1]);
        const Levers levers = levers_from(words[5], count - 6, words + 6);
        Spreader spreader(host.rate, levers.rule);
        const CellSigns signs = make_cell_signs(Key::load(words[3]), Payload::from_hex(words[4]), levers.shares);
        write_mono(words[2], {marked(host, spreader, signs), host.rate, 1});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mark_with_rule: %s\n", error.what());
        return 3;
    }
}
