// The C interface against the C++ one it stands on: the same bits, every failure a status with words, nothing unmarked.
#include <doctest/doctest.h>
#include <earmark/earmark.h>
#include <earmark/earmark.hpp>

#include "tests/support/allocations.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/signals.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 16000;
constexpr const char* payload = "0123456789abcdef";

template <auto free_it>
struct Free {
    void operator()(auto* handle) const { free_it(handle); }
};
using KeyHandle = std::unique_ptr<earmark_key, Free<earmark_key_free>>;
using EmbedderHandle = std::unique_ptr<earmark_embedder, Free<earmark_embedder_free>>;
using DetectorHandle = std::unique_ptr<earmark_detector, Free<earmark_detector_free>>;
using DetectionHandle = std::unique_ptr<earmark_detection, Free<earmark_detection_free>>;

KeyHandle c_key(const AnyKey& key) {
    earmark_key* made = nullptr;
    const std::string text = std::visit([](const auto& any) { return any.text(); }, key);
    REQUIRE(earmark_key_parse(text.c_str(), "test.key", &made) == EARMARK_OK);
    return KeyHandle(made);
}

earmark_embed_config embed_config(const KeyHandle& key) {
    earmark_embed_config config = EARMARK_EMBED_CONFIG;
    config.key = key.get();
    config.payload = payload;
    config.sample_rate_hz = rate;
    return config;
}

struct Keys {
    explicit Keys(const KeyHandle& key) : list{key.get()} {}
    const earmark_key* list[1];
};

earmark_detect_config detect_config(const Keys& keys) {
    earmark_detect_config config = EARMARK_DETECT_CONFIG;
    config.keys = keys.list;
    config.key_count = 1;
    config.sample_rate_hz = rate;
    return config;
}

Samples marked_by_cpp(const Samples& host) {
    return embed_mono(host, {.key = numbered_key(1), .payload = Payload::from_hex(payload), .sample_rate_hz = rate})
        .samples;
}

bool silent(const Samples& samples) {
    return energy(samples) == 0;
}

// The last failure spoke of all of this.
void check_message(const std::string& field, const std::string& value) {
    const std::string message = earmark_message();
    CHECK_MESSAGE(message.find(field) != std::string::npos, message);
    CHECK_MESSAGE(message.find(value) != std::string::npos, message);
    CHECK(message.find('\n') == std::string::npos);
}

}  // namespace

TEST_CASE("C interface: a whole signal, the bits of the C++ one") {
    const Samples host = speech_like(6, rate, 1);
    const KeyHandle key = c_key(numbered_key(1));
    const earmark_embed_config config = embed_config(key);
    Samples samples = host;
    const float* in = samples.data();
    float* out = samples.data();  // in place
    earmark_embed_report report = EARMARK_EMBED_REPORT;
    REQUIRE(earmark_embed(&config, &in, &out, samples.size(), &report) == EARMARK_OK);
    CHECK(samples == marked_by_cpp(host));
    CHECK(report.samples == host.size());
    CHECK(report.active_s > 3);
    CHECK(report.mark_db < -5);

    const Keys keys(key);
    const earmark_detect_config looking = detect_config(keys);
    earmark_detection* made = nullptr;
    REQUIRE(earmark_detect(&looking, &in, samples.size(), &made) == EARMARK_OK);
    const DetectionHandle found(made);
    const Detection expected = detect_mono(samples, detect_config(rate, numbered_key(1)));
    CHECK(earmark_detection_marked(made) == 1);
    CHECK(earmark_detection_log10_p(made) == expected.log10_p);
    CHECK(std::string(earmark_detection_payload(made)) == payload);
    CHECK(earmark_detection_payload_log10_p(made) == expected.payload_log10_p);
    CHECK(earmark_detection_key(made) == 0);
    CHECK(earmark_detection_channel(made) == 0);
    CHECK(earmark_detection_start_s(made) == expected.start_s);
    CHECK(earmark_detection_end_s(made) == expected.end_s);
    CHECK(earmark_detection_time_scale(made) == 1);
    CHECK(earmark_detection_frequency_scale(made) == 1);
    CHECK(earmark_detection_duration_s(made) == doctest::Approx(6));
    CHECK(earmark_detection_active_s(made) == expected.active_s);
    CHECK(earmark_detection_hypotheses(made) == expected.hypotheses);
    CHECK(std::string(earmark_detection_reason(made)).empty());
    REQUIRE(earmark_detection_segments(made) == expected.segments.size());
    earmark_segment segment = EARMARK_SEGMENT;
    REQUIRE(earmark_detection_segment(made, 0, &segment) == EARMARK_OK);
    CHECK(segment.log10_p == expected.segments[0].log10_p);
    CHECK(earmark_detection_segment(made, expected.segments.size(), &segment) == EARMARK_USAGE);
}

