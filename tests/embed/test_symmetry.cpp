// What the mark must not depend on: polarity, level, neighbouring channels.
#include "tests/support/mono.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace earmark;
using namespace earmark::test;

namespace {

double in_db(double change, double of) {
    return 10 * std::log10(change / of);
}

}  // namespace

TEST_CASE("embed: the negative of a host gives the negative of the marked signal, bit for bit") {
    for (const int rate : {8000, 22050, 48000}) {
        const Samples host = scaled(speech_like(1, rate, 31), 1.9);  // some of it limited
        const EmbedConfig config = mono_config(rate, Profile::robust);
        CHECK(embed_mono(scaled(host, -1), config).samples == scaled(embed_mono(host, config).samples, -1));
    }
}

// Only the floors against silence know the level: they lie at -100 dBFS and below.
TEST_CASE("embed: half the host gives half the marked signal") {
    constexpr double limit_db = -50;  // difference against the change that the mark makes
    for (const int rate : {8000, 48000})
        for (const double gain : {0.5, 0.1}) {
            const Samples host = speech_like(1.5, rate, 32);
            const Samples marked = embed_mono(host, mono_config(rate)).samples;
            const Samples quieter = embed_mono(scaled(host, gain), mono_config(rate)).samples;
            const double off = energy(difference(scaled(quieter, 1 / gain), marked));
            CAPTURE(rate);
            CAPTURE(gain);
            CHECK(in_db(off, energy(difference(marked, host))) < limit_db);
        }
}

TEST_CASE("embed: every channel is marked as it would be alone") {
    const int rate = 16000;
    std::vector<Samples> hosts;
    for (int c = 0; c < 7; ++c) hosts.push_back(scaled(speech_like(0.8, rate, c < 2 ? 33 : 33 + c), c == 3 ? 3 : 1));
    hosts[5].assign(hosts[5].size(), 0.0f);
    std::vector<const float*> channels;
    for (const Samples& host : hosts) channels.push_back(host.data());
    EmbedConfig config = mono_config(rate);
    config.channels = 7;
    const Marked marked = embed({channels, hosts[0].size(), rate}, config);
    REQUIRE(marked.audio.channels.size() == 7);
    CHECK(marked.audio.sample_rate_hz == rate);
    for (std::size_t c = 0; c < 7; ++c) {
        CAPTURE(c);
        CHECK(marked.audio.channels[c] == embed_mono(hosts[c], mono_config(rate)).samples);
    }
}

TEST_CASE("embed: another key, another payload, another mark; the same, the same") {
    const int rate = 16000;
    const Samples host = speech_like(1.5, rate, 34);
    const auto change = [&](const EmbedConfig& config) { return difference(embed_mono(host, config).samples, host); };
    const Samples one = change(mono_config(rate));
    CHECK(change(mono_config(rate)) == one);
    const Samples other_key = change(mono_config(rate, Profile::standard, 2));
    const Samples other_payload =
        change(mono_config(rate, Profile::standard, 1, Payload::from_hex("fe81ba7698dc5433")));
    // Independent marks differ by twice the energy of one; another payload turns half of half the chips round, those
    // less deep, and leaves the slow layer as it is.
    CHECK(in_db(energy(difference(one, other_key)), energy(one)) == doctest::Approx(3).epsilon(0.25));
    CHECK(in_db(energy(difference(one, other_payload)), energy(one)) < 1.5);
    CHECK(in_db(energy(difference(one, other_payload)), energy(one)) > -2);
}

TEST_CASE("embed: what the config may not say is refused by field, value and range") {
    struct Bad {
        int rate, channels;
        const char *field, *value, *range;
    };
    for (const Bad& bad :
         {Bad{7999, 1, "sample_rate_hz", "7999", "8000 to 192000"},
          Bad{192001, 1, "sample_rate_hz", "192001", "8000 to 192000"}, Bad{0, 1, "sample_rate_hz", "0", "8000"},
          Bad{-16000, 1, "sample_rate_hz", "-16000", "8000"}, Bad{16000, 0, "channels", "0", "1 to 64"},
          Bad{16000, 65, "channels", "65", "1 to 64"}, Bad{16000, -1, "channels", "-1", "1 to 64"}}) {
        EmbedConfig config = mono_config(bad.rate);
        config.channels = bad.channels;
        try {
            const Embedder embedder(config);
            FAIL_CHECK("taken: " << bad.field << " " << bad.value);
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::input);
            for (const char* part : {bad.field, bad.value, bad.range})
                CHECK(std::string(error.what()).find(part) != std::string::npos);
        }
    }
}

TEST_CASE("embed: audio that is not what the config says is refused") {
    const Samples host(100, 0.1f);
    const float* const channels[]{host.data(), host.data()};
    const EmbedConfig config = mono_config(16000);
    CHECK_THROWS_AS(embed({{channels, 1}, 0, 16000}, config), Error);
    CHECK_THROWS_AS(embed({{channels, 2}, 100, 16000}, config), Error);
    CHECK_THROWS_AS(embed({{channels, 1}, 100, 8000}, config), Error);
    CHECK_NOTHROW(embed({{channels, 1}, 100, 16000}, config));
}
