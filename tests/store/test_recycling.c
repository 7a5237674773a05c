/* recycling: what a new company has of open pools, notice before something comes back, records in somebody's hands, and
 * accounts with very many contacts. */
#include "base/clock.h"
#include "base/i18n.h"
#include "methods/derivations.h"
#include "methods/open_pool.h"
#include "methods/recycling.h"
#include "record/notice.h"
#include "record/seed.h"
#include "tests/store/company.h"

enum { LEADS = 1, ACCOUNTS = 2 }; /* ids of the pools that a company begins with */

static void
sql(Fixture *f, const char *text, int64_t a, int64_t b)
{
    MwValue params[] = { MW_INT(a), MW_INT(b) };
    g_autoptr(GError) error = NULL;
    g_auto(MwValue) ignored = MW_NOTHING;

    mw_store_scalar(f->store, text, params,
                    strstr(text, "$2")   ? 2
                    : strstr(text, "$1") ? 1
                                         : 0,
                    &ignored, &error);
    g_assert_no_error(error);
}

static int64_t
count(Fixture *f, const char *text, int64_t a)
{
    MwValue param = MW_INT(a);
    g_auto(MwValue) found = MW_NOTHING;

    g_assert_true(
        mw_store_scalar(f->store, text, &param, strstr(text, "$1") ? 1 : 0, &found, NULL));
    return found.integer;
}

/* An account that `owner` took from the pool of accounts and left alone for so many days. */
static int64_t
idle(Fixture *f, int64_t owner, const char *name, int64_t days)
{
    int64_t id = mw_test_save(
        f, 0, mw_test_input(f, "account", "name", name, "owner", mw_test_id(f, owner), NULL));

    sql(f, "UPDATE account SET taken_from = $1 WHERE id = $2", ACCOUNTS, id);
    sql(f, "UPDATE account SET last_activity_at = $1 WHERE id = $2",
        f->context.now - days * MW_DAY_MS, id);
    return id;
}

static MwRecycled
run(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    MwRecycled out;

    g_assert_true(mw_store_commit(f->store, NULL));
    mw_recycling_run(f->company, f->store, NULL, NULL, &out, &error);
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    return out;
}

/* One for leads and one for accounts, to be changed and removed; whoever has removed them does not get them again. */
static void
test_begins(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *pool = mw_test_entity(f, "pool");
    g_autoptr(MwRecord) leads = mw_test_read(f, "pool", LEADS);
    g_autoptr(MwRecord) accounts = mw_test_read(f, "pool", ACCOUNTS);

    mw_company_derive_by(f->company, mw_derivations);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM pool", 0), ==, 2);
    g_assert_cmpstr(mw_record_text(leads, "holds"), ==, "lead");
    g_assert_cmpstr(mw_record_text(accounts, "holds"), ==, "account");
    g_assert_cmpstr(mw_record_text(leads, "hidden"), ==, "phone,email");
    g_assert_cmpint(mw_record_int(accounts, "notice_days"), ==, 3);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM pool_rule WHERE pool = $1", ACCOUNTS), ==, 4);
    mw_test_save(f, LEADS, mw_test_input(f, "pool", "capacity", "7", NULL));
    g_assert_true(mw_record_remove(&f->context, pool, LEADS, 0, NULL));
    g_assert_true(mw_record_remove(&f->context, pool, ACCOUNTS, 0, NULL));
    sql(f, "DELETE FROM pool_rule", 0, 0);
    sql(f, "DELETE FROM pool", 0, 0);
    g_assert_true(mw_seed(f->store, f->context.catalog, NULL));
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM pool", 0), ==, 0);
}

/* A sales process for each type of sale; the project's, with its eight stages, is the default. */
static void
test_processes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const types[] = { "project", "framework", "spare_parts", "repeat" };

    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM sales_process", 0), ==, 4);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(MwRecord) process = mw_test_read(f, "sales_process", (int64_t)i + 1);
        g_assert_cmpstr(mw_record_text(process, "type"), ==, types[i]);
        g_assert_cmpint(mw_record_int(process, "is_default"), ==, i == 0);
        g_assert_cmpint(count(f, "SELECT COUNT(*) FROM stage WHERE process = $1 AND kind = 'won'",
                              (int64_t)i + 1),
                        >, 0);
    }
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM stage WHERE process = 1 AND kind <> 'lost'", 0),
                    ==, 8);
    g_assert_cmpint(count(f,
                          "SELECT COUNT(*) FROM stage_gate g JOIN stage s ON s.id = g.stage "
                          "WHERE s.process <> g.process",
                          0),
                    ==, 0);
}

