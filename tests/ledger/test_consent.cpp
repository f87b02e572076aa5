#include "tests/ledger/scratch_ledger.hpp"

#include <earmark/error.hpp>

using namespace earmark;
using namespace earmark::ledger;

namespace {

Making in_voice(const std::string& voice, const std::string& consent = "") {
    Making making;
    making.voice = voice;
    making.consent = consent;
    return making;
}

ConsentGiven consent(const std::string& reference, const std::string& voice) {
    ConsentGiven given;
    given.reference = reference;
    given.voice = voice;
    return given;
}

void refused(Ledger& ledger, const Making& making, const char* why) {
    const Head before = ledger.log().head();
    CHECK_THROWS_WITH_AS(ledger.begin(making), doctest::Contains(why), Error);
    CHECK(ledger.log().head().sequence == before.sequence);  // no row, so no payload either
}

}  // namespace

TEST_CASE("consent: a ledger without voices asks for none") {
    ScratchLedger scratch;
    Ledger ledger = scratch.open();
    ledger.begin(in_voice("anyone"));
    ledger.begin({});
    CHECK(ledger.voices().empty());
}

TEST_CASE("consent: from the first voice on, every voice must be known") {
    ScratchLedger scratch;
    Ledger ledger = scratch.open();
    ledger.add_voice("anna", "person-1");
    ledger.add_voice("robot", "");
    refused(ledger, {}, "--voice");
    refused(ledger, in_voice("Anna"), "not registered");
    refused(ledger, in_voice("anna"), "--consent");
    refused(ledger, in_voice("anna", "c-1"), "no consent 'c-1'");
    refused(ledger, in_voice("robot", "c-1"), "synthetic");
    ledger.begin(in_voice("robot"));
}

TEST_CASE("consent: given, limited in time, renewed, withdrawn") {
    ScratchLedger scratch;
    Ledger ledger = scratch.open();
    ledger.add_voice("anna", "person-1");
    ConsentGiven given = consent("c-1", "anna");
    given.from_us = scratch.now_us + 10 * day_us;
    given.until_us = scratch.now_us + 20 * day_us;
    ledger.give_consent(given);
    refused(ledger, in_voice("anna", "c-1"), "begins at");
    scratch.now_us += 10 * day_us;
    ledger.begin(in_voice("anna", "c-1"));
    scratch.now_us += 10 * day_us - 1;
    ledger.begin(in_voice("anna", "c-1"));
    scratch.now_us += 1;
    refused(ledger, in_voice("anna", "c-1"), "ended at");
    given.until_us = scratch.now_us + 30 * day_us;
    ledger.give_consent(given);
    ledger.begin(in_voice("anna", "c-1"));
    ledger.withdraw_consent("c-1");
    refused(ledger, in_voice("anna", "c-1"), "withdrawn");
    CHECK_THROWS_WITH_AS(ledger.give_consent(given), doctest::Contains("withdrawn"), Error);
    CHECK_THROWS_WITH_AS(ledger.withdraw_consent("c-1"), doctest::Contains("before"), Error);
    CHECK_THROWS_WITH_AS(ledger.withdraw_consent("c-2"), doctest::Contains("not in this ledger"), Error);
    ledger.give_consent(consent("c-2", "anna"));
    ledger.begin(in_voice("anna", "c-2"));
    CHECK(scratch.verified().problem == "");
}

TEST_CASE("consent: setting the clock back revives none") {
    ScratchLedger scratch;
    Ledger ledger = scratch.open();
    ledger.add_voice("anna", "person-1");
    ConsentGiven given = consent("c-1", "anna");
    given.until_us = scratch.now_us + day_us;
    ledger.give_consent(given);
    scratch.now_us += 2 * day_us;
    ledger.add_voice("ben", "");  // the ledger has seen the later day
    scratch.now_us -= 2 * day_us;
    refused(ledger, in_voice("anna", "c-1"), "ended at");
}

TEST_CASE("consent: of one person is not of another, and a person stays one") {
    ScratchLedger scratch;
    Ledger ledger = scratch.open();
    ledger.add_voice("anna", "person-1");
    ledger.add_voice("ben", "person-2");
    ledger.give_consent(consent("c-1", "anna"));
    refused(ledger, in_voice("ben", "c-1"), "no consent 'c-1'");
    CHECK_THROWS_WITH_AS(ledger.give_consent(consent("c-1", "ben")), doctest::Contains("for voice 'anna'"), Error);
    CHECK_THROWS_WITH_AS(ledger.give_consent(consent("c-3", "carl")), doctest::Contains("not registered"), Error);
    CHECK_THROWS_WITH_AS(ledger.add_voice("anna", ""), doctest::Contains("already"), Error);
    CHECK_THROWS_WITH_AS(ledger.add_voice("anna", "person-9"), doctest::Contains("already"), Error);
    ledger.add_voice("robot", "");
    ledger.add_voice("robot", "person-3");  // it was somebody's after all
    refused(ledger, in_voice("robot"), "--consent");
    ConsentGiven backwards = consent("c-4", "anna");
    backwards.until_us = scratch.now_us;
    CHECK_THROWS_WITH_AS(ledger.give_consent(backwards), doctest::Contains("before it begins"), Error);
}

TEST_CASE("consent: texts are lines of UTF-8") {
    ScratchLedger scratch;
    Ledger ledger = scratch.open();
    for (const std::string& bad :
         {std::string("a\nb"), std::string("\xff"), std::string("\xc0\x80"), std::string("\xed\xa0\x80"),
          std::string("\xf4\x90\x80\x80"), std::string("\xe2\x82"), std::string(1, '\0'), std::string(1001, 'x')}) {
        refused(ledger, in_voice(bad), "--voice");
        CHECK_THROWS_AS(ledger.add_voice(bad, ""), Error);
    }
    CHECK_THROWS_AS(ledger.add_voice("", "p"), Error);
    const Begun begun = ledger.begin(in_voice("\xe5\xa3\xb0 \xf0\x9f\x8e\x99"));
    CHECK(ledger.trace(begun.payload).front().begun->voice == "\xe5\xa3\xb0 \xf0\x9f\x8e\x99");
}

TEST_CASE("consent: times are read as written, and nothing else is") {
    CHECK(time_from("t", "1970-01-02") == day_us);
    CHECK(time_from("t", "2026-11-24T01:54:11Z") == 1'795'485'251 * second_us);
    CHECK(time_text(time_from("t", "2026-11-24T01:54:11Z")) == "2026-11-24T01:54:11.000000Z");
    for (const char* bad :
         {"", "2026-02-30", "2026-13-01", "24.11.2026", "2026-11-24T01:54:11", "tomorrow", "2026-11-24 "})
        CHECK_THROWS_AS(time_from("t", bad), Error);
}