TEST_CASE("C interface: block by block, the bits of the whole signal; two channels; nothing allocated") {
    const Samples host = speech_like(4, rate, 2), marked = marked_by_cpp(host);
    const KeyHandle key = c_key(numbered_key(1));
    earmark_embed_config config = embed_config(key);
    config.channels = 2;
    earmark_embedder* embedder = nullptr;
    REQUIRE(earmark_embedder_new(&config, &embedder) == EARMARK_OK);
    const EmbedderHandle owner(embedder);
    const std::size_t latency = earmark_embedder_latency_samples(embedder);
    CHECK(latency <= 0.032 * rate);
    Samples left(host.size() + latency), right(host.size() + latency);
    Random random(3);
    const std::size_t before = allocations();
    for (std::size_t done = 0; done < host.size();) {
        const std::size_t count = std::min<std::size_t>(random.below(700), host.size() - done);
        const float* in[2] = {host.data() + done, host.data() + done};
        float* out[2] = {left.data() + done, right.data() + done};
        REQUIRE(earmark_embedder_process(embedder, in, out, count) == EARMARK_OK);
        done += count;
    }
    float* tail[2] = {left.data() + host.size(), right.data() + host.size()};
    REQUIRE(earmark_embedder_flush(embedder, tail) == EARMARK_OK);
    CHECK(allocations() == before);
    CHECK(slice(left, latency, left.size()) == marked);
    CHECK(left == right);
    earmark_embed_report report = EARMARK_EMBED_REPORT;
    REQUIRE(earmark_embedder_report(embedder, &report) == EARMARK_OK);
    CHECK(report.samples == host.size());

    const Keys keys(key);
    const earmark_detect_config looking = detect_config(keys);
    earmark_detector* detector = nullptr;
    REQUIRE(earmark_detector_new(&looking, &detector) == EARMARK_OK);
    const DetectorHandle detector_owner(detector);
    for (int round = 0; round < 2; ++round) {  // finish() and reset() both make it ready for a new signal
        const float* in = marked.data();
        REQUIRE(earmark_detector_push(detector, &in, marked.size()) == EARMARK_OK);
        if (round == 0) REQUIRE(earmark_detector_reset(detector) == EARMARK_OK);
        if (round == 0) REQUIRE(earmark_detector_push(detector, &in, marked.size()) == EARMARK_OK);
        earmark_detection* found = nullptr;
        REQUIRE(earmark_detector_finish(detector, &found) == EARMARK_OK);
        const DetectionHandle found_owner(found);
        CHECK(earmark_detection_log10_p(found) == detect_mono(marked, detect_config(rate, numbered_key(1))).log10_p);
    }
}

