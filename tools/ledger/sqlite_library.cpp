#include "sqlite_library.hpp"

#include "tools/loaded_library.hpp"

namespace earmark::ledger {

const SqliteLibrary& sqlite() {
    static const SqliteLibrary functions = [] {
        const tools::LoadedLibrary library("libsqlite3.so.0", "the ledger");
        const auto get = [&]<class Function>(Function& function, const char* name) {
            function = library.function<Function>(name);
        };
        SqliteLibrary all{};
        get(all.bind_blob64, "sqlite3_bind_blob64");
        get(all.bind_int64, "sqlite3_bind_int64");
        get(all.bind_null, "sqlite3_bind_null");
        get(all.bind_text64, "sqlite3_bind_text64");
        get(all.busy_timeout, "sqlite3_busy_timeout");
        get(all.close_v2, "sqlite3_close_v2");
        get(all.column_blob, "sqlite3_column_blob");
        get(all.column_bytes, "sqlite3_column_bytes");
        get(all.column_int64, "sqlite3_column_int64");
        get(all.column_text, "sqlite3_column_text");
        get(all.column_type, "sqlite3_column_type");
        get(all.db_config, "sqlite3_db_config");
        get(all.db_readonly, "sqlite3_db_readonly");
        get(all.errmsg, "sqlite3_errmsg");
        get(all.errstr, "sqlite3_errstr");
        get(all.exec, "sqlite3_exec");
        get(all.extended_result_codes, "sqlite3_extended_result_codes");
        get(all.finalize, "sqlite3_finalize");
        get(all.libversion, "sqlite3_libversion");
        get(all.open_v2, "sqlite3_open_v2");
        get(all.prepare_v2, "sqlite3_prepare_v2");
        get(all.reset, "sqlite3_reset");
        get(all.step, "sqlite3_step");
        get(all.system_errno, "sqlite3_system_errno");
        return all;
    }();
    return functions;
}

}  // namespace earmark::ledger
