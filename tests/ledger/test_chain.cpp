// Whatever is changed in the file shows; what a chain cannot show is stated, and shown to need the witness.
#include "tests/ledger/scratch_ledger.hpp"

#include <earmark/error.hpp>

#include <fstream>
#include <iterator>
#include <random>
#include <set>

using namespace earmark;
using namespace earmark::ledger;

namespace {

// Rows: 1 opened, 2 voice, 3 consent, then begun and made for each of five makings: 4 to 13.
struct Filled : ScratchLedger {
    Filled() {
        Ledger ledger = open();
        ledger.add_voice("anna", "person-1");
        ledger.give_consent({.reference = "c-1", .voice = "anna"});
        for (int i = 0; i < 5; ++i) {
            now_us += second_us;
            const Begun begun = ledger.begin({.provider = "Example",
                                              .model = "m",
                                              .voice = "anna",
                                              .consent = "c-1",
                                              .reference = "r",
                                              .profile = "standard",
                                              .key_fingerprint = "00",
                                              .detail = "{}"});
            ledger.made(begun, Hash{1}, Hash{2}, "{}");
        }
    }
};

}  // namespace

TEST_CASE("ledger: an untouched chain is whole") {
    Filled filled;
    const Verdict verdict = filled.verified();
    CHECK(verdict.problem == "");
    CHECK(verdict.rows == 13);
    CHECK(verdict.head.sequence == 13);
    CHECK(verdict.clock_back == 0);
}

TEST_CASE("ledger: every column of a row is in its hash") {
    for (const char* change :
         {"time_us = time_us + 1", "kind = 2", "about = 3", "payload = x'0011223344556677'", "provider = 'x'",
          "model = 'x'", "voice = 'x'", "person = 'x'", "consent = 'x'", "reference = 'x'", "from_us = 5",
          "until_us = 5", "profile = 'x'", "key_fingerprint = 'x'", "input_digest = zeroblob(32)",
          "output_digest = zeroblob(32)", "detail = 'x'", "previous = zeroblob(32)", "hash = zeroblob(32)"}) {
        Filled filled;
        filled.tamper_past_triggers(std::string("UPDATE log SET ") + change + " WHERE sequence = 6");
        CHECK_MESSAGE(filled.verified().problem.find("row 6") != std::string::npos, change);
    }
}

TEST_CASE("ledger: rows removed, added, swapped") {
    const auto problem_after = [](const std::string& sql) {
        Filled filled;
        filled.tamper_past_triggers(sql);
        return filled.verified().problem;
    };
    CHECK(problem_after("DELETE FROM log WHERE sequence = 7") != "");
    CHECK(problem_after("DELETE FROM log WHERE sequence = 3") != "");
    CHECK(problem_after("DELETE FROM log WHERE sequence >= 12").find("at the end are gone") != std::string::npos);
    CHECK(problem_after("DELETE FROM log WHERE sequence > 1") != "");
    CHECK(problem_after(
              "UPDATE log SET sequence = 99 WHERE sequence = 7; UPDATE log SET sequence = 7 WHERE sequence = 9; "
              "UPDATE log SET sequence = 9 WHERE sequence = 99") != "");
    CHECK(problem_after("UPDATE log SET sequence = 14 WHERE sequence = 13; UPDATE head SET sequence = 14") != "");
    CHECK(problem_after("UPDATE head SET hash = zeroblob(32)") != "");
    CHECK(problem_after("UPDATE seed SET seed = zeroblob(32)").find("seed") != std::string::npos);
}

TEST_CASE("ledger: a tail cut off with care shows only to who noted a head") {
    Filled filled;
    const Head noted = filled.verified().head;
    filled.tamper_past_triggers(
        "DELETE FROM log WHERE sequence > 11; UPDATE head SET sequence = 11, hash = (SELECT hash FROM log WHERE "
        "sequence = 11)");
    CHECK(filled.verified().problem == "");  // the limit of any chain
    const Witness witness = witness_from(text_of(noted));
    CHECK(filled.verified(witness).problem.find("the end was cut off") != std::string::npos);

    Ledger ledger = filled.open();  // the forger goes on writing
    ledger.begin({.voice = "anna", .consent = "c-1"});
    ledger.begin({.voice = "anna", .consent = "c-1"});
    CHECK(filled.verified().problem == "");
    CHECK(filled.verified(witness).problem.find("written anew") != std::string::npos);
}

TEST_CASE("ledger: a head noted on the way is met again") {
    Filled filled;
    const Witness witness = witness_from(text_of(filled.verified().head));
    filled.open().add_voice("ben", "");
    CHECK(filled.verified(witness).problem == "");
    for (const char* text : {"", "13", "13:", "x:00", "13:zz", "-1:00",
                             "0:0000000000000000000000000000000000000000000000000000000000000000"})
        CHECK_THROWS_AS(witness_from(text), Error);
}

TEST_CASE("ledger: rows of another ledger do not fit") {
    Filled one, other;
    one.tamper_past_triggers("ATTACH '" + other.path +
                             "' AS other; DELETE FROM log WHERE sequence = 13; "
                             "INSERT INTO log SELECT * FROM other.log WHERE sequence = 13; "
                             "UPDATE head SET hash = (SELECT hash FROM log WHERE sequence = 13)");
    CHECK(one.verified().problem != "");
}