/* 90 days idle and 3 of notice: told from the 87th on, once for each day on which it is due. */
static void
test_notice(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char told[] = "SELECT COUNT(*) FROM notice WHERE kind = 'coming_back' AND owner = "
                               "$1";

    mw_company_derive_by(f->company, mw_derivations);
    int64_t ann = mw_test_user(f, "ann", "sales", 0), bob = mw_test_user(f, "bob", "sales", 0);
    int64_t soon = idle(f, ann, "Keller", 88), later = idle(f, ann, "Roth", 80);
    MwRecycled first = run(f);
    g_assert_cmpuint(first.back, ==, 0);
    g_assert_cmpuint(first.told, ==, 1);
    g_assert_cmpint(count(f, told, ann), ==, 1);
    g_assert_cmpuint(run(f).told, ==, 0);

    MwValue owner = MW_INT(ann);
    g_auto(MwValue) id = MW_NOTHING;
    g_assert_true(
        mw_store_scalar(f->store, "SELECT id FROM notice WHERE owner = $1", &owner, 1, &id, NULL));
    g_autoptr(MwRecord) notice = mw_test_read(f, "notice", id.integer);
    g_autofree char *text = mw_notice_text(&f->context, notice, NULL);
    int64_t due = mw_date_of_instant(f->context.now - 88 * MW_DAY_MS, f->context.settings->zone);
    g_autofree char *day = mw_date_format(due + 90, MW_CLOCK_LONG);
    g_autofree char *expected =
        g_strdup_printf("“Keller” goes back into its open pool on %s. Rule: "
                        "90 days without activity",
                        day);
    g_assert_cmpstr(text, ==, expected);

    /* Worked at: due on another day. Given away: another one is to be told. */
    sql(f, "UPDATE account SET last_activity_at = last_activity_at + 86400000 WHERE id = $1", soon,
        0);
    g_assert_cmpuint(run(f).told, ==, 1);
    sql(f, "UPDATE account SET owner = $1 WHERE id = $2", bob, soon);
    g_assert_cmpuint(run(f).told, ==, 1);
    g_assert_cmpint(count(f, told, bob), ==, 1);

    /* Of two rules the one that comes first is told, also when it turns out to be the other. */
    static const char brandt[] = "SELECT COUNT(*) FROM notice WHERE title = 'Brandt'";
    int64_t both = idle(f, ann, "Brandt", 88);
    sql(f,
        "INSERT INTO pool_rule (id, version, pool, rule, days, created_at, updated_at) VALUES "
        "(99, 1, $1, 'undealt', 60, 0, 0)",
        ACCOUNTS, 0);
    sql(f, "UPDATE account SET taken_at = $1 WHERE id = $2", f->context.now - 57 * MW_DAY_MS, both);
    g_assert_cmpuint(run(f).told, ==, 1);
    g_assert_cmpint(count(f, brandt, 0), ==, 1);
    sql(f, "UPDATE account SET taken_at = $1 WHERE id = $2", f->context.now - 59 * MW_DAY_MS, both);
    g_assert_cmpuint(run(f).told, ==, 1);
    g_assert_cmpint(count(f, brandt, 0), ==, 1);
    g_assert_cmpuint(run(f).told, ==, 0);
    sql(f, "DELETE FROM pool_rule WHERE id = 99", 0, 0);
    sql(f, "UPDATE account SET owner = NULL WHERE id = $1", both, 0);

    /* No notice: nobody is told. */
    sql(f, "UPDATE account SET last_activity_at = $1 WHERE id = $2",
        f->context.now - 89 * MW_DAY_MS, later);
    mw_test_save(f, ACCOUNTS, mw_test_input(f, "pool", "notice_days", "0", NULL));
    g_assert_cmpuint(run(f).told, ==, 0);
}

/* More than a batch: each is told once, each comes back once. */
static void
test_many(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    enum { MANY = 450 };

    mw_company_derive_by(f->company, mw_derivations);
    int64_t ann = mw_test_user(f, "ann", "sales", 0), like = idle(f, ann, "Like", 88);
    for (int64_t i = 1; i < MANY; i++)
        sql(f,
            "INSERT INTO account (id, version, name, owner, taken_from, last_activity_at, "
            "created_at, updated_at) SELECT $1, 1, name, owner, taken_from, "
            "last_activity_at, created_at, updated_at FROM account WHERE id = $2",
            1000 + i, like);
    g_assert_cmpuint(run(f).told, ==, MANY);
    sql(f, "UPDATE account SET last_activity_at = $1", f->context.now - 91 * MW_DAY_MS, 0);
    MwRecycled second = run(f);
    g_assert_cmpuint(second.back, ==, MANY);
    g_assert_cmpuint(second.told, ==, 0);
}

