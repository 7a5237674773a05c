/* history: a chain that shows every change of what was written, on any lane. */
#include "record/history.h"

#include "tests/store/company.h"

enum { WRITES = 12 };

static void
write_some(Fixture *f)
{
    int64_t id = mw_test_save(f, 0, mw_test_input(f, "account", "name", "0", NULL));

    for (int i = 1; i < WRITES; i++) {
        g_autofree char *name = g_strdup_printf("%d", i);
        mw_test_save(f, id, mw_test_input(f, "account", "name", name, NULL));
    }
}

static void
run_sql(Fixture *f, const char *sql)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_run(f->store, sql, NULL, 0, NULL, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(mw_store_touched(f->store), >, 0);
}

/* "" when all is whole, else the fault. */
static char *
fault(Fixture *f)
{
    MwHistoryReport report;
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_history_verify(f->store, &report, &error));
    g_assert_no_error(error);
    return report.fault ? report.fault : g_strdup("");
}

static void
test_tampering(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    /* Row `seq` 7 of the one lane that one writer has used. */
    static const struct {
        const char *sql, *shown;
    } cases[] = {
        { "UPDATE history SET changes = '{}' WHERE seq = 7", "was changed" },
        { "UPDATE history SET at = at + 1 WHERE seq = 7", "was changed" },
        { "UPDATE history SET actor = 5 WHERE seq = 7", "was changed" },
        { "UPDATE history SET source = 'web' WHERE seq = 7", "was changed" },
        { "UPDATE history SET entity = 'contact' WHERE seq = 7", "was changed" },
        { "UPDATE history SET record = record + 1 WHERE seq = 7", "was changed" },
        { "UPDATE history SET action = 'create' WHERE seq = 7", "was changed" },
        { "UPDATE history SET id = 5 WHERE seq = 7", "was changed" },
        { "UPDATE history SET hash = '00' WHERE seq = 7", "was changed" },
        { "DELETE FROM history WHERE seq = 7", "are missing" },
        { "DELETE FROM history WHERE seq = 1", "are missing" },
        { "DELETE FROM history WHERE seq = 12", "The last rows" },
        { "DELETE FROM history WHERE seq > 6", "The last rows" },
        { "DELETE FROM history", "The last rows" },
        { "UPDATE history SET seq = 99 WHERE seq = 12", "The last rows" },
        { "DELETE FROM history_lane WHERE lane = 0", "head of a lane" },
    };

    write_some(f);
    g_autofree char *whole = fault(f);
    g_assert_cmpstr(whole, ==, "");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(mw_store_mark(f->store, NULL));
        run_sql(f, cases[i].sql);
        g_autofree char *found = fault(f);
        g_test_message("%s: %s", cases[i].sql, found);
        g_assert_nonnull(strstr(found, cases[i].shown));
        g_assert_true(mw_store_back_to_mark(f->store, NULL));
    }
    g_autofree char *again = fault(f);
    g_assert_cmpstr(again, ==, "");
}

/* Rows that come while it walks are not taken for missing ones: it goes as far as the heads said. */
static void
test_rows_beyond_the_head(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    write_some(f);
    run_sql(f, "UPDATE history_lane SET seq = 11, hash = (SELECT hash FROM history WHERE seq = 11) "
               "WHERE lane = 0");
    g_autofree char *found = fault(f);
    g_assert_cmpstr(found, ==, "");
}

static void
test_find(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t user = mw_test_user(f, "ann", "admin", 0);
    g_autoptr(GError) error = NULL;

    write_some(f);
    mw_test_turn(f, user);
    mw_test_save(f, 0, mw_test_input(f, "team", "name", "T", NULL));
    MwHistoryQuery by_user = { .actor = user, .limit = 10 };
    g_autoptr(GPtrArray) hers = mw_history_find(f->store, &by_user, &error);
    g_assert_cmpuint(hers->len, ==, 1);
    g_assert_cmpstr(((MwChange *)hers->pdata[0])->entity, ==, "team");

    /* Page by page, newest first. */
    MwHistoryQuery of_accounts = { .entity = "account", .limit = 5 };
    guint seen = 0;
    for (guint last = 5; last == 5;) {
        g_autoptr(GPtrArray) page = mw_history_find(f->store, &of_accounts, &error);
        g_assert_no_error(error);
        for (guint i = 0; i < page->len; i++) {
            int64_t id = ((MwChange *)page->pdata[i])->id;
            g_assert_true(of_accounts.before == 0 || id < of_accounts.before);
            of_accounts.before = id;
        }
        last = page->len;
        seen += last;
    }
    g_assert_cmpuint(seen, ==, WRITES);
}

/* ---- many writers ------------------------------------------------------------ */

enum { THREADS = 4, ROUNDS = 25 };

static bool
write_one(MwStore *store, void *data, GError **error)
{
    Fixture *f = data;
    g_autoptr(MwActor) system = mw_company_system(f->company);
    g_auto(MwContext) context = { 0 };

    mw_context_begin(&context, f->company, store, system, "test");
    return mw_history_add(&context, "account", 1, "note", "{}", error);
}

static gpointer
write_many(gpointer data)
{
    Fixture *f = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MwStore) store = mw_company_connect(f->company, MW_OPEN_EXISTING, &error);

    for (int i = 0; store && i < ROUNDS && !error; i++)
        mw_store_atomically(store, write_one, f, &error);
    return error ? g_strdup(error->message) : NULL;
}

static void
test_parallel(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    GThread *threads[THREADS];
    MwHistoryReport report;
    g_auto(MwValue) lanes = MW_NOTHING;

    mw_test_turn(f, 0);
    mw_store_rollback(f->store); /* lets the others write */
    for (int i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("writer", write_many, f);
    for (int i = 0; i < THREADS; i++) {
        g_autofree char *failure = g_thread_join(threads[i]);
        g_assert_cmpstr(failure, ==, NULL);
    }
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_assert_true(mw_history_verify(f->store, &report, NULL));
    g_assert_cmpstr(report.fault, ==, NULL);
    g_assert_cmpint(report.rows, ==, THREADS * ROUNDS);
    mw_store_scalar(f->store, "SELECT count(DISTINCT lane) FROM history", NULL, 0, &lanes, NULL);
    g_assert_cmpint(lanes.integer, >=, 1);
    g_assert_cmpint(lanes.integer, <=, mw_store_dialect(f->store) == MW_SQLITE ? 1 : THREADS);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/history/tampering", test_tampering);
    mw_test_add("/history/rows-beyond-the-head", test_rows_beyond_the_head);
    mw_test_add("/history/find", test_find);
    mw_test_add("/history/parallel", test_parallel);
    return g_test_run();
}
