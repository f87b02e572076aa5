#include "database.hpp"

#include "tools/loading/loaded_library.hpp"

#include <earmark/error.hpp>

#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace earmark::ledger {

namespace {

// Linked, it would keep every command without a ledger waiting for most of a millisecond.
struct Sqlite {
    tools::LoadedLibrary library{"libsqlite3.so.0", "the ledger"};
#define EARMARK_OF_SQLITE(name) decltype(&::name) name = library.function<decltype(&::name)>(#name)
    EARMARK_OF_SQLITE(sqlite3_bind_blob64);
    EARMARK_OF_SQLITE(sqlite3_bind_int64);
    EARMARK_OF_SQLITE(sqlite3_bind_null);
    EARMARK_OF_SQLITE(sqlite3_bind_text64);
    EARMARK_OF_SQLITE(sqlite3_busy_timeout);
    EARMARK_OF_SQLITE(sqlite3_close_v2);
    EARMARK_OF_SQLITE(sqlite3_column_blob);
    EARMARK_OF_SQLITE(sqlite3_column_bytes);
    EARMARK_OF_SQLITE(sqlite3_column_int64);
    EARMARK_OF_SQLITE(sqlite3_column_text);
    EARMARK_OF_SQLITE(sqlite3_column_type);
    EARMARK_OF_SQLITE(sqlite3_db_config);
    EARMARK_OF_SQLITE(sqlite3_db_readonly);
    EARMARK_OF_SQLITE(sqlite3_errmsg);
    EARMARK_OF_SQLITE(sqlite3_errstr);
    EARMARK_OF_SQLITE(sqlite3_exec);
    EARMARK_OF_SQLITE(sqlite3_extended_result_codes);
    EARMARK_OF_SQLITE(sqlite3_finalize);
    EARMARK_OF_SQLITE(sqlite3_libversion);
    EARMARK_OF_SQLITE(sqlite3_open_v2);
    EARMARK_OF_SQLITE(sqlite3_prepare_v2);
    EARMARK_OF_SQLITE(sqlite3_reset);
    EARMARK_OF_SQLITE(sqlite3_step);
    EARMARK_OF_SQLITE(sqlite3_system_errno);
#undef EARMARK_OF_SQLITE
};

const Sqlite& sqlite() {
    static const Sqlite loaded;
    return loaded;
}

// SQLite gives names such as ":memory:" a meaning of their own; an absolute path has none.
std::string plain_path(const std::string& path) {
    return std::filesystem::absolute(path).string();
}

std::string seconds(int wait_ms) {
    return std::to_string(wait_ms / 1000) + "." + std::to_string(wait_ms % 1000 / 100) + " s";
}

}  // namespace

std::string database_library() {
    return std::string("SQLite ") + sqlite().sqlite3_libversion();
}

void Database::Closer::operator()(sqlite3* database) const {
    sqlite().sqlite3_close_v2(database);
}

Database::Database(const std::string& path, Access access, int wait_ms) : path_(path), wait_ms_(wait_ms) {
    struct stat there {};
    if (path.empty() || ::stat(path.c_str(), &there) != 0) {
        if (path.empty() || errno == ENOENT) fail("no such ledger, make one with: earmark ledger create FILE");
        fail(std::string("cannot be opened, ") + std::strerror(errno));
    }
    if (!S_ISREG(there.st_mode)) fail("is no regular file, so no ledger");
    sqlite3* opened = nullptr;
    // A reader, too, must be able to undo what a killed writer left half done. Where it may not write, SQLite opens the
    // file for reading alone.
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite().sqlite3_open_v2(plain_path(path).c_str(), &opened, flags, nullptr);
    database_.reset(opened);
    if (code != SQLITE_OK) fail(code);
    if (access == Access::write && sqlite().sqlite3_db_readonly(opened, "main") == 1) fail(SQLITE_READONLY);
    sqlite().sqlite3_extended_result_codes(opened, 1);
    sqlite().sqlite3_busy_timeout(opened, wait_ms);
    // A file made by others may hold triggers and views with side effects.
    sqlite().sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite().sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    if (access == Access::read) run("PRAGMA query_only = ON");
}