TEST_CASE("C interface: polled as the C++ detector is; saved here, restored there") {
    const Samples marked = marked_by_cpp(speech_like(5, rate, 6));
    const KeyHandle key = c_key(numbered_key(1));
    const Keys keys(key);
    const earmark_detect_config looking = detect_config(keys);
    earmark_detector *here = nullptr, *there = nullptr;
    REQUIRE(earmark_detector_new(&looking, &here) == EARMARK_OK);
    const DetectorHandle here_owner(here);
    REQUIRE(earmark_detector_new(&looking, &there) == EARMARK_OK);
    const DetectorHandle there_owner(there);
    Detector expected(detect_config(rate, numbered_key(1)));
    int polled = 0;
    bool ever_marked = false;
    for (std::size_t done = 0; done < marked.size(); done += 320) {
        const float* in = marked.data() + done;
        const std::size_t count = std::min<std::size_t>(320, marked.size() - done);
        REQUIRE(earmark_detector_push(here, &in, count) == EARMARK_OK);
        expected.push(&in, count);
        earmark_detection* so_far = nullptr;
        REQUIRE(earmark_detector_poll(here, &so_far) == EARMARK_OK);
        const DetectionHandle owner(so_far);
        const auto wanted = expected.poll();
        REQUIRE((so_far != nullptr) == wanted.has_value());
        if (!wanted) continue;
        ++polled;
        CHECK(earmark_detection_log10_p(so_far) == wanted->log10_p);
        CHECK(earmark_detection_marked(so_far) == (wanted->marked ? 1 : 0));
        CHECK(earmark_detection_ongoing(so_far) == (wanted->ongoing ? 1 : 0));
        CHECK(earmark_detection_decided_s(so_far) == wanted->decided_s);
        ever_marked |= wanted->marked && wanted->ongoing;
        if (polled != 4) continue;
        std::size_t bytes = 0;
        REQUIRE(earmark_detector_save(here, nullptr, &bytes) == EARMARK_OK);
        std::vector<char> state(bytes);
        bytes = 1;
        CHECK(earmark_detector_save(here, state.data(), &bytes) == EARMARK_USAGE);
        REQUIRE(bytes == state.size());
        REQUIRE(earmark_detector_save(here, state.data(), &bytes) == EARMARK_OK);
        CHECK(earmark_detector_restore(there, state.data(), bytes - 1) == EARMARK_INPUT);
        REQUIRE(earmark_detector_restore(there, state.data(), bytes) == EARMARK_OK);
        in += count;
        REQUIRE(earmark_detector_push(there, &in, marked.size() - done - count) == EARMARK_OK);
    }
    CHECK(polled >= 10);
    CHECK(ever_marked);
    earmark_detection *from_here = nullptr, *from_there = nullptr;
    REQUIRE(earmark_detector_finish(here, &from_here) == EARMARK_OK);
    const DetectionHandle from_here_owner(from_here);
    REQUIRE(earmark_detector_finish(there, &from_there) == EARMARK_OK);
    const DetectionHandle from_there_owner(from_there);
    CHECK(earmark_detection_log10_p(from_here) == earmark_detection_log10_p(from_there));
    CHECK(std::string(earmark_detection_payload(from_there)) == payload);
}

TEST_CASE("C interface: a key that is not the mark's finds nothing, the key found is told by its place") {
    const Samples marked = marked_by_cpp(speech_like(6, rate, 4));
    const KeyHandle other = c_key(numbered_key(2)), screening = c_key(numbered_key(1).screening());
    CHECK(earmark_key_is_master(other.get()) == 1);
    CHECK(earmark_key_is_master(screening.get()) == 0);
    const earmark_key* list[2] = {other.get(), screening.get()};
    earmark_detect_config config = EARMARK_DETECT_CONFIG;
    config.keys = list;
    config.sample_rate_hz = rate;
    const float* in = marked.data();
    for (const std::size_t keys : {1, 2}) {
        config.key_count = keys;
        earmark_detection* found = nullptr;
        REQUIRE(earmark_detect(&config, &in, marked.size(), &found) == EARMARK_OK);
        const DetectionHandle owner(found);
        CHECK(earmark_detection_marked(found) == static_cast<int>(keys - 1));
        CHECK(earmark_detection_key(found) == (keys == 2 ? 1 : -1));
        CHECK(earmark_detection_payload(found) == nullptr);
    }
}

TEST_CASE("C interface: embedding that fails leaves silence") {
    const KeyHandle key = c_key(numbered_key(1)), screening = c_key(numbered_key(1).screening());
    const earmark_embed_config good = embed_config(key);
    auto fails = [&](earmark_embed_config config, Samples host, earmark_status status, const char* field,
                     const char* value) {
        const float* in = host.data();
        float* out = host.data();
        CHECK(earmark_embed(&config, &in, &out, host.size(), nullptr) == status);
        check_message(field, value);
        CHECK(silent(host));
    };
    const Samples host(rate, 0.1f);
    earmark_embed_config bad = good;
    bad.key = nullptr;
    fails(bad, host, EARMARK_USAGE, "key", "NULL");
    bad = good;
    bad.key = screening.get();
    fails(bad, host, EARMARK_KEY, "key", "screening");
    bad = good;
    bad.payload = "xyz";
    fails(bad, host, EARMARK_USAGE, "payload", "xyz");
    bad = good;
    bad.payload = nullptr;
    fails(bad, host, EARMARK_USAGE, "payload", "NULL");
    bad = good;
    bad.profile = "loud";
    fails(bad, host, EARMARK_USAGE, "profile", "loud");
    bad = good;
    bad.sample_rate_hz = 7999;
    fails(bad, host, EARMARK_INPUT, "sample_rate_hz", "7999");
    bad = good;
    bad.size += 8;  // a later version's, with wishes that nobody here knows
    fails(bad, host, EARMARK_USAGE, "size", std::to_string(sizeof bad).c_str());
    Samples broken = host;
    broken[5] = std::numeric_limits<float>::quiet_NaN();
    fails(good, broken, EARMARK_INPUT, "sample 5", "finite");
    broken[5] = 9;
    fails(good, broken, EARMARK_INPUT, "sample 5", "-8 to 8");

    bad = good;
    bad.channels = 0;
    Samples out_memory = host;
    float* out = out_memory.data();
    const float* in = host.data();
    CHECK(earmark_embed(&bad, &in, &out, host.size(), nullptr) == EARMARK_INPUT);
    CHECK(earmark_embed(&good, &in, &out, 0, nullptr) == EARMARK_INPUT);
    CHECK(earmark_embed(&good, nullptr, &out, host.size(), nullptr) == EARMARK_USAGE);
    CHECK(silent(out_memory));
}

