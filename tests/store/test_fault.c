/* faults: killed writers, full disks, lost servers, damaged files; what was acknowledged is whole. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entities/entities.h"
#include "store/backend.h"
#include "tests/store/orders.h"

static bool
is_sqlite(const Fixture *f)
{
    return mw_store_dialect(f->store) == MW_SQLITE;
}

/* ---- a child that writes orders until something ends it ------------------------------- */

/* Tells each order that is saved by a byte; the exit status is the code of the error. */
static void
write_until_the_end(const char *url, int64_t account, int told, rlim_t file_size)
{
    struct rlimit limit = { file_size, RLIM_INFINITY };
    g_autoptr(GError) error = NULL;
    OrderWriter writing = { mw_company_open(url, mw_entities, &error), account };
    MwStore *store = mw_company_connect(writing.company, MW_OPEN_SERVED, &error);

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    while (mw_store_atomically(store, orders_write_one, &writing, &error))
        if (write(told, "+", 1) != 1)
            _exit(99);
    /* With room again, the same connection goes on. */
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (error && mw_store_atomically(store, orders_write_one, &writing, NULL) &&
        write(told, "+", 1) != 1)
        _exit(99);
    _exit(error ? error->code : 98);
}

/* How many orders the child says it has saved. It is killed after `until` of them, if that is not 0. */
static int
run_child(Fixture *f, int64_t account, rlim_t file_size, int until, int *status)
{
    int ends[2], saved = 0;
    char byte;

    g_assert_cmpint(pipe(ends), ==, 0);
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        close(ends[0]);
        write_until_the_end(f->url, account, ends[1], file_size);
    }
    close(ends[1]);
    while (read(ends[0], &byte, 1) == 1)
        if (++saved == until)
            kill(child, SIGKILL);
    close(ends[0]);
    waitpid(child, status, 0);
    return saved;
}

static int64_t
number_of(Fixture *f, const char *sql)
{
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(f->store, sql, NULL, 0, &value, &error);
    g_assert_no_error(error);
    return value.is == MW_INTEGER ? value.integer : 0;
}

static void
test_killed_writer(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = mw_test_save(f, 0, mw_test_input(f, "account", "name", "A", NULL));
    int64_t saved = 0;

    for (int round = 1; round <= 3; round++) {
        int status;
        mw_test_turn(f, 0);
        mw_store_rollback(f->store); /* lets the child write */
        saved += run_child(f, account, RLIM_INFINITY, 7 * round, &status);
        g_assert_true(WIFSIGNALED(status));
        g_assert_true(mw_store_begin(f->store, true, NULL));
        int64_t orders = orders_check_whole(f->store);
        /* The last one may have been saved before it could be told. */
        g_assert_cmpint(orders, >=, saved);
        g_assert_cmpint(orders, <=, saved + 1);
        saved = orders;
    }
}

static void
test_full_disk(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    if (!is_sqlite(f)) {
        g_test_skip("the server's disk is not the test's");
        return;
    }
    int64_t account = mw_test_save(f, 0, mw_test_input(f, "account", "name", "A", NULL));
    int status;

    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    int saved = run_child(f, account, 1500000, 0, &status);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, MW_ERROR_FULL);
    g_assert_cmpint(saved, >, 1);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_assert_cmpint(orders_check_whole(f->store), ==, saved);
}

static int64_t
size_of(const char *path)
{
    GStatBuf file;

    g_assert_cmpint(g_stat(path, &file), ==, 0);
    return file.st_size;
}

