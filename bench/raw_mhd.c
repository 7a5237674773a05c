/*
 * raw_mhd: the least that must happen for an answer: libmicrohttpd, one prepared statement, JSON. What
 * run_server compares Millwright with; no rights, no rules, no history.
 *
 *     raw_mhd FILE | postgresql://…  [SCHEMA]
 *
 * Prints its port. GET /one/ID, GET /list (50 by name), POST /create (one account, its own
 * transaction, synchronous=FULL), POST /batch (1,000 in one).
 */
#include <glib.h>
#include <libpq-fe.h>
#include <microhttpd.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ONE, LIST, INSERT, N_STATEMENTS };

static const char *const sqlite_sql[] = {
    "SELECT * FROM account WHERE id = ?1 AND deleted_at IS NULL",
    "SELECT * FROM account WHERE deleted_at IS NULL ORDER BY name, id LIMIT 50",
    "INSERT INTO account (id, version, name, status, currency, created_at, updated_at) "
    "VALUES (?1, 1, 'made', 'prospect', 'CNY', 0, 0)",
};
static const char *const postgres_sql[] = {
    "SELECT * FROM account WHERE id = $1 AND deleted_at IS NULL",
    "SELECT * FROM account WHERE deleted_at IS NULL ORDER BY name NULLS FIRST, id LIMIT 50",
    "INSERT INTO account (id, version, name, status, currency, created_at, updated_at) "
    "VALUES ($1, 1, 'made', 'prospect', 'CNY', 0, 0)",
};

/* A thread's own connection. */
typedef struct {
    sqlite3 *db;
    sqlite3_stmt *statements[N_STATEMENTS];
    PGconn *pg;
} Lane;

static const char *place, *schema;
static _Thread_local Lane *lane;
static int64_t last_id;
static GMutex writer;

static Lane *
lane_of_thread(void)
{
    if (lane)
        return lane;
    lane = g_new0(Lane, 1);
    if (strstr(place, "://")) {
        g_autofree char *path = g_strdup_printf("SET search_path = \"%s\"", schema);
        lane->pg = PQconnectdb(place);
        PQclear(PQexec(lane->pg, path));
        for (int i = 0; i < N_STATEMENTS; i++) {
            char name[] = { (char)('a' + i), '\0' };
            PGresult *result = PQprepare(lane->pg, name, postgres_sql[i], 0, NULL);
            if (PQresultStatus(result) != PGRES_COMMAND_OK)
                g_error("%s", PQerrorMessage(lane->pg));
            PQclear(result);
        }
        return lane;
    }
    if (sqlite3_open_v2(place, &lane->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL))
        g_error("%s", sqlite3_errmsg(lane->db));
    sqlite3_busy_timeout(lane->db, 10000);
    sqlite3_exec(lane->db, "PRAGMA synchronous=FULL; PRAGMA mmap_size=1073741824", NULL, NULL,
                 NULL);
    for (int i = 0; i < N_STATEMENTS; i++)
        if (sqlite3_prepare_v3(lane->db, sqlite_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &lane->statements[i], NULL))
            g_error("%s", sqlite3_errmsg(lane->db));
    return lane;
}

/* ,"name":"text" */
static void
put(GString *out, const char *name, const char *text, bool quoted)
{
    g_string_append_c(out, out->str[out->len - 1] == '{' ? '"' : ',');
    if (out->str[out->len - 1] == ',')
        g_string_append_c(out, '"');
    g_string_append(out, name);
    g_string_append(out, quoted ? "\":\"" : "\":");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    if (quoted)
        g_string_append_c(out, '"');
}

static void
select_sqlite(int which, int64_t id, GString *out)
{
    sqlite3_stmt *statement = lane->statements[which];

    if (which == ONE)
        sqlite3_bind_int64(statement, 1, id);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        g_string_append(out, out->len > 0 ? ",{" : "{");
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            put(out, sqlite3_column_name(statement, i), text ? text : "null", text != NULL);
        }
        g_string_append_c(out, '}');
    }
    sqlite3_reset(statement);
}

static PGresult *
run_postgres(int which, int64_t id)
{
    char number[24], name[] = { (char)('a' + which), '\0' };
    const char *values[] = { number };

    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, id);
    PGresult *result = PQexecPrepared(lane->pg, name, which == LIST ? 0 : 1, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        g_error("%s", PQerrorMessage(lane->pg));
    return result;
}

static void
select_postgres(int which, int64_t id, GString *out)
{
    PGresult *result = run_postgres(which, id);

    for (int row = 0; row < PQntuples(result); row++) {
        g_string_append(out, row > 0 ? ",{" : "{");
        for (int i = 0; i < PQnfields(result); i++) {
            bool null = PQgetisnull(result, row, i);
            put(out, PQfname(result, i), null ? "null" : PQgetvalue(result, row, i), !null);
        }
        g_string_append_c(out, '}');
    }
    PQclear(result);
}

static void
insert(int n)
{
    if (lane->pg) {
        if (n > 1)
            PQclear(PQexec(lane->pg, "BEGIN"));
        for (int i = 0; i < n; i++)
            PQclear(run_postgres(INSERT, __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED)));
        if (n > 1)
            PQclear(PQexec(lane->pg, "COMMIT"));
        return;
    }
    g_mutex_lock(&writer);
    sqlite3_exec(lane->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int i = 0; i < n; i++) {
        sqlite3_bind_int64(lane->statements[INSERT], 1, ++last_id);
        if (sqlite3_step(lane->statements[INSERT]) != SQLITE_DONE)
            g_error("%s", sqlite3_errmsg(lane->db));
        sqlite3_reset(lane->statements[INSERT]);
    }
    sqlite3_exec(lane->db, "COMMIT", NULL, NULL, NULL);
    g_mutex_unlock(&writer);
}

static enum MHD_Result
answer(void *data G_GNUC_UNUSED, struct MHD_Connection *connection, const char *url,
       const char *method, const char *version G_GNUC_UNUSED, const char *upload G_GNUC_UNUSED,
       size_t *size, void **state)
{
    static int begun;

    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (*size > 0) { /* the body is read, and not looked at */
        *size = 0;
        return MHD_YES;
    }
    lane_of_thread();
    GString *out = g_string_sized_new(4096);
    if (g_str_equal(method, "POST")) {
        insert(g_str_equal(url, "/batch") ? 1000 : 1);
        g_string_append(out, "{}");
    } else {
        int which = g_str_has_prefix(url, "/one/") ? ONE : LIST;
        int64_t id = which == ONE ? g_ascii_strtoll(url + strlen("/one/"), NULL, 10) : 0;
        (lane->pg ? select_postgres : select_sqlite)(which, id, out);
    }
    size_t length = out->len;
    char *body = g_string_free(out, false);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback(length, body, g_free);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return queued;
}

int
main(int argc, char **argv)
{
    char byte;

    if (argc < 2)
        return 2;
    place = argv[1];
    schema = argc > 2 ? argv[2] : "";
    last_id = g_get_real_time() << 10;
    /* libpq waits on its thread: as many as there are clients. */
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL,
                                                 answer, NULL, MHD_OPTION_THREAD_POOL_SIZE,
                                                 strstr(place, "://") ? 8u : 2u, MHD_OPTION_END);
    if (!daemon)
        return 1;
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    MHD_stop_daemon(daemon);
    return 0;
}