/* As when another has it in his hands: the update of this one record finds another version than was read. */
static void
hold(Fixture *f, int64_t id)
{
    bool sqlite = mw_store_dialect(f->store) == MW_SQLITE;
    g_autofree char *text = g_strdup_printf(
        sqlite ? "CREATE TRIGGER held BEFORE UPDATE ON account WHEN old.id = %" G_GINT64_FORMAT
                 " BEGIN SELECT RAISE(IGNORE); END"
               : "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF old.id = "
                 "%" G_GINT64_FORMAT " THEN RETURN NULL; END IF; RETURN new; END'",
        id);

    sql(f, text, 0, 0);
    if (!sqlite)
        sql(f, "CREATE TRIGGER held BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION held()",
            0, 0);
}

static void
test_held(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    int64_t ann = mw_test_user(f, "ann", "sales", 0);
    int64_t first = idle(f, ann, "First", 99), held = idle(f, ann, "Held", 98),
            last = idle(f, ann, "Last", 97);

    hold(f, held);
    MwRecycled out = run(f);
    g_assert_cmpuint(out.back, ==, 2);
    g_assert_cmpuint(out.left, ==, 1);
    g_autoptr(MwRecord) a = mw_test_read(f, "account", first);
    g_autoptr(MwRecord) b = mw_test_read(f, "account", held);
    g_autoptr(MwRecord) c = mw_test_read(f, "account", last);
    g_assert_cmpint(mw_record_int(a, "pool"), ==, ACCOUNTS);
    g_assert_cmpint(mw_record_int(c, "pool"), ==, ACCOUNTS);
    g_assert_cmpint(mw_record_int(b, "owner"), ==, ann);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM pool_move WHERE account = $1", held), ==, 0);
    sql(f,
        mw_store_dialect(f->store) == MW_SQLITE ? "DROP TRIGGER held"
                                                : "DROP TRIGGER held ON account",
        0, 0);
    g_assert_cmpuint(run(f).back, ==, 1);
}

static bool
stop(void *data)
{
    return --*(int *)data >= 0;
}

static void
test_stopped(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    MwRecycled out;
    int steps = 1;

    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_false(mw_recycling_run(f->company, f->store, stop, &steps, &out, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
    g_assert_true(mw_store_begin(f->store, true, NULL));
}

/* All contacts go with an account, however many it has; a colleague's own stay his. */
static void
test_contacts(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    enum { CONTACTS = MW_PAGE_MAX + 3 };
    static const char of[] = "SELECT COUNT(*) FROM contact WHERE owner = $1";

    mw_company_derive_by(f->company, mw_derivations);
    int64_t ann = mw_test_user(f, "ann", "sales", 0), bob = mw_test_user(f, "bob", "sales", 0);
    int64_t account = idle(f, ann, "Keller", 1);
    int64_t other =
        mw_test_save(f, 0,
                     mw_test_input(f, "contact", "name", "Other", "account", mw_test_id(f, account),
                                   "owner", mw_test_id(f, bob), NULL));
    int64_t like =
        mw_test_save(f, 0,
                     mw_test_input(f, "contact", "name", "Roth", "account", mw_test_id(f, account),
                                   "owner", mw_test_id(f, ann), NULL));
    for (int64_t i = 1; i < CONTACTS; i++)
        sql(f,
            "INSERT INTO contact (id, version, name, account, owner, created_at, updated_at) "
            "SELECT $1, 1, name, account, owner, created_at, updated_at FROM contact WHERE id = $2",
            1000 + i, like);
    g_assert_cmpint(count(f, of, ann), ==, CONTACTS);
    mw_test_turn(f, ann);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_assert_true(mw_pool_return(&f->context, mw_test_entity(f, "account"), account, 0, "Too many",
                                 problems, NULL));
    g_assert_false(mw_problems_any(problems));
    g_assert_cmpint(count(f, of, ann), ==, 0);
    mw_test_turn(f, bob);
    g_assert_true(
        mw_pool_pick(&f->context, mw_test_entity(f, "account"), account, NULL, problems, NULL));
    g_assert_cmpint(count(f, of, bob), ==, CONTACTS + 1);
    g_autoptr(MwRecord) his = mw_test_read(f, "contact", other);
    g_assert_cmpint(mw_record_int(his, "owner"), ==, bob);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/recycling/begins", test_begins);
    mw_test_add("/recycling/processes", test_processes);
    mw_test_add("/recycling/notice", test_notice);
    mw_test_add("/recycling/many", test_many);
    mw_test_add("/recycling/held", test_held);
    mw_test_add("/recycling/stopped", test_stopped);
    mw_test_add("/recycling/contacts", test_contacts);
    return g_test_run();
}