/* The log is carried into the file while the one who writes is there, and begins anew. */
static void
test_log(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    if (!is_sqlite(f)) {
        g_test_skip("PostgreSQL's log is its own");
        return;
    }
    enum { ROUNDS = 120, MIB = 1 << 20 };
    g_autofree char *path = g_build_filename(f->folder, "log.db", NULL);
    g_autofree char *url = g_strconcat("sqlite:", path, NULL);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_autofree char *text = g_strnfill(MIB, 'x');
    g_autoptr(GError) error = NULL;
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_CREATE | MW_OPEN_SERVED, &error);
    MwValue params[] = { MW_INT(0), MW_BORROW(text) };
    g_auto(MwValue) rows = MW_NOTHING;

    g_assert_no_error(error);
    g_assert_true(mw_store_script(store, "CREATE TABLE a (n BIGINT, t TEXT)", &error));
    for (int i = 0; i < ROUNDS; i++) {
        params[0] = MW_INT(i);
        g_assert_true(mw_store_begin(store, true, &error));
        g_assert_true(
            mw_store_run(store, "INSERT INTO a VALUES ($1, $2)", params, 2, NULL, NULL, &error));
        g_assert_true(mw_store_commit(store, &error));
        while (i == ROUNDS / 10 && size_of(path) < 4 * MIB) /* by the thread */
            g_usleep(1000);
    }
    g_assert_no_error(error);
    g_assert_cmpint(size_of(log), <, 70 * MIB);
    g_clear_pointer(&store, mw_store_close);
    g_assert_cmpint(size_of(path), >, ROUNDS * MIB);
    store = mw_store_open(url, MW_OPEN_EXISTING, &error);
    g_assert_true(mw_store_scalar(store, "SELECT count(*) FROM a", NULL, 0, &rows, &error));
    g_assert_cmpint(rows.integer, ==, ROUNDS);
}

/* ---- busy, damaged, lost ---------------------------------------------------------------- */

static void
test_busy(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    if (!is_sqlite(f)) {
        g_test_skip("PostgreSQL has many writers");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(MwStore) other = mw_company_connect(f->company, MW_OPEN_EXISTING, &error);

    g_assert_false(mw_store_begin(other, true, &error)); /* f holds the write lock */
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
    g_clear_error(&error);
    g_assert_true(mw_store_begin(other, false, &error)); /* who only reads need not wait */
    g_assert_no_error(error);
}

static void
overwrite(const char *path, off_t at, const char *bytes, size_t n)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);

    g_assert_cmpint(pwrite(file, bytes, n, at), ==, (ssize_t)n);
    close(file);
}

static void
test_damaged_file(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    if (!is_sqlite(f)) {
        g_test_skip("a file is SQLite's");
        return;
    }
    g_autofree char *path = g_build_filename(f->folder, "damaged.db", NULL);
    g_autofree char *url = g_strconcat("sqlite:", path, NULL);
    g_autofree char *junk = g_malloc(65536);
    g_autoptr(GError) error = NULL;

    g_assert_false(mw_store_backup(f->store, path, &error)); /* in a transaction of our own */
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
    g_clear_error(&error);
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_true(mw_store_backup(f->store, path, &error));
    g_assert_true(mw_store_begin(f->store, true, NULL));
    memset(junk, 0xA5, 65536);
    overwrite(path, 4096, junk, 65536); /* the pages behind the first */
    g_autoptr(MwCompany) torn = mw_company_open(url, mw_entities, &error);
    g_assert_null(torn);
    g_assert_error(error, MW_ERROR, MW_ERROR_INTERNAL);
    g_assert_nonnull(strstr(error->message, "not a sound database"));
    g_clear_error(&error);
    overwrite(path, 0, junk, 4096); /* the first too */
    g_autoptr(MwCompany) none = mw_company_open(url, mw_entities, &error);
    g_assert_null(none);
    g_assert_error(error, MW_ERROR, MW_ERROR_INTERNAL);
    g_assert_nonnull(strstr(error->message, "not a sound database"));
}

