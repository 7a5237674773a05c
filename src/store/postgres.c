/* postgres: the big backend, by libpq. A company is a schema; see docs/modules/store.md. */
#include <libpq-fe.h>

#include "base/i18n.h"
#include "store/backend.h"

enum {
    STATEMENTS_MAX = 256, /* kept prepared, per connection */
    COLUMNS_MAX = 256,
    PARAMS_MAX = 60000,
    SENT_MAX = 400,
    NUMBER_SIZE = 40,
};

/* Of the types that our own tables and sums produce; from the server's pg_type.h. */
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_NUMERIC = 1700,
};

typedef struct {
    PGconn *conn;
    char *company; /* the schema */
    bool create;
    bool lost;              /* reconnect before the next transaction */
    const char *begin;      /* of a transaction that goes with its first statement; NULL: none */
    GHashTable *statements; /* text -> name */
    unsigned next;
    /* What is in libpq's pipeline: nothing waits for an answer that nobody needs yet. */
    unsigned unsynced, syncs;
    uint64_t sent, answered;
    GArray *fresh; /* of Fresh */
    int64_t touched;
} Connection;

/* A statement prepared by the message of this number, whose answer is not there yet. */
typedef struct {
    uint64_t number;
    const char *sql; /* the key in `statements` */
} Fresh;

/* Takes the result over and says why it failed. */
static bool
fail(Connection *c, PGresult *result, const char *sql, GError **error)
{
    g_autofree char *state = g_strdup(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    g_autofree char *message = g_strdup(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));

    PQclear(result);
    if (PQstatus(c->conn) != CONNECTION_OK || !state || g_str_has_prefix(state, "08") ||
        g_str_has_prefix(state, "57P")) {
        c->lost = true;
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("The database cannot be reached."));
    }
    if (g_str_equal(state, "40001") || g_str_equal(state, "40P01")) {
        g_set_error_literal(error, MW_STORE_RETRY, 0, message ? message : state);
        return false;
    }
    if (g_str_has_prefix(state, "53"))
        return mw_fail(error, MW_ERROR_FULL, _("The database has no room left: %s"), message);
    if (g_str_equal(state, "55P03"))
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("The database is busy; try again."));
    if (g_str_equal(state, "23505")) /* unique_violation */
        return mw_fail(error, MW_ERROR_CONFLICT, _("Somebody else has just saved the same."));
    if (g_str_has_prefix(state, "23") || g_str_has_prefix(state, "22"))
        return mw_fail(error, MW_ERROR_INVALID, _("The database refuses this: %s"), message);
    return mw_fail(error, MW_ERROR_INTERNAL, "%s (%s): %s", message, state, sql);
}

