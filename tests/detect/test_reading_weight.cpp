// A payload's bound is that of its own signs: what the track weighs has been paid by sync.
#include "dsp/detect/verdict.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mono.hpp"
#include "tests/support/slots.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace earmark;
using namespace earmark::test;

namespace {

constexpr int rate = 8000;

struct MarkedSlots {
    std::vector<Slot> slots = slots_of(embed_mono(speech_like(8, rate, 91), mono_config(rate)).samples, rate);

    StretchVerdict judged(const Carrier& carrier, double log_weight, double p_max) const {
        const Evidence evidence(slots, carrier);
        return judge(evidence.view(), 0, carrier, log_weight, p_max);
    }
};

}  // namespace

TEST_CASE("reading: the track's weight moves the bound on the mark, not that on its payload") {
    const MarkedSlots marked;
    const Carrier carrier = make_carrier(numbered_key(1));
    const StretchVerdict plain = marked.judged(carrier, 0, 1e-6), dear = marked.judged(carrier, -20, 1e-6);
    REQUIRE(plain.segments.size() == 1);
    REQUIRE(dear.segments.size() == 1);
    CHECK(plain.segments[0].payload == some_payload);
    CHECK(dear.segments[0].payload == some_payload);
    CHECK(dear.segments[0].log10_p == doctest::Approx(plain.segments[0].log10_p + 20 / std::log(10)));
    CHECK(dear.segments[0].payload_log10_p == plain.segments[0].payload_log10_p);
}

// Of 256 tracks at most, read in p_max of the stretches: above a p_max of 1/256 that is more than one.
TEST_CASE("reading: where 'marked' is said often, a payload pays for it") {
    const MarkedSlots marked;
    const Carrier carrier = make_carrier(numbered_key(1));
    const double usual = marked.judged(carrier, 0, 1e-6).segments.at(0).payload_log10_p;
    CHECK(marked.judged(carrier, 0, 0.0039).segments.at(0).payload_log10_p == doctest::Approx(usual));
    CHECK(marked.judged(carrier, 0, 0.5).segments.at(0).payload_log10_p == doctest::Approx(usual + std::log10(128)));
}

// The mark of sync stays, the payload subkey is drawn: to its signs the audio carries no payload. p_max is 0.5, so by
// the bound at most one reading in 256 gives one.
TEST_CASE("reading: nothing is read where sync is marked and the payload is of another subkey") {
    const MarkedSlots marked;
    const Key key = numbered_key(1);
    const int keys = trials(120);
    int found = 0, read = 0;
    for (int number = 0; number < keys; ++number) {
        const Carrier carrier = make_carrier(key.sync(), &numbered_key(300 + number).payload());
        const StretchVerdict verdict = marked.judged(carrier, 0, 0.5);
        found += !verdict.segments.empty();
        for (const Segment& segment : verdict.segments) read += segment.payload.has_value();
    }
    CHECK(found == keys);
    CHECK(read <= 2 + keys / 50);
}
