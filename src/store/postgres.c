/* postgres: the big backend, by libpq. A company is a schema; see docs/modules/store.md. */
#include <libpq-fe.h>

#include "base/i18n.h"
#include "store/backend.h"
#include "store/postgres_value.h"

enum {
    STATEMENTS_MAX = 256, /* kept prepared, per connection */
    PARAMS_MAX = 60000,
    SENT_MAX = 400,
};

typedef struct {
    PGconn *conn;
    char *company; /* the schema */
    bool create, plan_once;
    bool lost;              /* reconnect before the next transaction */
    bool reading;           /* in a transaction that only reads */
    bool first;             /* nothing of this transaction was sent */
    const char *begin;      /* of this transaction, not sent yet; NULL: none */
    GHashTable *statements; /* text -> Statement */
    bool outdated;          /* they have to be prepared anew */
    unsigned next;
    /* What is in libpq's pipeline: nothing waits for an answer that nobody needs yet. */
    unsigned unsynced, syncs;
    uint64_t sent, answered;
    GArray *fresh; /* of Fresh */
    GArray *later; /* of Later */
    int64_t touched;
} Connection;

typedef struct {
    bool reads; /* nothing else: it needs no transaction around it */
    char name[12];
} Statement;

/* A statement prepared by the message of this number, whose answer is not there yet. */
typedef struct {
    uint64_t number;
    const char *sql; /* the key in `statements` */
} Fresh;

/* A statement of this number, who gets whose rows. */
typedef struct {
    uint64_t number;
    MwRowFunc row;
    void *data;
} Later;

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
    if (g_str_equal(state, "0A000") || g_str_equal(state, "26000")) {
        /* A plan that gives other columns since a table was changed; a statement that is not prepared any more. */
        c->outdated = true;
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
        "SET lock_timeout TO '10s'; SET extra_float_digits TO 3; SET jit TO off; SET "
        "plan_cache_mode TO %s",
        c->company, c->plan_once ? "force_generic_plan" : "auto");

    PQsetNoticeReceiver(c->conn, ignore_notice, NULL);
    g_hash_table_remove_all(c->statements);
    g_array_set_size(c->fresh, 0);
    g_array_set_size(c->later, 0);
    c->unsynced = c->syncs = 0;
    c->answered = c->sent;
    c->lost = c->outdated = false;
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
    g_array_unref(c->later);
    g_free(c->company);
    g_free(c);
}

static void *
open_connection(const char *url, MwOpenFlags flags, GError **error)
{
    Connection *c = g_new0(Connection, 1);
    g_autofree char *plain = split_company(url, &c->company);

    c->create = flags & MW_OPEN_CREATE;
    c->plan_once = flags & MW_OPEN_PLAN_ONCE;
    c->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    c->fresh = g_array_new(false, false, sizeof(Fresh));
    c->later = g_array_new(false, false, sizeof(Later));
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

static void
give_later(Connection *c, uint64_t number, const PGresult *result)
{
    for (guint i = 0; i < c->later->len; i++) {
        const Later *later = &g_array_index(c->later, Later, i);
        if (later->number == number)
            mw_pg_give_rows(result, later->row, later->data);
    }
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
            give_later(c, number, result);
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
    g_array_set_size(c->later, 0);
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
        mw_pg_give_rows(result, row, data);
    PQclear(result);
    return !undone || mw_fail(error, MW_ERROR_INTERNAL, "COMMIT after an error: rolled back");
}

/* The connection was broken before the transaction began, and more than one statement of it is to be sent again: who
 * began it does that. */
static bool
fail_begun(GError **error)
{
    g_set_error_literal(error, MW_STORE_RETRY, 0, _("The database cannot be reached."));
    return false;
}

static bool
wait_for_all(void *connection, GError **error)
{
    Connection *c = connection;
    bool begun = c->first && c->later->len > 0;

    if (c->sent == c->answered)
        return true;
    g_autoptr(GError) local = NULL;
    PGresult *result = settle(c, "", &local);
    if (!result && begun && c->lost)
        return fail_begun(error);
    if (!result)
        g_propagate_error(error, g_steal_pointer(&local));
    return result && finish(c, result, "", NULL, NULL, error);
}

static bool
prepare_anew(Connection *c, GError **error)
{
    if (!wait_for_all(c, error) || !exec(c, "DEALLOCATE ALL", error))
        return false;
    g_hash_table_remove_all(c->statements);
    c->outdated = false;
    return true;
}

/* Costs no way to the database and back: it goes with the first statement; what only reads needs none. */
static bool
begin(void *connection, bool writes, GError **error)
{
    Connection *c = connection;

    if (c->outdated && !c->lost && !prepare_anew(c, NULL))
        c->lost = true;
    if (c->lost && !reconnect(c, error))
        return false;
    c->begin = writes ? "BEGIN" : "BEGIN READ ONLY";
    c->reading = !writes;
    c->first = true;
    return true;
}

static void
count_sent(Connection *c)
{
    c->sent++;
    c->unsynced++;
}

/* Whether it is known by its words that a statement does nothing but read. */
static bool
only_reads(const char *sql)
{
    static const char *const writing[] = { " FOR UPDATE", "INSERT ", "UPDATE ", "DELETE " };

    if (!g_str_has_prefix(sql, "SELECT ") && !g_str_has_prefix(sql, "WITH "))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(writing); i++)
        if (strstr(sql, writing[i]))
            return false;
    return true;
}