TEST_CASE("C interface: a caller with a shorter config gets the defaults of what it does not know") {
    const Samples host = speech_like(2, rate, 5);
    const KeyHandle key = c_key(numbered_key(1));
    earmark_embed_config config = embed_config(key);
    config.size = offsetof(earmark_embed_config, profile);
    config.profile = "no such profile, and not part of the config";
    Samples samples = host;
    const float* in = samples.data();
    float* out = samples.data();
    REQUIRE(earmark_embed(&config, &in, &out, samples.size(), nullptr) == EARMARK_OK);
    CHECK(samples == marked_by_cpp(host));
    earmark_embed_report report = EARMARK_EMBED_REPORT;
    report.size = offsetof(earmark_embed_report, active_s);
    report.active_s = -7;  // lies beyond what the caller has room for
    samples = host;
    REQUIRE(earmark_embed(&config, &in, &out, samples.size(), &report) == EARMARK_OK);
    CHECK(report.samples == host.size());
    CHECK(report.active_s == -7);
}

TEST_CASE("C interface: NULL is refused everywhere, and freed in peace") {
    earmark_key* key = nullptr;
    earmark_embedder* embedder = nullptr;
    earmark_detector* detector = nullptr;
    earmark_detection* detection = nullptr;
    char text[33];
    CHECK(earmark_key_load(nullptr, &key) == EARMARK_USAGE);
    CHECK(earmark_key_load("x", nullptr) == EARMARK_USAGE);
    CHECK(earmark_key_parse(nullptr, "x", &key) == EARMARK_USAGE);
    CHECK(earmark_key_generate(nullptr) == EARMARK_USAGE);
    CHECK(earmark_key_screening(nullptr, &key) == EARMARK_USAGE);
    CHECK(earmark_key_save(nullptr, "x") == EARMARK_USAGE);
    CHECK(earmark_key_is_master(nullptr) == 0);
    CHECK(earmark_key_fingerprint(nullptr, text) == EARMARK_USAGE);
    CHECK(earmark_payload_parse(nullptr, text) == EARMARK_USAGE);
    CHECK(earmark_embedder_new(nullptr, &embedder) == EARMARK_USAGE);
    CHECK(earmark_embedder_process(nullptr, nullptr, nullptr, 1) == EARMARK_USAGE);
    CHECK(earmark_embedder_flush(nullptr, nullptr) == EARMARK_USAGE);
    CHECK(earmark_embedder_reset(nullptr) == EARMARK_USAGE);
    CHECK(earmark_embedder_latency_samples(nullptr) == 0);
    CHECK(earmark_embedder_report(nullptr, nullptr) == EARMARK_USAGE);
    CHECK(earmark_embed(nullptr, nullptr, nullptr, 1, nullptr) == EARMARK_USAGE);
    CHECK(earmark_detect(nullptr, nullptr, 1, &detection) == EARMARK_USAGE);
    CHECK(earmark_detector_new(nullptr, &detector) == EARMARK_USAGE);
    CHECK(earmark_detector_push(nullptr, nullptr, 1) == EARMARK_USAGE);
    CHECK(earmark_detector_finish(nullptr, &detection) == EARMARK_USAGE);
    CHECK(earmark_detector_reset(nullptr) == EARMARK_USAGE);
    CHECK(earmark_detector_poll(nullptr, &detection) == EARMARK_USAGE);
    CHECK(earmark_detector_save(nullptr, nullptr, nullptr) == EARMARK_USAGE);
    CHECK(earmark_detector_restore(nullptr, nullptr, 0) == EARMARK_USAGE);
    CHECK(earmark_detection_ongoing(nullptr) == 0);
    CHECK(earmark_detection_decided_s(nullptr) == 0);
    CHECK(earmark_detection_marked(nullptr) == 0);
    CHECK(earmark_detection_key(nullptr) == -1);
    CHECK(earmark_detection_payload(nullptr) == nullptr);
    CHECK(earmark_detection_reason(nullptr) == nullptr);
    CHECK(earmark_detection_segments(nullptr) == 0);
    CHECK(earmark_detection_segment(nullptr, 0, nullptr) == EARMARK_USAGE);
    CHECK((!key && !embedder && !detector && !detection));
    earmark_key_free(nullptr);
    earmark_embedder_free(nullptr);
    earmark_detector_free(nullptr);
    earmark_detection_free(nullptr);

    const KeyHandle good = c_key(numbered_key(1));
    const earmark_embed_config config = embed_config(good);
    REQUIRE(earmark_embedder_new(&config, &embedder) == EARMARK_OK);
    const EmbedderHandle owner(embedder);
    const float* no_plane = nullptr;
    float* out = nullptr;
    CHECK(earmark_embedder_process(embedder, &no_plane, &out, 1) == EARMARK_USAGE);
    check_message("in[0]", "NULL");
    CHECK(earmark_embedder_process(embedder, nullptr, nullptr, 0) == EARMARK_OK);
    earmark_embed_report report{};
    CHECK(earmark_embedder_report(embedder, &report) == EARMARK_USAGE);
    check_message("report.size", "not set");
}

