// Many processes, killed processes, locked and unusable files.
#include "tests/ledger/scratch_ledger.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <thread>

using namespace earmark;
using namespace earmark::ledger;

namespace {

constexpr std::size_t payload_bytes = 8;

// Begins and ends makings until killed or `count` are done; tells every payload once its row is said to be safe.
[[noreturn]] void write_rows(const std::string& path, int tell, int count) {
    try {
        Ledger ledger(path, {.access = Access::write, .wait_ms = 60'000, .clock_us = system_clock_us});
        for (int i = 0; i < count; ++i) {
            const Begun begun = ledger.begin({});
            if (::write(tell, begun.payload.bytes().data(), payload_bytes) != payload_bytes) ::_exit(1);
            ledger.made(begun, {}, {});
        }
    } catch (...) {
        ::_exit(1);
    }
    ::_exit(0);
}

struct Writer {
    pid_t process;
    int told;  // the end of the pipe on which it tells
};

Writer start_writer(const std::string& path, int count) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t process = ::fork();
    REQUIRE(process >= 0);
    if (process == 0) write_rows(path, ends[1], count);
    ::close(ends[1]);
    return {process, ends[0]};
}

// Until it has told a payload.
void await_first(const Writer& writer) {
    pollfd told{writer.told, POLLIN, 0};
    REQUIRE(::poll(&told, 1, 60'000) == 1);
}

std::vector<Payload> payloads_of(const Writer& writer) {
    std::vector<Payload> payloads;
    std::array<std::uint8_t, payload_bytes> bytes;
    while (::read(writer.told, bytes.data(), bytes.size()) == payload_bytes)
        payloads.push_back(Payload::from_bytes(bytes));
    ::close(writer.told);
    return payloads;
}

int ending(const Writer& writer) {
    int status = 0;
    REQUIRE(::waitpid(writer.process, &status, 0) == writer.process);
    return status;
}

}  // namespace

TEST_CASE("ledger: many processes write one chain, and no payload comes twice") {
    ScratchLedger scratch;
    constexpr int writers = 4, makings = 15;
    std::vector<Writer> all;
    for (int i = 0; i < writers; ++i) all.push_back(start_writer(scratch.path, makings));
    std::set<std::string> seen;
    for (const Writer& writer : all) {
        for (const Payload& payload : payloads_of(writer)) seen.insert(payload.hex());
        CHECK(ending(writer) == 0);
    }
    CHECK(seen.size() == writers * makings);
    const Verdict verdict = scratch.verified();
    CHECK(verdict.problem == "");
    CHECK(verdict.rows == 1 + 2 * writers * makings);
}

// kill -9 at any moment, in every second round after the first row was told, however slow the machine: every payload
// that was told has its row, the chain is whole, and the next writer goes on.
TEST_CASE("ledger: killed writers lose no told row and break no chain") {
    ScratchLedger scratch;
    std::set<std::string> told;
    std::size_t rows_told = 0;
    for (int round = 0; round < 25; ++round) {
        const Writer writer = start_writer(scratch.path, 1'000'000);
        if (round % 2 == 1) await_first(writer);
        std::this_thread::sleep_for(std::chrono::microseconds(1000 + 1733 * round));
        ::kill(writer.process, SIGKILL);
        const int status = ending(writer);
        CHECK(WIFSIGNALED(status));
        const std::vector<Payload> payloads = payloads_of(writer);
        Ledger ledger = scratch.open();
        for (const Payload& payload : payloads) {
            CHECK(ledger.trace(payload).size() == 1);
            told.insert(payload.hex());
        }
        rows_told += payloads.size();
        const Verdict verdict = verify(ledger.log(), std::nullopt);
        CHECK_MESSAGE(verdict.problem == "", verdict.problem);
    }
    CHECK(rows_told >= 12);
    CHECK(told.size() == rows_told);
}

// The worst moment: pages of an unfinished write are in the file already.
TEST_CASE("ledger: a reader undoes what a killed writer left half done") {
    ScratchLedger scratch;
    scratch.open().begin_many(std::vector<Making>(100));
    const pid_t process = ::fork();
    REQUIRE(process >= 0);
    if (process == 0) {
        sqlite3* database = nullptr;
        sqlite3_open(scratch.path.c_str(), &database);
        sqlite3_exec(database,
                     "PRAGMA cache_size = 10; BEGIN; UPDATE head SET sequence = 7; WITH RECURSIVE n(i) AS (SELECT 1 "
                     "UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO seed SELECT randomblob(1000) FROM n",
                     nullptr, nullptr, nullptr);
        ::raise(SIGKILL);
    }
    int status = 0;
    REQUIRE(::waitpid(process, &status, 0) == process);
    CHECK(std::filesystem::exists(scratch.path + "-journal"));
    const Verdict verdict = scratch.verified();
    CHECK(verdict.problem == "");
    CHECK(verdict.rows == 101);
    CHECK(!std::filesystem::exists(scratch.path + "-journal"));
}

TEST_CASE("ledger: a reader cannot write") {
    ScratchLedger scratch;
    Ledger reader = scratch.open(Access::read);
    CHECK_THROWS_WITH_AS(reader.begin({}), doctest::Contains("read-only"), Error);
}

TEST_CASE("ledger: a lock held by another is waited for, then named") {
    ScratchLedger scratch;
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(scratch.path.c_str(), &other) == SQLITE_OK);
    Ledger ledger = scratch.open();
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK_THROWS_WITH_AS(ledger.begin({}), doctest::Contains("another process has it locked, waited 0.1 s"), Error);
    CHECK(ledger.trace(Payload::from_uint64(1)).empty());  // readers go on
    REQUIRE(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
    ledger.begin({});
    CHECK(scratch.verified().problem == "");
}

TEST_CASE("ledger: a reader in the middle of the log does not stop the writer") {
    ScratchLedger scratch;
    Ledger writer = scratch.open();
    writer.begin_many(std::vector<Making>(9000));
    Ledger reader = scratch.open(Access::read);
    int pieces = 0;
    const Verdict verdict = verify(reader.log(), std::nullopt, [&](std::int64_t, std::int64_t) {
        if (pieces++ < 2) writer.begin({});
    });
    CHECK(verdict.problem == "");
    CHECK(verdict.rows == 9001 + 2);
}

TEST_CASE("ledger: pruned while it is verified") {
    ScratchLedger scratch;
    Ledger writer = scratch.open();
    writer.begin_many(std::vector<Making>(9000));
    scratch.now_us += 400 * day_us;
    writer.begin({});
    Ledger reader = scratch.open(Access::read);
    bool pruned = false;
    const Verdict verdict = verify(reader.log(), std::nullopt, [&](std::int64_t, std::int64_t) {
        if (!pruned) CHECK(prune(writer.log(), 366) == 9000);
        pruned = true;
    });
    CHECK(verdict.problem == "");
    CHECK(verdict.pruned == 9000);
}

TEST_CASE("ledger: files that are none") {
    ScratchLedger scratch;
    const auto refusal_of = [&](const std::string& path) -> std::string {
        try {
            Ledger ledger(path, scratch.options());
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::input);
            return error.what();
        }
        return "";
    };
    const auto file = [&](const std::string& name, const std::string& content) {
        const std::string path = (scratch.folder / name).string();
        std::ofstream(path, std::ios::binary) << content;
        return path;
    };
    CHECK(refusal_of((scratch.folder / "none").string()).find("earmark ledger create") != std::string::npos);
    CHECK(refusal_of(scratch.folder.string()).find("no regular file") != std::string::npos);
    CHECK(refusal_of("/dev/full").find("no regular file") != std::string::npos);
    CHECK(refusal_of("").find("no such ledger") != std::string::npos);
    CHECK(refusal_of(":memory:").find("no such ledger") != std::string::npos);
    CHECK(refusal_of(file("text", std::string(5000, 'x'))).find("not an SQLite file") != std::string::npos);
    CHECK(refusal_of(file("empty", "")).find("empty file") != std::string::npos);
    CHECK_THROWS_WITH_AS(Ledger::create(scratch.path), doctest::Contains("never overwritten"), Error);

    ScratchLedger later;
    later.tamper("PRAGMA user_version = 2");
    CHECK(refusal_of(later.path).find("version 2, this program reads version 1") != std::string::npos);

    ScratchLedger cut;
    Ledger(cut.path, cut.options()).begin_many(std::vector<Making>(2000));
    std::filesystem::resize_file(cut.path, std::filesystem::file_size(cut.path) / 2);
    CHECK_THROWS_AS(cut.verified(), Error);
}