static bool
exec(Connection *c, const char *sql, GError **error)
{
    PGresult *result = PQexec(c->conn, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        return fail(c, result, sql, error);
    PQclear(result);
    return true;
}

static void
ignore_notice(void *data G_GNUC_UNUSED, const PGresult *result G_GNUC_UNUSED)
{
}

static bool
schema_exists(Connection *c)
{
    const char *params[] = { c->company };
    PGresult *result = PQexecParams(c->conn, "SELECT 1 FROM pg_namespace WHERE nspname = $1", 1,
                                    NULL, params, NULL, NULL, 0);
    bool exists = PQntuples(result) == 1;

    PQclear(result);
    return exists;
}

/* After connecting, and again after reconnecting. */
static bool
set_up(Connection *c, GError **error)
{
    g_autofree char *create = g_strdup_printf("CREATE SCHEMA IF NOT EXISTS \"%s\"", c->company);
    g_autofree char *path = g_strdup_printf(
        "SET search_path TO \"%s\"; SET client_encoding TO 'UTF8'; SET timezone TO 'UTC';"
        "SET lock_timeout TO '10s'; SET extra_float_digits TO 3",
        c->company);

    PQsetNoticeReceiver(c->conn, ignore_notice, NULL);
    g_hash_table_remove_all(c->statements);
    g_array_set_size(c->fresh, 0);
    c->unsynced = c->syncs = 0;
    c->answered = c->sent;
    c->lost = false;
    if (!schema_exists(c)) {
        if (!c->create)
            return mw_fail(error, MW_ERROR_UNAVAILABLE,
                           _("The database has no company “%s”; see “millwright init”."),
                           c->company);
        if (!exec(c, create, error))
            return false;
    }
    return exec(c, path, error);
}

static bool
valid_company(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n > 0 && n <= 48 && !name[n] && !g_str_has_prefix(name, "pg_");
}

/* Takes "company=NAME" out of the URL; libpq does not know it. */
static char *
split_company(const char *url, char **company)
{
    g_auto(GStrv) halves = g_strsplit(url, "?", 2);
    g_auto(GStrv) pairs = g_strsplit(halves[1] ? halves[1] : "", "&", -1);
    GString *rest = g_string_new(halves[0]);
    char join = '?';

    *company = NULL;
    for (char **pair = pairs; *pair; pair++) {
        if (g_str_has_prefix(*pair, "company=")) {
            g_free(*company);
            *company = g_strdup(*pair + strlen("company="));
        } else if (**pair) {
            g_string_append_printf(rest, "%c%s", join, *pair);
            join = '&';
        }
    }
    if (!*company)
        *company = g_strdup("millwright");
    return g_string_free(rest, false);
}

static void
close_connection(void *connection)
{
    Connection *c = connection;

    PQfinish(c->conn);
    g_hash_table_unref(c->statements);
    g_array_unref(c->fresh);
    g_free(c->company);
    g_free(c);
}

static void *
open_connection(const char *url, MwOpenFlags flags, GError **error)
{
    Connection *c = g_new0(Connection, 1);
    g_autofree char *plain = split_company(url, &c->company);

    c->create = flags & MW_OPEN_CREATE;
    c->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    c->fresh = g_array_new(false, false, sizeof(Fresh));
    if (!valid_company(c->company)) {
        g_set_error(error, MW_ERROR, MW_ERROR_INVALID,
                    _("“%s” is no company name: use a-z, 0-9 and _, at most 48."), c->company);
        close_connection(c);
        return NULL;
    }
    c->conn = PQconnectdb(plain);
    if (PQstatus(c->conn) != CONNECTION_OK) {
        g_autofree char *message = g_strstrip(g_strdup(PQerrorMessage(c->conn)));
        g_set_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE, _("The database cannot be reached: %s"),
                    message);
        close_connection(c);
        return NULL;
    }
    if (!set_up(c, error)) {
        close_connection(c);
        return NULL;
    }
    return c;
}

static bool
reconnect(Connection *c, GError **error)
{
    PQreset(c->conn);
    if (PQstatus(c->conn) != CONNECTION_OK)
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("The database cannot be reached."));
    return set_up(c, error);
}

/* Costs no way to the database and back: it goes with the first statement. */
static bool
begin(void *connection, bool writes, GError **error)
{
    Connection *c = connection;

    if (c->lost && !reconnect(c, error))
        return false;
    c->begin = writes ? "BEGIN" : "BEGIN READ ONLY";
    return true;
}

/* Parameters as text; numbers go into `numbers`. */
static void
bind(const MwValue *params, size_t n_params, const char **texts, char (*numbers)[NUMBER_SIZE])
{
    for (size_t i = 0; i < n_params; i++) {
        switch (params[i].is) {
        case MW_NULL:
            texts[i] = NULL;
            break;
        case MW_INTEGER:
            g_snprintf(numbers[i], NUMBER_SIZE, "%" G_GINT64_FORMAT, params[i].integer);
            texts[i] = numbers[i];
            break;
        case MW_REAL:
            texts[i] = g_ascii_dtostr(numbers[i], NUMBER_SIZE, params[i].real);
            break;
        case MW_TEXT:
            texts[i] = params[i].text;
            break;
        }
    }
}

static MwValue
column(const PGresult *result, int row, int at)
{
    const char *text = PQgetvalue(result, row, at);

    if (PQgetisnull(result, row, at))
        return MW_NOTHING;
    switch (PQftype(result, at)) {
    case OID_BOOL:
        return MW_INT(*text == 't');
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return MW_INT(g_ascii_strtoll(text, NULL, 10));
    case OID_FLOAT4:
    case OID_FLOAT8:
        return MW_DOUBLE(g_ascii_strtod(text, NULL));
    case OID_NUMERIC: /* what SUM() of a BIGINT column is */
        return strchr(text, '.') ? MW_DOUBLE(g_ascii_strtod(text, NULL))
                                 : MW_INT(g_ascii_strtoll(text, NULL, 10));
    default:
        return MW_BORROW(text);
    }
}

static void
give_rows(const PGresult *result, MwRowFunc row, void *data)
{
    MwValue columns[COLUMNS_MAX];
    int n_columns = MIN(PQnfields(result), COLUMNS_MAX), n_rows = PQntuples(result);

    for (int i = 0; i < n_rows; i++) {
        for (int j = 0; j < n_columns; j++)
            columns[j] = column(result, i, j);
        if (!row(columns, (size_t)n_columns, data))
            return;
    }
}