/* A prepared statement; one that is new is prepared on the way. NULL: the connection is lost. */
static const Statement *
prepare(Connection *c, const char *sql)
{
    if (g_hash_table_size(c->statements) >= STATEMENTS_MAX &&
        PQsendQueryParams(c->conn, "DEALLOCATE ALL", 0, NULL, NULL, NULL, NULL, 0)) {
        count_sent(c);
        g_hash_table_remove_all(c->statements);
        g_array_set_size(c->fresh, 0);
    }
    Statement *statement = g_new(Statement, 1);
    statement->reads = only_reads(sql);
    g_snprintf(statement->name, sizeof statement->name, "s%u", c->next++);
    if (!PQsendPrepare(c->conn, statement->name, sql, 0, NULL)) {
        g_free(statement);
        return NULL;
    }
    Fresh fresh = { c->sent, g_strdup(sql) };
    count_sent(c);
    g_array_append_val(c->fresh, fresh);
    g_hash_table_insert(c->statements, (gpointer)fresh.sql, statement);
    return statement;
}

static bool
send_prepared(Connection *c, const char *sql, const MwValue *params, size_t n_params)
{
    const Statement *statement = g_hash_table_lookup(c->statements, sql);

    if (!statement)
        statement = prepare(c, sql);
    if (!statement)
        return false;
    g_autofree const char **texts = g_new(const char *, n_params + 1);
    g_autofree MwPgNumber *numbers = g_new(MwPgNumber, n_params + 1);
    mw_pg_bind(params, n_params, texts, numbers);
    if (!PQsendQueryPrepared(c->conn, statement->name, (int)n_params, texts, NULL, NULL, 0))
        return false;
    count_sent(c);
    return true;
}

/* Puts a statement into the pipeline. In a transaction that only reads, each stands for itself: PostgreSQL gives each a
 * look of its own anyway. Should one want to write there, BEGIN READ ONLY before it makes it fail. */
static bool
enqueue(Connection *c, const char *sql, const MwValue *params, size_t n_params)
{
    const Statement *known = c->begin ? g_hash_table_lookup(c->statements, sql) : NULL;

    PQenterPipelineMode(c->conn); /* stays in it */
    if (c->begin && !(c->reading && (known ? known->reads : only_reads(sql)))) {
        const char *begin = c->begin;
        c->begin = NULL;
        if (!send_prepared(c, begin, NULL, 0))
            return false;
    }
    return send_prepared(c, sql, params, n_params);
}

/* The rows are given to `row` at once or, with `later`, when another statement is waited for. */
static bool
run_once(Connection *c, const char *sql, const MwValue *params, size_t n_params, MwRowFunc row,
         void *data, bool later, GError **error)
{
    bool begins = c->begin != NULL && !c->reading;

    if (!enqueue(c, sql, params, n_params))
        return fail(c, NULL, sql, error);
    if (g_str_equal(sql, "ROLLBACK")) {
        synchronise(c);
        return true;
    }
    if (later && c->unsynced < SENT_MAX) {
        const Later rows = { c->sent - 1, row, data };
        g_array_append_val(c->later, rows);
        return true;
    }
    if (!begins && !row && c->unsynced < SENT_MAX && !g_str_equal(sql, "COMMIT"))
        return true;
    PGresult *result = settle(c, sql, error);
    return result && finish(c, result, sql, row, data, error);
}

static bool
run_with_begin(Connection *c, const char *sql, const MwValue *params, size_t n_params,
               MwRowFunc row, void *data, bool later, GError **error)
{
    const char *begin = c->begin;
    bool first = c->first, begun = first && c->later->len > 0;
    g_autoptr(GError) local = NULL;

    if (begin && (g_str_equal(sql, "COMMIT") || g_str_equal(sql, "ROLLBACK"))) {
        c->begin = NULL;
        return true; /* of nothing */
    }
    c->first = first && later; /* nobody knows yet whether the connection is good */
    if (run_once(c, sql, params, n_params, row, data, later, &local))
        return true;
    if (!first || !c->lost) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    /* The connection was broken before this transaction began: once more on a new one. */
    c->begin = begin;
    return begun
               ? fail_begun(error)
               : reconnect(c, error) && run_once(c, sql, params, n_params, row, data, later, error);
}

static bool
run(void *connection, const char *sql, const MwValue *params, size_t n_params, MwRowFunc row,
    void *data, GError **error)
{
    return run_with_begin(connection, sql, params, n_params, row, data, false, error);
}

static bool
run_later(void *connection, const char *sql, const MwValue *params, size_t n_params, MwRowFunc row,
          void *data, GError **error)
{
    return run_with_begin(connection, sql, params, n_params, row, data, true, error);
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
    .run_later = run_later,
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