// Whatever byte of the file is changed: what is read is what was written, or the change shows.
TEST_CASE("ledger: no changed byte goes unseen") {
    Filled filled;
    const auto read_all = [&] {
        std::ifstream file(filled.path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    const auto hashes = [&] {
        Ledger ledger = filled.open(Access::read);
        std::string all;
        for (const Row& row : ledger.log().rows_after(0, 1000)) all += hex(hash_of(row, &ledger.log().first_hash()));
        return all;
    };
    const std::string before = read_all(), rows_before = hashes();
    std::mt19937 random(1);
    int seen = 0, unread = 0;
    for (int trial = 0; trial < 400; ++trial) {
        std::string changed = before;
        const std::size_t at = random() % changed.size();
        changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
        std::ofstream(filled.path, std::ios::binary) << changed;
        try {
            if (filled.verified().problem.empty()) {
                CHECK_MESSAGE(hashes() == rows_before, "byte " << at);
                ++unread;
            } else {
                ++seen;
            }
        } catch (const Error&) {
            ++seen;
        }
    }
    CHECK(seen > 20);
    CHECK(unread > 20);  // most of a young file is empty pages
}

TEST_CASE("ledger: a slip with the sqlite3 program is stopped") {
    Filled filled;
    for (const char* sql : {"UPDATE log SET voice = 'x'", "DELETE FROM log WHERE sequence = 5"}) {
        sqlite3* database = nullptr;
        REQUIRE(sqlite3_open(filled.path.c_str(), &database) == SQLITE_OK);
        CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_CONSTRAINT);
        sqlite3_close(database);
    }
    CHECK(filled.verified().problem == "");
}

TEST_CASE("ledger: a table, trigger or view slipped in") {
    for (const char* sql : {"CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log WHERE voice = 'anna'; END",
                            "CREATE VIEW v AS SELECT 1", "DROP TRIGGER no_delete", "DROP INDEX by_voice"}) {
        Filled filled;
        filled.tamper(sql);
        CHECK_THROWS_WITH_AS(filled.open(), doctest::Contains("tables are not those of a ledger"), Error);
    }
}

TEST_CASE("ledger: a clock set back is told and does no harm") {
    Filled filled;
    filled.now_us -= 30 * day_us;
    Ledger ledger = filled.open();
    const Begun begun = ledger.begin({.voice = "anna", .consent = "c-1"});
    CHECK(ledger.trace(begun.payload).front().begun->time_us == filled.now_us);  // what the clock said
    const Verdict verdict = filled.verified();
    CHECK(verdict.problem == "");
    CHECK(verdict.clock_back == 1);
}

TEST_CASE("ledger: payloads never repeat, and a given one cannot be one to come") {
    ScratchLedger scratch;
    Ledger ledger = scratch.open();
    const std::vector<Making> many(500);
    std::set<std::string> payloads;
    for (int i = 0; i < 2; ++i)
        for (const Begun& begun : ledger.begin_many(many)) payloads.insert(begun.payload.hex());
    CHECK(payloads.size() == 1000);

    const Begun twice = ledger.begin({}, Payload::from_hex(*payloads.begin()));  // a second rendering of the same
    CHECK(ledger.trace(twice.payload).size() == 2);
    const std::uint64_t to_come = ledger.log().permutation().forward(5000);
    CHECK_THROWS_WITH_AS(ledger.begin({}, Payload::from_uint64(to_come)), doctest::Contains("will draw itself"), Error);
    CHECK(ledger.begin({}, Payload::from_hex("01234567")).payload.bits() == 32);
    CHECK(ledger.begin({}, Payload::from_hex("0123456789abcdef0123456789abcdef")).payload.bits() == 128);
}

TEST_CASE("ledger: nothing younger than six months is pruned, and the chain holds") {
    ScratchLedger scratch;
    std::vector<Payload> payloads;
    {
        Ledger ledger = scratch.open();
        ledger.add_voice("anna", "person-1");
        ledger.give_consent({.reference = "c-1", .voice = "anna"});
        for (int day = 0; day <= 400; day += 10) {
            const Begun begun = ledger.begin({.voice = "anna", .consent = "c-1"});
            ledger.made(begun, {}, {});
            payloads.push_back(begun.payload);
            scratch.now_us += 10 * day_us;
        }
        scratch.now_us -= 10 * day_us;  // the clock stands at the last row
        for (const int days : {-1, 0, 1, 183})
            CHECK_THROWS_WITH_AS(prune(ledger.log(), days), doctest::Contains("184"), Error);
        scratch.now_us += 5000 * day_us;  // a clock gone wild ages nothing
        CHECK(prune(ledger.log(), 366) == 2 * 4);
        scratch.now_us -= 5000 * day_us;
        CHECK(prune(ledger.log(), 366) == 0);
        CHECK(prune(ledger.log(), 184) == 2 * 18);
    }
    Ledger ledger = scratch.open();
    for (std::size_t i = 0; i < payloads.size(); ++i) {
        const bool old = 400 - 10 * static_cast<int>(i) > 184;
        CHECK(ledger.trace(payloads[i]).empty() == old);
    }
    CHECK(ledger.voices().at(0).consents.at(0).reference == "c-1");  // the gate stands
    CHECK_THROWS_AS(ledger.begin({}), Error);
    const Verdict verdict = scratch.verified();
    CHECK(verdict.problem == "");
    CHECK(verdict.pruned == 2 * 22);

    scratch.tamper_past_triggers("DELETE FROM log WHERE sequence = 2");  // under cover of the pruning
    CHECK(scratch.verified().problem.find("45 rows are gone, but 44 were pruned") != std::string::npos);
}
