// SQLite, loaded when a ledger is opened: linked, it would keep every command without one waiting for most of a
// millisecond.
#pragma once

#include <sqlite3.h>

namespace earmark::ledger {

struct SqliteLibrary {
    decltype(&sqlite3_bind_blob64) bind_blob64;
    decltype(&sqlite3_bind_int64) bind_int64;
    decltype(&sqlite3_bind_null) bind_null;
    decltype(&sqlite3_bind_text64) bind_text64;
    decltype(&sqlite3_busy_timeout) busy_timeout;
    decltype(&sqlite3_close_v2) close_v2;
    decltype(&sqlite3_column_blob) column_blob;
    decltype(&sqlite3_column_bytes) column_bytes;
    decltype(&sqlite3_column_int64) column_int64;
    decltype(&sqlite3_column_text) column_text;
    decltype(&sqlite3_column_type) column_type;
    decltype(&sqlite3_db_config) db_config;
    decltype(&sqlite3_db_readonly) db_readonly;
    decltype(&sqlite3_errmsg) errmsg;
    decltype(&sqlite3_errstr) errstr;
    decltype(&sqlite3_exec) exec;
    decltype(&sqlite3_extended_result_codes) extended_result_codes;
    decltype(&sqlite3_finalize) finalize;
    decltype(&sqlite3_libversion) libversion;
    decltype(&sqlite3_open_v2) open_v2;
    decltype(&sqlite3_prepare_v2) prepare_v2;
    decltype(&sqlite3_reset) reset;
    decltype(&sqlite3_step) step;
    decltype(&sqlite3_system_errno) system_errno;
};

// Loaded by the first call. Throws Error(input).
const SqliteLibrary& sqlite();

}  // namespace earmark::ledger
