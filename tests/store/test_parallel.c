/* parallel: several writers at once, transactions that must be run again, a copy made while somebody writes. */
#include "entities/entities.h"
#include "tests/store/orders.h"

enum { WRITERS = 4, ORDERS = 25 };

typedef struct {
    OrderWriter orders;
    unsigned n;    /* to write; 0: until told */
    gint *stop;    /* atomic */
    gint *written; /* atomic, of all */
} Writer;

static gpointer
write_orders(gpointer data)
{
    Writer *writer = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MwStore) store = mw_company_connect(writer->orders.company, MW_OPEN_EXISTING, &error);

    for (unsigned i = 0;
         store && !error && (writer->n ? i < writer->n : !g_atomic_int_get(writer->stop)); i++)
        if (mw_store_atomically(store, orders_write_one, &writer->orders, &error))
            g_atomic_int_inc(writer->written);
    return error ? g_strdup(error->message) : NULL;
}

/* An account, and the write lock let go. */
static int64_t
begin(Fixture *f)
{
    int64_t account = orders_account(f, "A");

    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    return account;
}

/* The numbers are distinct, and without gaps: orders_check_whole() holds their count against the counter. */
static void
test_numbers(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    gint stop = 0, written = 0;
    Writer writer = { { f->company, begin(f) }, ORDERS, &stop, &written };
    GThread *threads[WRITERS];

    for (int i = 0; i < WRITERS; i++)
        threads[i] = g_thread_new("writer", write_orders, &writer);
    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *failure = g_thread_join(threads[i]);
        g_assert_cmpstr(failure, ==, NULL);
    }
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_assert_cmpint(orders_check_whole(f->store), ==, WRITERS * ORDERS);
}

/* ---- run again ------------------------------------------------------------------------ */

typedef struct {
    MwStore *other;
    unsigned tries, disturbed; /* the first of the tries are disturbed */
} Disturbed;

static bool
add_one(MwStore *store, GError **error)
{
    return mw_store_run(store, "UPDATE counter SET value = value + 1 WHERE key = 'disturbed'", NULL,
                        0, NULL, NULL, error);
}

static bool
add_one_and_commit(MwStore *store, void *data G_GNUC_UNUSED, GError **error)
{
    return add_one(store, error);
}

/* Reads what another one then changes and commits, so that its own change is of an old state. */
static bool
work_disturbed(MwStore *store, void *data, GError **error)
{
    Disturbed *d = data;
    g_auto(MwValue) value = MW_NOTHING;

    if (!mw_store_run(store, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", NULL, 0, NULL, NULL,
                      error) ||
        !mw_store_scalar(store, "SELECT value FROM counter WHERE key = 'disturbed'", NULL, 0,
                         &value, error))
        return false;
    if (d->tries++ < d->disturbed)
        g_assert_true(mw_store_atomically(d->other, add_one_and_commit, NULL, NULL));
    return add_one(store, error);
}

static int64_t
counted(Fixture *f)
{
    g_auto(MwValue) value = MW_NOTHING;

    g_assert_true(mw_store_scalar(f->store, "SELECT value FROM counter WHERE key = 'disturbed'",
                                  NULL, 0, &value, NULL));
    return value.integer;
}

static bool
skip_sqlite(Fixture *f)
{
    if (mw_store_dialect(f->store) == MW_SQLITE) {
        g_test_skip("SQLite has one writer");
        return true;
    }
    g_assert_true(mw_store_run(f->store, "INSERT INTO counter (key, value) VALUES ('disturbed', 0)",
                               NULL, 0, NULL, NULL, NULL));
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    return false;
}

static void
test_serialization(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        unsigned disturbed, tries;
        bool done;
    } cases[] = { { 0, 1, true }, { 1, 2, true }, { 4, 5, true }, { 100, 5, false } };
    g_autoptr(GError) error = NULL;
    int64_t sum = 0;

    if (skip_sqlite(f))
        return;
    g_autoptr(MwStore) other = mw_company_connect(f->company, MW_OPEN_EXISTING, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Disturbed d = { other, 0, cases[i].disturbed };
        bool done = mw_store_atomically(f->store, work_disturbed, &d, &error);
        g_assert_true(done == cases[i].done);
        g_assert_cmpuint(d.tries, ==, cases[i].tries);
        if (!done)
            g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
        g_clear_error(&error);
        sum += MIN(d.disturbed, d.tries) + done;
        g_assert_true(mw_store_begin(f->store, true, NULL));
        g_assert_cmpint(counted(f), ==, sum); /* nothing of a try that failed */
        mw_store_rollback(f->store);
    }
    g_assert_true(mw_store_begin(f->store, true, NULL));
}