TEST_CASE("C interface: detection refuses what it cannot judge") {
    const KeyHandle key = c_key(numbered_key(1));
    const Keys keys(key);
    const Samples host(rate, 0.1f);
    const float* in = host.data();
    earmark_detection* found = nullptr;
    auto fails = [&](earmark_detect_config config, earmark_status status, const char* field, const char* value) {
        CHECK(earmark_detect(&config, &in, host.size(), &found) == status);
        check_message(field, value);
        CHECK(found == nullptr);
    };
    const earmark_detect_config good = detect_config(keys);
    earmark_detect_config bad = good;
    bad.key_count = 0;
    fails(bad, EARMARK_USAGE, "keys", "0");
    bad = good;
    bad.keys = nullptr;
    fails(bad, EARMARK_USAGE, "keys", "NULL");
    bad = good;
    bad.p_max = 2;
    fails(bad, EARMARK_USAGE, "p_max", "2");
    bad = good;
    bad.search = "everywhere";
    fails(bad, EARMARK_USAGE, "search", "everywhere");
    bad = good;
    bad.channels = 65;
    fails(bad, EARMARK_INPUT, "channels", "65");
    CHECK(earmark_detect(&good, &in, 0, &found) == EARMARK_INPUT);

    earmark_detection* short_one = nullptr;  // too little sound is a verdict with a reason, not an error
    REQUIRE(earmark_detect(&good, &in, rate / 2, &short_one) == EARMARK_OK);
    const DetectionHandle owner(short_one);
    CHECK(earmark_detection_marked(short_one) == 0);
    CHECK(std::string(earmark_detection_reason(short_one)).find("active speech") != std::string::npos);
}

TEST_CASE("C interface: keys, payloads and versions") {
    earmark_key *made = nullptr, *screening = nullptr;
    REQUIRE(earmark_key_generate(&made) == EARMARK_OK);
    const KeyHandle key(made);
    REQUIRE(earmark_key_screening(made, &screening) == EARMARK_OK);
    const KeyHandle screening_owner(screening);
    char ours[17], theirs[17];
    REQUIRE(earmark_key_fingerprint(made, ours) == EARMARK_OK);
    REQUIRE(earmark_key_fingerprint(screening, theirs) == EARMARK_OK);
    CHECK(std::strlen(ours) == 16);
    CHECK(std::string(ours) == theirs);
    CHECK(earmark_key_screening(screening, &made) == EARMARK_KEY);
    CHECK(earmark_key_load("/no/such/file.key", &made) == EARMARK_KEY);
    check_message("/no/such/file.key", "no such file");

    char digits[33];
    REQUIRE(earmark_payload_parse("123E4567-e89b-12d3-a456-426614174000", digits) == EARMARK_OK);
    CHECK(std::string(digits) == "123e4567e89b12d3a456426614174000");
    CHECK(earmark_payload_parse("123", digits) == EARMARK_USAGE);
    CHECK(std::string(earmark_version()) == version);
    CHECK(std::string(earmark_simd_target()) == simd_target());
}