/* An error that nobody minded must not be taken for a commit. */
static void
test_commit_after_an_error(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    if (is_sqlite(f)) {
        g_test_skip("SQLite undoes the statement alone");
        return;
    }
    /* Whether its answer was waited for or not. */
    for (int waits = 0; waits < 2; waits++) {
        g_assert_cmpint(number_of(f, "SELECT 1"), ==, 1);
        g_assert_true(mw_store_run(f->store, "SELECT nonsense", NULL, 0, NULL, NULL, NULL));
        g_assert_true(!waits || !mw_store_wait(f->store, NULL));
        g_assert_false(mw_store_commit(f->store, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_INTERNAL);
        g_clear_error(&error);
        g_assert_true(mw_store_begin(f->store, true, NULL));
    }

    /* A mark set before brings it back. */
    for (int waits = 0; waits < 2; waits++) {
        g_assert_true(mw_store_mark(f->store, NULL));
        g_assert_true(mw_store_run(f->store, "SELECT nonsense", NULL, 0, NULL, NULL, NULL));
        g_assert_true(!waits || !mw_store_wait(f->store, NULL));
        g_assert_true(mw_store_back_to_mark(f->store, NULL));
        g_assert_cmpint(number_of(f, "SELECT 1"), ==, 1);
    }
}

/* Statements are kept by their text; any number of texts may come. */
static void
test_many_statements(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    for (int i = 0; i < 700; i++) {
        g_autofree char *sql = g_strdup_printf("SELECT %d", i);
        g_assert_cmpint(number_of(f, sql), ==, i);
    }
}

/* ---- statements whose rows come later, and what only reads ------------------------------ */

static bool
append_number(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_string_append_printf(data, "%d,", (int)columns[0].integer);
    return true;
}

static void
test_later(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GString) seen = g_string_new(NULL);

    for (int writes = 0; writes < 2; writes++) {
        mw_store_rollback(f->store);
        g_assert_true(mw_store_begin(f->store, writes, NULL));
        for (int i = 1; i <= 2; i++) {
            MwValue number = MW_INT(i);
            g_assert_true(mw_store_run_later(f->store, "SELECT CAST($1 AS bigint)", &number, 1,
                                             append_number, seen, NULL));
        }
        g_assert_true(mw_store_run(f->store, "SELECT 3", NULL, 0, append_number, seen, NULL));
        g_assert_cmpstr(seen->str, ==, "1,2,3,");
        g_assert_true(mw_store_run_later(f->store, "SELECT 4", NULL, 0, append_number, seen, NULL));
        g_assert_true(mw_store_wait(f->store, NULL));
        g_assert_cmpstr(seen->str, ==, "1,2,3,4,");
        g_string_truncate(seen, 0);
    }
    /* Its error is the error of what is waited for. */
    mw_store_rollback(f->store);
    g_assert_true(mw_store_begin(f->store, false, NULL));
    g_assert_false(
        mw_store_run_later(f->store, "SELECT nonsense", NULL, 0, append_number, seen, NULL) &&
        mw_store_run(f->store, "SELECT 1", NULL, 0, append_number, seen, NULL));
    g_assert_cmpint(number_of(f, "SELECT 5"), ==, 5);
    g_assert_cmpstr(seen->str, ==, "");
}

/* Without BEGIN READ ONLY before each read, and yet nothing is written. */
static void
test_reading(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const writing[] = {
        "UPDATE account SET name = 'changed'",
        "WITH changed AS (UPDATE account SET name = 'changed' RETURNING id) SELECT id FROM changed",
        "SELECT id FROM account FOR UPDATE",
    };
    g_autoptr(GString) seen = g_string_new(NULL);

    if (is_sqlite(f)) {
        g_test_skip("SQLite's connections that only read are opened so");
        return;
    }
    mw_test_save(f, 0, mw_test_input(f, "account", "name", "kept", NULL));
    mw_test_turn(f, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(writing); i++) {
        mw_store_rollback(f->store);
        g_assert_true(mw_store_begin(f->store, false, NULL));
        g_assert_cmpint(number_of(f, "SELECT count(*) FROM account"), ==, 1);
        g_assert_false(mw_store_run(f->store, writing[i], NULL, 0, append_number, seen, NULL));
        mw_store_rollback(f->store);
        g_assert_true(mw_store_begin(f->store, false, NULL));
        g_assert_cmpint(number_of(f, "SELECT count(*) FROM account WHERE name = 'kept'"), ==, 1);
    }
    mw_store_rollback(f->store);
    g_assert_true(mw_store_begin(f->store, true, NULL));
}

typedef struct {
    int tries;
    size_t columns;
} Look;