typedef struct {
    MwCompany *company;
    const char *keys[2]; /* in the order in which they are locked */
    gint *holding;       /* atomic: how many hold their first */
    unsigned tries;
} Crossing;

static bool
work_crossing(MwStore *store, void *data, GError **error)
{
    Crossing *c = data;
    static const char sql[] = "UPDATE counter SET value = value + 1 WHERE key = $1";
    MwValue first = MW_BORROW(c->keys[0]), second = MW_BORROW(c->keys[1]);

    c->tries++;
    if (!mw_store_run(store, sql, &first, 1, NULL, NULL, error))
        return false;
    g_atomic_int_inc(c->holding);
    while (g_atomic_int_get(c->holding) < 2)
        g_usleep(1000);
    return mw_store_run(store, sql, &second, 1, NULL, NULL, error);
}

static gpointer
cross(gpointer data)
{
    Crossing *c = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MwStore) store = mw_company_connect(c->company, MW_OPEN_EXISTING, &error);

    if (store)
        mw_store_atomically(store, work_crossing, c, &error);
    return error ? g_strdup(error->message) : NULL;
}

/* Each holds what the other wants: the database ends one of them, which is run again. */
static void
test_deadlock(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    gint holding = 0;
    Crossing ways[] = { { f->company, { "disturbed", "other" }, &holding, 0 },
                        { f->company, { "other", "disturbed" }, &holding, 0 } };
    GThread *threads[2];

    if (mw_store_dialect(f->store) == MW_POSTGRES)
        g_assert_true(mw_store_run(f->store, "INSERT INTO counter (key, value) VALUES ('other', 0)",
                                   NULL, 0, NULL, NULL, NULL));
    if (skip_sqlite(f))
        return;
    for (int i = 0; i < 2; i++)
        threads[i] = g_thread_new("crossing", cross, &ways[i]);
    for (int i = 0; i < 2; i++) {
        g_autofree char *failure = g_thread_join(threads[i]);
        g_assert_cmpstr(failure, ==, NULL);
    }
    g_assert_cmpuint(ways[0].tries + ways[1].tries, >=,
                     3); /* who is run again may be crossed again */
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_assert_cmpint(counted(f), ==, 2);
}

/* ---- a copy ------------------------------------------------------------------------------- */

static void
test_backup(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    gint stop = 0, written = 0;
    g_autoptr(GError) error = NULL;
    int64_t copied = 0;

    if (mw_store_dialect(f->store) != MW_SQLITE) {
        g_test_skip("a server has its own copies");
        return;
    }
    Writer writer = { { f->company, begin(f) }, 0, &stop, &written };
    GThread *thread = g_thread_new("writer", write_orders, &writer);
    for (int i = 0; i < 3; i++) {
        g_autofree char *path = g_strdup_printf("%s/copy%d.db", f->folder, i);
        g_autofree char *url = g_strconcat("sqlite:", path, NULL);
        while (g_atomic_int_get(&written) < 10 * (i + 1))
            g_usleep(1000);
        g_assert_true(mw_store_backup(f->store, path, &error));
        g_assert_no_error(error);
        g_autoptr(MwCompany) copy = mw_company_open(url, mw_entities, &error);
        g_assert_no_error(error);
        g_autoptr(MwStore) store = mw_company_connect(copy, MW_OPEN_EXISTING, &error);
        g_assert_true(mw_store_begin(store, false, &error));
        int64_t orders = orders_check_whole(store);
        mw_store_rollback(store);
        g_assert_cmpint(orders, >=, 10 * (i + 1)); /* what was acknowledged before it began */
        g_assert_cmpint(orders, >=, copied);
        copied = orders;
    }
    g_atomic_int_set(&stop, 1);
    g_autofree char *failure = g_thread_join(thread);
    g_assert_cmpstr(failure, ==, NULL);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_assert_cmpint(orders_check_whole(f->store), ==, written);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/parallel/numbers", test_numbers);
    mw_test_add("/parallel/serialization", test_serialization);
    mw_test_add("/parallel/deadlock", test_deadlock);
    mw_test_add("/parallel/backup", test_backup);
    return g_test_run();
}
