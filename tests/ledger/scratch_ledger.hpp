// A ledger in a folder of its own that goes with the test, a clock that the test sets, and a second hand in the file.
#pragma once

#include "tools/ledger/ledger.hpp"
#include "tools/ledger/verify.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace earmark::ledger {

constexpr std::int64_t second_us = 1'000'000, day_us = 86'400 * second_us;

class ScratchLedger {
  public:
    ScratchLedger() {
        std::string name = (std::filesystem::temp_directory_path() / "earmark-ledger-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
        path = (folder / "test.ledger").string();
        Ledger::create(path, now_us);
    }
    ScratchLedger(const ScratchLedger&) = delete;
    ScratchLedger& operator=(const ScratchLedger&) = delete;
    ~ScratchLedger() { std::filesystem::remove_all(folder); }

    OpenOptions options(Access access = Access::write) {
        return {.access = access, .wait_ms = 100, .clock_us = [this] { return now_us; }};
    }
    Ledger open(Access access = Access::write) { return Ledger(path, options(access)); }
    Verdict verified(const std::optional<Witness>& witness = std::nullopt) {
        Ledger ledger = open(Access::read);
        return verify(ledger.log(), witness);
    }
    // As somebody with the sqlite3 program would; a trigger in the way is put aside.
    void tamper(const std::string& sql) {
        sqlite3* database = nullptr;
        REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
        char* message = nullptr;
        const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
        CHECK_MESSAGE(code == SQLITE_OK, sql << ": " << (message ? message : ""));
        sqlite3_free(message);
        sqlite3_close(database);
    }
    void tamper_past_triggers(const std::string& sql) {
        tamper(
            "BEGIN; DROP TRIGGER no_update; DROP TRIGGER no_delete; " + sql +
            "; CREATE TRIGGER no_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); "
            "END;"
            "CREATE TRIGGER no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"
            "COMMIT");
    }

    std::filesystem::path folder;
    std::string path;
    std::int64_t now_us = 1'700'000'000 * second_us;
};

}  // namespace earmark::ledger