static void
forget(Connection *c, uint64_t number)
{
    for (guint i = 0; i < c->fresh->len; i++) {
        const Fresh *fresh = &g_array_index(c->fresh, Fresh, i);
        if (fresh->number == number)
            g_hash_table_remove(c->statements, fresh->sql);
    }
}

/* Everything sent so far is carried out; an error among it spares what comes after this. */
static void
synchronise(Connection *c)
{
    if (c->unsynced > 0 && PQpipelineSync(c->conn))
        c->syncs++;
    c->unsynced = 0;
}

/* Waits for the answers to all that was sent; the last of them, or NULL and an error. */
static PGresult *
settle(Connection *c, const char *sql, GError **error)
{
    PGresult *last = NULL, *bad = NULL;

    synchronise(c);
    while (c->syncs > 0 && PQstatus(c->conn) == CONNECTION_OK) {
        PGresult *result = PQgetResult(c->conn);
        ExecStatusType status = PQresultStatus(result);
        if (!result) /* between two statements */
            continue;
        if (status == PGRES_PIPELINE_SYNC) {
            c->syncs--;
            PQclear(result);
            continue;
        }
        uint64_t number = c->answered++;
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            PQclear(last);
            last = result;
            continue;
        }
        forget(c, number);
        if (bad) /* was not run, because of the first */
            PQclear(result);
        else
            bad = result;
    }
    g_array_set_size(c->fresh, 0);
    c->answered = c->sent;
    PQexitPipelineMode(c->conn);
    if (!bad && last && PQstatus(c->conn) == CONNECTION_OK)
        return last;
    PQclear(last);
    fail(c, bad, sql, error);
    return NULL;
}

/* What a statement answered; takes the result over. */
static bool
finish(Connection *c, PGresult *result, const char *sql, MwRowFunc row, void *data, GError **error)
{
    c->touched = g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
    /* What COMMIT does after an error that nobody minded. */
    bool undone = g_str_equal(sql, "COMMIT") && g_str_equal(PQcmdStatus(result), "ROLLBACK");
    if (row && PQresultStatus(result) == PGRES_TUPLES_OK)
        give_rows(result, row, data);
    PQclear(result);
    return !undone || mw_fail(error, MW_ERROR_INTERNAL, "COMMIT after an error: rolled back");
}

static bool
wait_for_all(void *connection, GError **error)
{
    Connection *c = connection;

    if (c->sent == c->answered)
        return true;
    PGresult *result = settle(c, "", error);
    return result && finish(c, result, "", NULL, NULL, error);
}

static void
count_sent(Connection *c)
{
    c->sent++;
    c->unsynced++;
}

/* The name of a prepared statement; one that is new is prepared on the way. NULL: the connection is lost. */
static const char *
prepare(Connection *c, const char *sql)
{
    const char *known = g_hash_table_lookup(c->statements, sql);

    if (known)
        return known;
    if (g_hash_table_size(c->statements) >= STATEMENTS_MAX &&
        PQsendQueryParams(c->conn, "DEALLOCATE ALL", 0, NULL, NULL, NULL, NULL, 0)) {
        count_sent(c);
        g_hash_table_remove_all(c->statements);
        g_array_set_size(c->fresh, 0);
    }
    char *name = g_strdup_printf("s%u", c->next++);
    if (!PQsendPrepare(c->conn, name, sql, 0, NULL)) {
        g_free(name);
        return NULL;
    }
    Fresh fresh = { c->sent, g_strdup(sql) };
    count_sent(c);
    g_array_append_val(c->fresh, fresh);
    g_hash_table_insert(c->statements, (gpointer)fresh.sql, name);
    return name;
}

/* Puts a statement into the pipeline. */
static bool
enqueue(Connection *c, const char *sql, const MwValue *params, size_t n_params)
{
    PQenterPipelineMode(c->conn); /* stays in it */
    const char *name = prepare(c, sql);

    if (!name)
        return false;
    g_autofree const char **texts = g_new(const char *, n_params + 1);
    g_autofree char(*numbers)[NUMBER_SIZE] = g_malloc((n_params + 1) * NUMBER_SIZE);
    bind(params, n_params, texts, numbers);
    if (!PQsendQueryPrepared(c->conn, name, (int)n_params, texts, NULL, NULL, 0))
        return false;
    count_sent(c);
    return true;
}

