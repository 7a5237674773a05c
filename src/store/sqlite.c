/* sqlite: the embedded backend. WAL, foreign keys, STRICT tables; see docs/modules/store.md. */
#include <sqlite3.h>

#include "base/i18n.h"
#include "store/backend.h"
#include "store/checkpoint.h"

enum {
    STATEMENTS_MAX = 256, /* kept prepared, per connection */
    BUSY_TIMEOUT_MS = 10000,
    COLUMNS_MAX = 256,
};

typedef struct {
    sqlite3 *db;
    GHashTable *statements;   /* text -> sqlite3_stmt */
    MwCheckpoint *checkpoint; /* NULL: SQLite's own, within commits */
} Connection;

static bool
fail(Connection *c, const char *sql, GError **error)
{
    int code = sqlite3_extended_errcode(c->db);
    const char *message = sqlite3_errmsg(c->db);

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("The database is busy; try again."));
    case SQLITE_FULL:
        return mw_fail(error, MW_ERROR_FULL, _("There is no space left on the disk."));
    case SQLITE_IOERR:
        return mw_fail(error, MW_ERROR_FULL, _("The disk cannot be written or read: %s"), message);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("The database cannot be opened: %s"),
                       message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return mw_fail(error, MW_ERROR_INTERNAL, _("The file is not a sound database: %s"),
                       message);
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
            return mw_fail(error, MW_ERROR_CONFLICT, _("Somebody else has just saved the same."));
        return mw_fail(error, MW_ERROR_INVALID, _("The database refuses this: %s"), message);
    default:
        return mw_fail(error, MW_ERROR_INTERNAL, "%s (%d): %s", message, code, sql);
    }
}

static void
close_connection(void *connection)
{
    Connection *c = connection;

    g_clear_pointer(&c->statements, g_hash_table_unref);
    mw_checkpoint_free(c->checkpoint);
    sqlite3_close(c->db);
    g_free(c);
}

static void
finalize(gpointer statement)
{
    sqlite3_finalize(statement);
}

static bool
exec(Connection *c, const char *sql, GError **error)
{
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(c, sql, error);
}

static bool
set_up(Connection *c, MwOpenFlags flags, GError **error)
{
    sqlite3_extended_result_codes(c->db, 1);
    sqlite3_busy_timeout(c->db, BUSY_TIMEOUT_MS);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_limit(c->db, SQLITE_LIMIT_LENGTH, 64 << 20);
    if (flags & MW_OPEN_READ_ONLY)
        return exec(c, "PRAGMA query_only=1; PRAGMA mmap_size=1073741824", error);
    return exec(c,
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=1;"
                "PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY;"
                "PRAGMA journal_size_limit=67108864",
                error) &&
           (!(flags & MW_OPEN_BULK) ||
            exec(c, "PRAGMA cache_size=-262144; PRAGMA wal_autocheckpoint=16384", error));
}

static void *
open_connection(const char *url, MwOpenFlags flags, GError **error)
{
    const char *path = url + strlen("sqlite:");
    /* Read-only threads open read-write too: WAL needs its shared memory; query_only guards. */
    int mode = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    Connection *c = g_new0(Connection, 1);

    if (flags & MW_OPEN_CREATE)
        mode |= SQLITE_OPEN_CREATE;
    c->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
    if (!*path) {
        g_set_error(error, MW_ERROR, MW_ERROR_INVALID, _("Name a file: sqlite:FILE"));
        close_connection(c);
        return NULL;
    }
    if (sqlite3_open_v2(path, &c->db, mode, NULL) != SQLITE_OK) {
        g_set_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE, _("%s cannot be opened: %s"), path,
                    sqlite3_errmsg(c->db));
        close_connection(c);
        return NULL;
    }
    if (!set_up(c, flags, error)) {
        close_connection(c);
        return NULL;
    }
    if (flags & MW_OPEN_SERVED)
        c->checkpoint = mw_checkpoint_new(c->db, path);
    return c;
}

static bool
begin(void *connection, bool writes, GError **error)
{
    Connection *c = connection;

    return mw_sqlite_backend.run(c, writes ? "BEGIN IMMEDIATE" : "BEGIN", NULL, 0, NULL, NULL,
                                 error);
}

/* One whose rows are being read (a row function may run statements too) must stay. */
static gboolean
is_idle(gpointer sql G_GNUC_UNUSED, gpointer statement, gpointer data G_GNUC_UNUSED)
{
    return !sqlite3_stmt_busy(statement);
}

/* Prepares a statement and keeps it under a text. */
static sqlite3_stmt *
keep(Connection *c, const char *key, const char *sql, GError **error)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        fail(c, sql, error);
        return NULL;
    }
    if (g_hash_table_size(c->statements) >= STATEMENTS_MAX)
        g_hash_table_foreach_remove(c->statements, is_idle, NULL);
    g_hash_table_insert(c->statements, g_strdup(key), statement);
    return statement;
}

static sqlite3_stmt *
prepare(Connection *c, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(c->statements, sql);

    return statement ? statement : keep(c, sql, sql, error);
}