static bool
count_columns(const MwValue *columns G_GNUC_UNUSED, size_t n_columns, void *data)
{
    ((Look *)data)->columns = n_columns;
    return true;
}

static bool
look(MwStore *store, void *data, GError **error)
{
    ((Look *)data)->tries++;
    return mw_store_run(store, "SELECT * FROM meta", NULL, 0, count_columns, data, error);
}

/* Somebody changes a table, or takes the prepared statements away: the transaction is run again with new ones. */
static void
test_outdated_statements(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const changes[] = { "ALTER TABLE meta ADD COLUMN x_new TEXT",
                                           "DEALLOCATE ALL" };
    Look look_at = { 0 };

    if (is_sqlite(f)) {
        g_test_skip("SQLite prepares such a statement anew by itself");
        return;
    }
    mw_store_rollback(f->store);
    g_assert_true(mw_store_atomically(f->store, look, &look_at, NULL));
    size_t before = look_at.columns;
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        look_at.tries = 0;
        g_assert_true(mw_store_script(f->store, changes[i], NULL));
        g_assert_true(mw_store_atomically(f->store, look, &look_at, NULL));
        g_assert_cmpint(look_at.tries, ==, 2);
        g_assert_cmpuint(look_at.columns, ==, before + 1);
    }
    g_assert_true(mw_store_begin(f->store, true, NULL));
}

static void
control(const char *command)
{
    g_autofree char *line =
        g_strdup_printf("%s %s", g_getenv("MILLWRIGHT_TEST_POSTGRES_CTL"), command);
    int status = -1;

    g_assert_true(g_spawn_command_line_sync(line, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

static void
test_server_away(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    if (is_sqlite(f) || !g_getenv("MILLWRIGHT_TEST_POSTGRES_CTL")) {
        g_test_skip("there is no server to stop");
        return;
    }
    mw_test_save(f, 0, mw_test_input(f, "account", "name", "kept", NULL));
    mw_test_turn(f, 0);
    mw_test_save(f, 0, mw_test_input(f, "account", "name", "lost", NULL));
    control("stop -m fast");
    g_assert_false(mw_store_commit(f->store, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
    g_clear_error(&error);
    g_assert_false(mw_store_begin(f->store, false, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
    g_clear_error(&error);
    control("start");
    g_assert_true(mw_store_begin(f->store, true, &error));
    g_assert_no_error(error);
    g_assert_cmpint(number_of(f, "SELECT count(*) FROM account"), ==, 1);
    mw_test_save(f, 0, mw_test_input(f, "account", "name", "new", NULL));
    mw_test_turn(f, 0);

    /* Away and back between two transactions: the first statement is sent again, of several all. */
    g_autoptr(GString) seen = g_string_new(NULL);
    for (int later = 0; later < 2; later++) {
        mw_store_rollback(f->store);
        control("stop -m fast");
        control("start");
        g_assert_true(mw_store_begin(f->store, false, NULL));
        g_assert_true(!later ||
                      mw_store_run_later(f->store, "SELECT 1", NULL, 0, append_number, seen, NULL));
        g_assert_true(mw_store_run(f->store, "SELECT 2", NULL, 0, append_number, seen, &error) ==
                      !later);
        g_assert_true(later ? error && error->domain == MW_STORE_RETRY : !error);
        g_assert_cmpstr(seen->str, ==, "2,");
    }
    mw_store_rollback(f->store);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_assert_cmpint(number_of(f, "SELECT count(*) FROM account"), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/fault/killed-writer", test_killed_writer);
    mw_test_add("/fault/full-disk", test_full_disk);
    mw_test_add("/fault/log", test_log);
    mw_test_add("/fault/busy", test_busy);
    mw_test_add("/fault/damaged-file", test_damaged_file);
    mw_test_add("/fault/commit-after-an-error", test_commit_after_an_error);
    mw_test_add("/fault/many-statements", test_many_statements);
    mw_test_add("/fault/later", test_later);
    mw_test_add("/fault/reading", test_reading);
    mw_test_add("/fault/outdated-statements", test_outdated_statements);
    mw_test_add("/fault/server-away", test_server_away);
    return g_test_run();
}