/* One statement and the BEGIN before it, if any. */
static bool
run_once(Connection *c, const char *begin, const char *sql, const MwValue *params, size_t n_params,
         MwRowFunc row, void *data, GError **error)
{
    if ((begin && !enqueue(c, begin, NULL, 0)) || !enqueue(c, sql, params, n_params))
        return fail(c, NULL, sql, error);
    if (g_str_equal(sql, "ROLLBACK")) {
        synchronise(c);
        return true;
    }
    if (!begin && !row && c->unsynced < SENT_MAX && !g_str_equal(sql, "COMMIT"))
        return true;
    PGresult *result = settle(c, sql, error);
    return result && finish(c, result, sql, row, data, error);
}

static bool
run(void *connection, const char *sql, const MwValue *params, size_t n_params, MwRowFunc row,
    void *data, GError **error)
{
    Connection *c = connection;
    const char *begin = c->begin;
    g_autoptr(GError) local = NULL;

    c->begin = NULL;
    if (begin && (g_str_equal(sql, "COMMIT") || g_str_equal(sql, "ROLLBACK")))
        return true; /* of nothing */
    if (run_once(c, begin, sql, params, n_params, row, data, &local))
        return true;
    if (!begin || !c->lost) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    /* The connection was broken before this transaction began: once more on a new one. */
    return reconnect(c, error) && run_once(c, begin, sql, params, n_params, row, data, error);
}

static bool
insert_some(void *connection, const char *head, size_t n_columns, const MwValue *const *rows,
            size_t n_rows, GError **error)
{
    g_autoptr(GString) sql = g_string_new(head);
    g_autofree MwValue *params = g_new(MwValue, n_rows * n_columns);
    char number[16];
    size_t n = 0;

    for (size_t i = 0; i < n_rows; i++) {
        g_string_append(sql, i > 0 ? ", (" : "(");
        for (size_t j = 0; j < n_columns; j++) {
            params[n] = rows[i][j];
            g_snprintf(number, sizeof number, "%s$%zu", j > 0 ? ", " : "", ++n);
            g_string_append(sql, number);
        }
        g_string_append_c(sql, ')');
    }
    return run(connection, sql->str, params, n, NULL, NULL, error);
}

/* In statements of a few sizes only, so that they stay prepared. */
static bool
insert(void *connection, const char *head, size_t n_columns, const MwValue *const *rows,
       size_t n_rows, GError **error)
{
    static const size_t sizes[] = { 128, 32, 8, 2, 1 };

    for (size_t i = 0, size = 0; i < n_rows; i += sizes[size]) {
        while (sizes[size] > n_rows - i || sizes[size] > PARAMS_MAX / n_columns)
            size++;
        if (!insert_some(connection, head, n_columns, rows + i, sizes[size], error))
            return false;
    }
    return true;
}

static int64_t
touched(void *connection)
{
    return ((Connection *)connection)->touched;
}

static bool
script(void *connection, const char *sql, GError **error)
{
    Connection *c = connection;
    const char *begin = c->begin;

    c->begin = NULL;
    return wait_for_all(c, error) && (!begin || exec(c, begin, error)) && exec(c, sql, error);
}

static bool
backup(void *connection G_GNUC_UNUSED, const char *path G_GNUC_UNUSED, GError **error)
{
    return mw_fail(error, MW_ERROR_INVALID,
                   _("A PostgreSQL company is backed up with pg_dump --schema; see the README."));
}

const MwBackend mw_postgres_backend = {
    .scheme = "postgresql",
    .dialect = MW_POSTGRES,
    /* Bytewise collation, so that both backends sort alike and keyset pages agree. */
    .types = { [MW_INTEGER] = "BIGINT",
               [MW_REAL] = "DOUBLE PRECISION",
               [MW_TEXT] = "TEXT COLLATE \"C\"" },
    .open = open_connection,
    .close = close_connection,
    .begin = begin,
    .run = run,
    .insert = insert,
    .wait = wait_for_all,
    .touched = touched,
    .script = script,
    .columns_sql = "SELECT a.attname::text, format_type(a.atttypid, NULL) FROM pg_attribute a "
                   "JOIN pg_class c ON c.oid = a.attrelid WHERE c.relname = $1 "
                   "AND c.relnamespace = current_schema()::regnamespace "
                   "AND a.attnum > 0 AND NOT a.attisdropped",
    .backup = backup,
};
