// SQLite behind two classes. Every failure is an Error(input) of one line that begins with the file's name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace earmark::ledger {

using Bytes = std::vector<std::uint8_t>;

std::string database_library();  // name and version

class Database;

// A prepared statement; its parameters count from 1 and its columns from 0, as SQLite has it.
class Statement {
  public:
    Statement(Database& database, const char* sql);

    void bind(int parameter, std::int64_t value);
    void bind(int parameter, std::string_view value);
    void bind(int parameter, std::span<const std::uint8_t> value);
    void bind_null(int parameter);
    bool step();  // true while there is a row
    void reset();
    void run();  // of a statement that gives no rows: step and reset

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    Bytes blob(int column) const;

  private:
    struct Finaliser {
        void operator()(sqlite3_stmt* statement) const;
    };
    Database* database_;
    std::unique_ptr<sqlite3_stmt, Finaliser> statement_;
};

enum class Access { read, write };

// Thread safety: one thread at a time per object. Other processes may have the same file open: whoever finds it locked
// waits up to `wait_ms` and then fails.
class Database {
  public:
    Database(const std::string& path, Access access, int wait_ms);  // of an existing regular file

    void run(const char* sql);
    std::int64_t number(const char* sql);  // the first column of the first row, 0 without a row
    [[noreturn]] void fail(int code) const;
    [[noreturn]] void fail(const std::string& what) const;
    const std::string& path() const { return path_; }
    sqlite3* handle() { return database_.get(); }

  private:
    struct Closer {
        void operator()(sqlite3* database) const;
    };
    std::string path_;
    int wait_ms_;
    std::unique_ptr<sqlite3, Closer> database_;
};

enum class Purpose {
    write,  // takes the right to write at its start, so that two writers never wait for each other
    read    // one state of the file for all that is read, and one lock
};

// All or nothing.
class Transaction {
  public:
    explicit Transaction(Database& database, Purpose purpose = Purpose::write);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();  // undoes what was not committed
    void commit();   // on the disk when it returns

  private:
    Database& database_;
    bool open_ = true;
};

}  // namespace earmark::ledger
