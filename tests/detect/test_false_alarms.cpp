// Audio that nobody marked with the key, random keys: how often p falls to alpha or below, against alpha.
#include "dsp/detect/statistic.hpp"
#include "dsp/detect/verdict.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/shares.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 8000;

struct Host {
    std::string name;
    Samples samples;
};

// Noise that repeats exactly with the packet, so that every fold adds up: the worst that audio can do to a detector
// that counts on chips being independent.
Samples packet_loop(double seconds) {
    const Samples one = white_noise(packet_cells * cell_s, rate, 0.1, 9);
    Samples out(samples_in(seconds, rate));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = one[i % one.size()] * (i / 512 % 3 == 0 ? 1.0f : 0.2f);
    return out;
}

std::vector<Host> hosts() {
    constexpr double seconds = 5.3;
    const Samples speech = speech_like(seconds, rate, 51);
    return {{"speech-like", speech},
            {"tone", sine(seconds, rate, 1004, 0.3)},
            {"dtmf", dtmf(seconds, rate, 52)},
            {"noise", white_noise(seconds, rate, 0.1, 53)},
            {"chord", chord(seconds, rate)},
            {"packet loop", packet_loop(seconds)},
            {"marked with another key", embed_mono(speech, mono_config(rate, Profile::robust, 999983)).samples},
            {"silence", silence(seconds, rate)}};
}

}  // namespace

TEST_CASE("false alarms: one hypothesis, thousands of keys: the share stays under the bound, and not absurdly far") {
    const int keys = trials(4000);
    std::vector<Carrier> carriers;
    for (int key = 0; key < keys; ++key) carriers.push_back(make_carrier(numbered_key(1000 + key)));
    for (const Host& host : hosts()) {
        const std::vector<Slot> slots = slots_of(host.samples, rate);
        const Evidence evidence(slots, carriers.front());
        const Track track{0, std::vector<int>(slots.size(), 37)};
        const Fold folded = fold(evidence.view(), 0, track);
        std::vector<double> log10_ps;
        for (const Carrier& carrier : carriers) log10_ps.push_back(log10_p(sync_exponent(folded, carrier), 0));
        check_shares(host.name, log10_ps);
        // p <= 1/2 needs z >= 1.18 under a Gaussian tail: 12 % of the keys.
        const auto halves =
            std::count_if(log10_ps.begin(), log10_ps.end(), [](double p) { return p < std::log10(0.5); });
        CAPTURE(host.name);
        if (host.name != "silence")  // there rounding is all that is left
            CHECK(double(halves) / keys == doctest::Approx(0.12).epsilon(sanitized ? 0.5 : 0.2));
    }
}

TEST_CASE("false alarms: the whole search, hundreds of keys") {
    const int keys = trials(300);
    for (const Host& host : hosts()) {
        const std::vector<Slot> slots = slots_of(host.samples, rate);
        std::vector<double> log10_ps;
        int found = 0;
        for (int key = 0; key < keys; ++key) {
            const Carrier carrier = make_carrier(numbered_key(1000 + key));
            const auto verdict = judge(Evidence(slots, carrier).view(), 0, carrier, log_stretch_weight(1), 1e-3);
            log10_ps.push_back(verdict.log10_p);
            found += !verdict.segments.empty();
        }
        check_shares(host.name, log10_ps);
        CAPTURE(host.name);
        CHECK(found <= 1);
        CHECK(std::all_of(log10_ps.begin(), log10_ps.end(), [](double p) { return p <= 0; }));
    }
}

TEST_CASE("false alarms: what was tested above is what the detector does") {
    for (const Host& host : hosts()) {
        const std::vector<Slot> slots = slots_of(host.samples, rate);
        for (int key = 1000; key < 1003; ++key) {
            const Carrier carrier = make_carrier(numbered_key(key));
            const auto verdict = judge(Evidence(slots, carrier).view(), 0, carrier, log_stretch_weight(1), 1e-6);
            const Detection found = detect_mono(host.samples, detect_config(rate, numbered_key(key)));
            CAPTURE(host.name);
            CHECK(found.log10_p <= verdict.log10_p);  // what was looked at as it came may say more
            CHECK_FALSE(found.marked);
            CHECK_FALSE(found.payload);
            CHECK(found.key.empty());
        }
    }
}

// The minimum over keys must stay a valid p as well: 40 keys a verdict.
TEST_CASE("false alarms: many keys in one verdict share its bound") {
    std::vector<double> log10_ps;
    const Samples host = speech_like(3, rate, 54);
    for (int trial = 0; trial < trials(40); ++trial) {
        DetectConfig config{.keys = {}, .sample_rate_hz = rate};
        for (int key = 0; key < 40; ++key) config.keys.push_back({"key", numbered_key(5000 + 40 * trial + key)});
        log10_ps.push_back(detect_mono(host, config).log10_p);
    }
    check_shares("40 keys", log10_ps);
}