void Database::fail(const std::string& what) const {
    throw Error(Fault::input, path_ + ": " + what);
}

void Database::fail(int code) const {
    const int system_error = database_ ? sqlite().sqlite3_system_errno(database_.get()) : 0;
    const std::string why = system_error != 0 ? std::string(", ") + std::strerror(system_error) : "";
    switch (code & 0xff) {
        case SQLITE_NOTADB:
            fail("is no ledger: not an SQLite file");
        case SQLITE_CORRUPT:
            fail(std::string("is damaged, ") + sqlite().sqlite3_errstr(code));
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            fail("another process has it locked, waited " + seconds(wait_ms_));
        case SQLITE_FULL:
            fail("cannot be written, the disk is full; nothing was recorded");
        case SQLITE_READONLY:
            if (code == SQLITE_READONLY_ROLLBACK)
                fail("an interrupted write must be undone first, which needs the right to write");
            fail("cannot be written, it is read-only");
        case SQLITE_CANTOPEN:
            fail("cannot be opened or written, file or folder refuses it" + why);
        case SQLITE_CONSTRAINT:
            fail(std::string("refused, ") +
                 (database_ ? sqlite().sqlite3_errmsg(database_.get()) : sqlite().sqlite3_errstr(code)));
        default:
            fail(std::string("cannot be used, ") +
                 (database_ ? sqlite().sqlite3_errmsg(database_.get()) : sqlite().sqlite3_errstr(code)) + why);
    }
}

void Database::run(const char* sql) {
    const int code = sqlite().sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::number(const char* sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

void Statement::Finaliser::operator()(sqlite3_stmt* statement) const {
    sqlite().sqlite3_finalize(statement);
}

Statement::Statement(Database& database, const char* sql) : database_(&database) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite().sqlite3_prepare_v2(database.handle(), sql, -1, &prepared, nullptr);
    statement_.reset(prepared);
    if (code != SQLITE_OK) database.fail(code);
}

void Statement::bind(int parameter, std::int64_t value) {
    sqlite().sqlite3_bind_int64(statement_.get(), parameter, value);
}

void Statement::bind(int parameter, std::string_view value) {
    sqlite().sqlite3_bind_text64(statement_.get(), parameter, value.data(), value.size(), SQLITE_TRANSIENT,
                                 SQLITE_UTF8);
}

void Statement::bind(int parameter, std::span<const std::uint8_t> value) {
    sqlite().sqlite3_bind_blob64(statement_.get(), parameter, value.data(), value.size(), SQLITE_TRANSIENT);
}

void Statement::bind_null(int parameter) {
    sqlite().sqlite3_bind_null(statement_.get(), parameter);
}

bool Statement::step() {
    const int code = sqlite().sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite().sqlite3_reset(statement_.get());
    database_->fail(code);
}

void Statement::reset() {
    sqlite().sqlite3_reset(statement_.get());
}

void Statement::run() {
    step();
    reset();
}

bool Statement::is_null(int column) const {
    return sqlite().sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite().sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* start = reinterpret_cast<const char*>(sqlite().sqlite3_column_text(statement_.get(), column));
    return start ? std::string(start, static_cast<std::size_t>(sqlite().sqlite3_column_bytes(statement_.get(), column)))
                 : "";
}

Bytes Statement::blob(int column) const {
    const auto* start = static_cast<const std::uint8_t*>(sqlite().sqlite3_column_blob(statement_.get(), column));
    return start ? Bytes(start, start + sqlite().sqlite3_column_bytes(statement_.get(), column)) : Bytes{};
}

Transaction::Transaction(Database& database, Purpose purpose) : database_(database) {
    database_.run(purpose == Purpose::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
    if (open_) sqlite().sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

}  // namespace earmark::ledger
