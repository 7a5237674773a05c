/* import: bad files, missing rights, kill -9, a full disk. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "entities/entities.h"
#include "table/writer.h"
#include "tests/store/imports.h"

/* ---- bad files ------------------------------------------------------------------------------------- */

static void
test_malformed(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path =
        write_file("a.csv", "Code,Name\nA,Alpha\nB,\"Be\"ta\"\nC,\xff\xfeGamma\nD,Delta,1,2\n"
                            "E\nF,\"<script>alert(1)</script>'; DROP TABLE account;--\"\n");
    g_autofree char *rejects = g_strconcat(path, ".rejects", NULL);
    static const char *const map[] = { "external_code=Code", "name=Name", NULL };
    MwImportOptions options = { .path = path, .shape = "accounts", .map = map };
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;
    MwTableRow row;
    int64_t rows = 0;

    g_assert_true(import(f, &options, rejects, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.rows, ==, 6);
    g_assert_cmpint(report.rejected + created(&report, "account"), ==, 6);
    assert_text(f, "SELECT name FROM account WHERE external_code = 'F'",
                "<script>alert(1)</script>'; DROP TABLE account;--");
    assert_text(f, "SELECT name FROM account WHERE external_code = 'A'", "Alpha");
    g_assert_cmpint(report.rejected, >=, 3); /* B, C and E at least */

    /* Our own reader reads the rejects again, one row each. */
    g_autoptr(MwTableReader) reader = mw_table_open(rejects, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(mw_table_header(reader)[0], ==, "line");
    while (mw_table_next(reader, &row, &error))
        rows++;
    g_assert_no_error(error);
    g_assert_cmpint(rows, ==, report.rejected);
    g_unlink(rejects);
    remove_file(path);
}

/* A cell of a gigabyte never gets into memory: the reader stops at its limit. */
static void
test_huge_cell(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("a.csv", "Code,Name\nA,\"");
    FILE *file = fopen(path, "ab");
    g_autofree char *block = g_malloc(1 << 20);
    MwImportOptions options = { .path = path, .shape = "accounts" };

    memset(block, 'x', 1 << 20);
    for (int i = 0; i < 64; i++) /* each MiB tells as much as the next */
        g_assert_cmpuint(fwrite(block, 1, 1 << 20, file), ==, 1 << 20);
    fclose(file);
    assert_error(f, &options, MW_ERROR_TOO_LARGE, "");
    g_assert_cmpint(number(f, "SELECT count(*) FROM account"), ==, 0);
    remove_file(path);
}

/* A workbook is a table like any other; what unpacks to far more than it is, is refused (the parts
 * of a workbook too: tests/unit/test_table_xlsx.c). */
static void
test_workbook(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const columns[] = { "External code", "Name", NULL };
    const MwCell cells[] = { { .kind = MW_CELL_INTEGER, .integer = 17850 },
                             { .kind = MW_CELL_TEXT, .text = "厦门钨业" } };
    const MwTableWriterOptions xlsx = { .format = MW_TABLE_XLSX };
    char *path = write_file("a.xlsx", "");
    MwImportOptions options = { .path = path, .shape = "accounts" };
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    g_autoptr(MwTableWriter) writer = mw_table_writer_new(path, columns, &xlsx, &error);
    g_assert_no_error(error);
    g_assert_true(mw_table_write(writer, cells, 2, &error));
    g_assert_true(mw_table_writer_finish(writer, &error));
    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_no_error(error);
    assert_text(f, "SELECT name FROM account WHERE external_code = '17850'", "厦门钨业");

    g_autoptr(GString) bomb =
        g_string_new(NULL); /* a row of a million blanks unpacks from few bytes */
    for (int i = 0; i < 1000000; i++)
        g_string_append(bomb, "          ");
    g_assert_true(g_file_set_contents(path, bomb->str, (gssize)bomb->len, NULL));
    g_autofree char *packed = g_strconcat(path, ".zst", NULL);
    const char *const pack[] = { "zstd", "-q", path, "-o", packed, NULL };
    if (g_spawn_sync(NULL, (char **)pack, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                     NULL)) {
        options.path = packed;
        assert_error(f, &options, MW_ERROR_TOO_LARGE, "");
        g_unlink(packed);
    }
    remove_file(path);
}

/* ---- rights ------------------------------------------------------------------------------------------ */

static void
test_rights(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("orders.csv", ORDERS_HEADER "1,P1,Pump,2,2026-01-05,10.50,A,France\n");
    int64_t viewer = make_user(f, "viewer@example.com", "viewer");
    int64_t sales = make_user(f, "sales@example.com", "sales");
    MwImportOptions options = orders(path);
    static const char *const only_account[] = { "account", NULL };
    g_auto(MwImportReport) none = { 0 }, some = { 0 }, all = { 0 };
    g_autoptr(GError) error = NULL;

    mw_test_turn(f, viewer);
    g_autoptr(MwActor) looks = mw_company_actor(f->company, f->store, viewer, &error);
    g_assert_false(import_as(f, looks, &options, NULL, &none, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
    g_clear_error(&error);

    g_autoptr(MwActor) sells = mw_company_actor(f->company, f->store, sales, &error);
    g_assert_false(import_as(f, sells, &options, NULL, &some, &error)); /* may not make products */
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
    g_clear_error(&error);

    options.create_missing = only_account;
    g_assert_true(import_as(f, sells, &options, NULL, &all, &error));
    g_assert_no_error(error);
    g_assert_cmpint(all.rejected, ==, 1); /* there is no product P1 */
    remove_file(path);
}

/* ---- interruptions ----------------------------------------------------------------------------------- */

static char *
many_orders(int orders_count)
{
    g_autoptr(GString) text = g_string_new(ORDERS_HEADER);

    for (int i = 0; i < orders_count; i++)
        for (int line = 0; line < 3; line++)
            g_string_append_printf(text, "%d,P%d,Pump,%d,2026-01-05,1.25,C%d,France\n", i, i % 50,
                                   line + 1, i % 100);
    return write_file("many.csv", text->str);
}

enum { MANY = 12000 /* orders of three lines: more than one transaction */ };

static bool
die_late(int64_t done, int64_t all, void *data G_GNUC_UNUSED)
{
    if (all > 0 && done >= 30000)
        raise(SIGKILL);
    return true;
}

static bool
stop_late(int64_t done, int64_t all, void *data G_GNUC_UNUSED)
{
    return all == 0 || done < 25000;
}

static void
assert_many(Fixture *f)
{
    g_assert_cmpint(number(f, "SELECT count(*) FROM sales_order"), ==, MANY);
    g_assert_cmpint(number(f, "SELECT count(*) FROM sales_order_line"), ==, 3 * MANY);
    g_assert_cmpint(number(f, "SELECT sum(total) FROM sales_order"), ==, MANY * 750);
    g_assert_cmpint(number(f, "SELECT count(*) FROM import_run"), ==, 1);
    g_assert_cmpint(number(f, "SELECT count(*) FROM change_item"), ==, MANY + 100 + 50);
    assert_text(f, "SELECT status FROM import_run", "done");
}

static void
test_killed(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = many_orders(MANY);
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_commit(f->store, NULL));
    pid_t child = fork();
    if (child == 0) {
        /* Nothing of the parent's connections may be used here. */
        g_autoptr(MwCompany) company = mw_company_open(f->url, mw_entities, NULL);
        g_autoptr(MwStore) store = mw_company_connect(company, MW_OPEN_BULK, NULL);
        g_autoptr(MwActor) system = mw_company_system(company);
        mw_import(company, store, system, &options, NULL, die_late, NULL, &report, NULL);
        _exit(1);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    int64_t whole = number(f, "SELECT count(*) FROM sales_order");
    g_assert_cmpint(whole, >, 0);
    g_assert_cmpint(whole, <, MANY);
    /* No order in part. */
    g_assert_cmpint(number(f, "SELECT count(*) FROM sales_order_line"), ==, 3 * whole);

    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_no_error(error);
    g_assert_true(report.resumed);
    g_assert_cmpint(created(&report, "sales_order"), ==, MANY);
    assert_many(f);
    remove_file(path);
}

static void
test_cancelled_by_job(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = many_orders(MANY);
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) first = { 0 }, second = { 0 };
    g_autoptr(GError) error = NULL;
    int64_t run = mw_import_upload(&f->context, path, "many.csv", "orders", &error);

    g_assert_no_error(error);
    assert_text(f, "SELECT status FROM import_run", "mapping");
    g_assert_true(mw_import_queue(&f->context, run, &options, &error));
    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_true(mw_import_resume(f->company, f->store, run, stop_late, NULL, &first, &error));
    g_assert_no_error(error);
    g_assert_true(first.cancelled);
    g_assert_cmpint(first.run, ==, run);
    g_assert_true(mw_import_resume(f->company, f->store, run, NULL, NULL, &second, &error));
    g_assert_no_error(error);
    g_assert_true(second.resumed);
    g_assert_false(mw_import_resume(f->company, f->store, run, NULL, NULL, &second, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    assert_many(f);
    remove_file(path);
}

/* The disk takes no more in the middle: what was kept is whole, and it goes on when there is room. */
static void
test_disk_full(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    if (!f->folder) {
        g_test_skip("the disk of a PostgreSQL server is its own");
        return;
    }
    char *path = many_orders(MANY);
    MwImportOptions options = orders(path);
    struct rlimit before, tight;
    g_auto(MwImportReport) report = { 0 }, again = { 0 };
    g_autoptr(GError) error = NULL;

    getrlimit(RLIMIT_FSIZE, &before);
    tight = before;
    tight.rlim_cur = 3 << 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tight);
    g_assert_true(mw_store_commit(f->store, NULL));
    g_autoptr(MwActor) system = mw_company_system(f->company);
    bool done =
        mw_import(f->company, f->store, system, &options, NULL, NULL, NULL, &report, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    g_assert_false(done);
    g_assert_error(error, MW_ERROR, MW_ERROR_FULL);
    g_clear_error(&error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_assert_true(import(f, &options, NULL, &again, &error));
    g_assert_no_error(error);
    g_assert_true(again.resumed);
    assert_many(f);
    remove_file(path);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/import/malformed", test_malformed);
    mw_test_add("/import/huge-cell", test_huge_cell);
    mw_test_add("/import/workbook", test_workbook);
    mw_test_add("/import/rights", test_rights);
    mw_test_add("/import/killed", test_killed);
    mw_test_add("/import/cancelled-by-job", test_cancelled_by_job);
    mw_test_add("/import/disk-full", test_disk_full);
    return g_test_run();
}