static void
bind(sqlite3_stmt *statement, const MwValue *params, size_t n_params)
{
    for (size_t i = 0; i < n_params; i++) {
        int at = (int)i + 1;
        switch (params[i].is) {
        case MW_NULL:
            sqlite3_bind_null(statement, at);
            break;
        case MW_INTEGER:
            sqlite3_bind_int64(statement, at, params[i].integer);
            break;
        case MW_REAL:
            sqlite3_bind_double(statement, at, params[i].real);
            break;
        case MW_TEXT:
            sqlite3_bind_text(statement, at, params[i].text, -1, SQLITE_STATIC);
            break;
        }
    }
}

/* The connection is used by one thread at a time, so its values may be looked at where they are. */
static MwValue
column(sqlite3_stmt *statement, int at)
{
    sqlite3_value *value = sqlite3_column_value(statement, at);

    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        return MW_INT(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
        return MW_DOUBLE(sqlite3_value_double(value));
    case SQLITE_NULL:
        return MW_NOTHING;
    default:
        return MW_BORROW((const char *)sqlite3_value_text(value));
    }
}

static bool
run(void *connection, const char *sql, const MwValue *params, size_t n_params, MwRowFunc row,
    void *data, GError **error)
{
    Connection *c = connection;
    sqlite3_stmt *statement = prepare(c, sql, error);
    MwValue columns[COLUMNS_MAX];
    int code;

    if (!statement)
        return false;
    bind(statement, params, n_params);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        int n = MIN(sqlite3_column_count(statement), COLUMNS_MAX);
        for (int i = 0; row && i < n; i++)
            columns[i] = column(statement, i);
        if (row && !row(columns, (size_t)n, data)) {
            code = SQLITE_DONE;
            break;
        }
    }
    bool done = code == SQLITE_DONE || fail(c, sql, error);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return done;
}

/* The statement of `head` with its values, kept under the text of the head. */
static sqlite3_stmt *
prepare_insert(Connection *c, const char *head, size_t n_columns, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(c->statements, head);

    if (statement)
        return statement;
    g_autoptr(GString) sql = g_string_new(head);
    for (size_t i = 0; i < n_columns; i++)
        g_string_append(sql, i > 0 ? ", ?" : "(?");
    g_string_append_c(sql, ')');
    return keep(c, head, sql->str, error);
}

/* SQLite gains nothing from rows joined in one statement. */
static bool
insert(void *connection, const char *head, size_t n_columns, const MwValue *const *rows,
       size_t n_rows, GError **error)
{
    Connection *c = connection;
    sqlite3_stmt *statement = prepare_insert(c, head, n_columns, error);
    bool done = statement != NULL;

    for (size_t i = 0; done && i < n_rows; i++) {
        bind(statement, rows[i], n_columns);
        done = sqlite3_step(statement) == SQLITE_DONE || fail(c, head, error);
        sqlite3_reset(statement);
    }
    if (statement)
        sqlite3_clear_bindings(statement);
    return done;
}

static bool
wait_for_all(void *connection G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    return true;
}

static int64_t
touched(void *connection)
{
    return sqlite3_changes64(((Connection *)connection)->db);
}

static bool
script(void *connection, const char *sql, GError **error)
{
    return exec(connection, sql, error);
}

static bool
backup_to(Connection *c, sqlite3 *target, GError **error)
{
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", c->db, "main");

    if (!backup)
        return mw_fail(error, MW_ERROR_INTERNAL, "%s", sqlite3_errmsg(target));
    /* In one step, which is one snapshot: in WAL mode it keeps no writer waiting, while between
     * several steps each write would make the copy begin again. */
    int code = sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK || code != SQLITE_DONE) {
        bool full = code == SQLITE_FULL || (code & 0xff) == SQLITE_IOERR;
        bool busy =
            code == SQLITE_BUSY || code == SQLITE_LOCKED; /* such as by our own transaction */
        return mw_fail(error,
                       full   ? MW_ERROR_FULL
                       : busy ? MW_ERROR_UNAVAILABLE
                              : MW_ERROR_INTERNAL,
                       _("The copy cannot be written: %s"), sqlite3_errstr(code));
    }
    return true;
}

static bool
verify(sqlite3 *copy, GError **error)
{
    sqlite3_stmt *statement = NULL;
    g_autofree char *answer = NULL;

    if (sqlite3_prepare_v2(copy, "PRAGMA integrity_check(1)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        answer = g_strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    if (g_strcmp0(answer, "ok") != 0)
        return mw_fail(error, MW_ERROR_INTERNAL, _("The copy is not sound: %s"),
                       answer ? answer : sqlite3_errmsg(copy));
    return true;
}

static bool
backup(void *connection, const char *path, GError **error)
{
    sqlite3 *target = NULL;

    bool done = sqlite3_open(path, &target) == SQLITE_OK
                    ? backup_to(connection, target, error) && verify(target, error)
                    : mw_fail(error, MW_ERROR_UNAVAILABLE, _("%s cannot be opened: %s"), path,
                              sqlite3_errmsg(target));
    sqlite3_close(target);
    return done;
}

const MwBackend mw_sqlite_backend = {
    .scheme = "sqlite",
    .dialect = MW_SQLITE,
    .types = { [MW_INTEGER] = "INTEGER", [MW_REAL] = "REAL", [MW_TEXT] = "TEXT" },
    .open = open_connection,
    .close = close_connection,
    .begin = begin,
    .run = run,
    .run_later = run,
    .insert = insert,
    .wait = wait_for_all,
    .touched = touched,
    .script = script,
    .columns_sql = "SELECT name, type FROM pragma_table_info($1)",
    .backup = backup,
};
