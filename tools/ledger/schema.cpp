#include "schema.hpp"

#include "row_table.hpp"

#include <earmark/error.hpp>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace earmark::ledger {

namespace {

constexpr std::int64_t application_id = 0x65726d6b;  // "ermk"
constexpr std::int64_t format_version = 1;

// The triggers stop a slip of the hand, not a forger: against him stands the chain.
constexpr const char* no_delete =
    "CREATE TRIGGER no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END";
constexpr const char* schema[] = {
    "CREATE TABLE log (sequence INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, kind INTEGER NOT NULL, about INTEGER, "
    "payload BLOB, provider TEXT NOT NULL, model TEXT NOT NULL, voice TEXT NOT NULL, person TEXT NOT NULL, "
    "consent TEXT NOT NULL, reference TEXT NOT NULL, from_us INTEGER, until_us INTEGER, profile TEXT NOT NULL, "
    "key_fingerprint TEXT NOT NULL, input_digest BLOB, output_digest BLOB, detail TEXT NOT NULL, "
    "previous BLOB NOT NULL, hash BLOB NOT NULL) STRICT",
    "CREATE INDEX by_payload ON log (payload) WHERE payload IS NOT NULL",
    "CREATE INDEX by_voice ON log (voice) WHERE kind IN (4, 5, 6)",
    "CREATE TABLE seed (seed BLOB NOT NULL) STRICT",
    "CREATE TABLE head (sequence INTEGER NOT NULL, hash BLOB NOT NULL) STRICT",
    "CREATE TRIGGER no_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    no_delete,
};

// Under a name of its own beside the ledger-to-be: a killed `create` leaves no half a ledger.
std::string new_file_beside(const std::string& path) {
    const std::filesystem::path target(path);
    std::string hidden = target.filename().string().substr(0, 200);
    hidden.insert(hidden.begin(), '.');
    std::string aside = (target.parent_path() / hidden.append(".XXXXXX")).string();
    const int fd = ::mkostemp(aside.data(), O_CLOEXEC);
    if (fd < 0) throw Error(Fault::input, path + ": cannot be made, " + std::strerror(errno));
    ::close(fd);
    return aside;
}

void put_in_place(const std::string& aside, const std::string& path) {
    if (::link(aside.c_str(), path.c_str()) == 0) return;
    const int error = errno;
    throw Error(Fault::input, error == EEXIST ? path + ": exists, a ledger is never overwritten; choose another name"
                                              : path + ": cannot be made, " + std::strerror(error));
}

void sync_folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

void fill(Database& database, std::int64_t time_us) {
    if (sodium_init() < 0) database.fail("libsodium does not start: no source of randomness");
    database.run("PRAGMA synchronous = EXTRA");
    Transaction transaction(database);
    database.run(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    database.run(("PRAGMA user_version = " + std::to_string(format_version)).c_str());
    for (const char* sql : schema) database.run(sql);
    Hash seed;
    randombytes_buf(seed.data(), seed.size());
    Statement insert_seed(database, "INSERT INTO seed VALUES (?)");
    insert_seed.bind(1, std::span<const std::uint8_t>(seed));
    insert_seed.run();
    Row first;
    first.sequence = 1;
    first.time_us = time_us;
    first.input_digest = seed_commitment(seed);
    first.hash = hash_of(first, nullptr);
    Statement insert_first(database, insert_row);
    insert(insert_first, first);
    Statement insert_head(database, "INSERT INTO head VALUES (1, ?)");
    insert_head.bind(1, std::span<const std::uint8_t>(first.hash));
    insert_head.run();
    transaction.commit();
}

}  // namespace

void create_file(const std::string& path, std::int64_t time_us) {
    if (path.empty()) throw Error(Fault::usage, "ledger: an empty name");
    if (std::filesystem::exists(std::filesystem::symlink_status(path)))
        throw Error(Fault::input, path + ": exists, a ledger is never overwritten; choose another name");
    const std::string aside = new_file_beside(path);
    try {
        Database database(aside, Access::write, 0);
        fill(database, time_us);
        put_in_place(aside, path);
    } catch (...) {
        ::unlink(aside.c_str());
        throw;
    }
    ::unlink(aside.c_str());
    sync_folder_of(path);
}

Hash read_seed(Database& database) {
    Statement statement(database, "SELECT seed FROM seed");
    const Bytes seed = statement.step() ? statement.blob(0) : Bytes{};
    if (seed.size() != sizeof(Hash)) database.fail("is damaged, the seed of its payloads is gone");
    return as_hash(seed);
}

void check_schema(Database& database) {
    const std::int64_t id = database.number("PRAGMA application_id");
    const std::int64_t version = database.number("PRAGMA user_version");
    if (id != application_id) database.fail("is no ledger, but an empty file or another SQLite file");
    if (version != format_version)
        database.fail("is a ledger of version " + std::to_string(version) + ", this program reads version " +
                      std::to_string(format_version));
    // A trigger or a view slipped in could change what is written or read.
    Statement found(database, "SELECT sql FROM sqlite_schema");
    std::vector<std::string> present, expected(std::begin(schema), std::end(schema));
    while (found.step()) present.push_back(found.text(0));
    std::sort(present.begin(), present.end());
    std::sort(expected.begin(), expected.end());
    if (present != expected) database.fail("is damaged, its tables are not those of a ledger");
}

Hash seed_commitment(const Hash& seed) {
    constexpr std::string_view label = "earmark ledger seed 1";
    Digest digest(seed);
    digest.add(label.data(), label.size());
    return digest.finish();
}

void allow_deletion(Database& database) {
    database.run("DROP TRIGGER no_delete");
}

void forbid_deletion(Database& database) {
    database.run(no_delete);
}

}  // namespace earmark::ledger
