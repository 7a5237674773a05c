/* job: the queue, its leases and failures, and what the kinds of jobs do. */
#include "base/clock.h"
#include "jobs/jobs.h"
#include "methods/classification.h"
#include "methods/derivations.h"
#include "methods/policy.h"
#include "record/bulk.h"
#include "tests/store/imports.h"
#include "tests/store/orders.h"

static int64_t
add(Fixture *f, const char *kind, const char *payload)
{
    g_autoptr(GError) error = NULL;
    int64_t id = mw_job_add(&f->context, kind, payload, f->context.now, &error);

    g_assert_no_error(error);
    g_assert_cmpint(id, >, 0);
    return id;
}

static MwJob *
take(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    MwJob *job = mw_job_take(&f->context, NULL, &error);

    g_assert_no_error(error);
    return job;
}

static char *
value_of(Fixture *f, int64_t id, const char *column)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT CAST(%s AS TEXT) FROM job WHERE id = $1", column);
    MwValue param = MW_INT(id);
    g_auto(MwValue) found = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(f->store, sql, &param, 1, &found, &error);
    g_assert_no_error(error);
    return g_strdup(found.is == MW_TEXT ? found.text : NULL);
}

static void
assert_is(Fixture *f, int64_t id, const char *column, const char *expected)
{
    g_autofree char *found = value_of(f, id, column);

    g_assert_cmpstr(found, ==, expected);
}

static void
test_queue(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    bool due;

    g_assert_true(mw_job_due(&f->context, NULL, &due, &error));
    g_assert_false(due);
    g_assert_null(take(f));
    int64_t first = add(f, "purge", "{\"a\":1}");
    g_assert_cmpint(mw_job_add(&f->context, "purge", NULL, f->context.now + 1000, &error), >, 0);
    g_assert_true(mw_job_due(&f->context, NULL, &due, &error));
    g_assert_true(due);

    g_autoptr(MwJob) job = take(f);
    g_assert_cmpint(job->id, ==, first);
    g_assert_cmpstr(job->kind, ==, "purge");
    g_assert_cmpstr(job->payload, ==, "{\"a\":1}");
    g_assert_cmpint(job->attempts, ==, 1);
    g_assert_null(take(f)); /* the other is not due yet */
    g_assert_true(mw_job_renew(&f->context, job, 5000, "half", &error));
    assert_is(f, first, "progress", "5000");
    assert_is(f, first, "message", "half");
    g_assert_true(mw_job_finish(&f->context, job, "all", &error));
    assert_is(f, first, "status", "done");
    assert_is(f, first, "message", "all");
    g_assert_false(mw_job_renew(&f->context, job, 1, NULL, &error)); /* no longer held */
    g_assert_no_error(error);
}

/* Who lets the lease run out loses the job to the next one, and can no longer end it. */
static void
test_lease(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    int64_t id = add(f, "purge", NULL);
    g_autoptr(MwJob) first = take(f);

    f->context.now += MW_JOB_LEASE_MS - 1;
    g_assert_null(take(f));
    f->context.now += 2;
    g_autoptr(MwJob) second = take(f);
    g_assert_cmpint(second->id, ==, id);
    g_assert_cmpint(second->attempts, ==, 2);
    g_assert_true(mw_job_finish(&f->context, first, NULL, &error)); /* changes nothing */
    assert_is(f, id, "status", "running");
    g_assert_true(mw_job_release(&f->context, second, &error));
    assert_is(f, id, "status", "queued");
    assert_is(f, id, "attempts", "1");
}

static void
test_failures(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    int64_t id = add(f, "purge", NULL), wait = MW_JOB_WAIT_MS;

    for (int i = 1; i <= MW_JOB_ATTEMPTS; i++, wait *= 2) {
        g_autoptr(MwJob) job = take(f);
        g_assert_cmpint(job->attempts, ==, i);
        g_assert_true(mw_job_fail(&f->context, job, "no luck", &error));
        assert_is(f, id, "error", "no luck");
        if (i == MW_JOB_ATTEMPTS)
            break;
        f->context.now += wait - 1;
        g_assert_null(take(f));
        f->context.now += 1;
    }
    assert_is(f, id, "status", "dead");
    f->context.now += 365 * MW_DAY_MS;
    g_assert_null(take(f));
    g_assert_true(mw_job_retry(&f->context, id, &error));
    g_assert_false(mw_job_retry(&f->context, id, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_autoptr(MwJob) again = take(f);
    g_assert_cmpint(again->attempts, ==, 1);
}

static void
test_next(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    int64_t at = mw_job_next(&f->context, 120);
    g_autofree char *text = mw_instant_format(at, f->context.settings->zone, MW_CLOCK_ISO);

    g_assert_cmpint(at, >, f->context.now);
    g_assert_cmpint(at, <=, f->context.now + MW_DAY_MS + 3600 * 1000);
    g_assert_true(g_str_has_suffix(text, " 02:00"));
    g_assert_true(mw_job_ensure(&f->context, "purge", at, &error));
    g_assert_true(mw_job_ensure(&f->context, "purge", at, &error));
    g_auto(MwValue) n = MW_NOTHING;
    mw_store_scalar(f->store, "SELECT COUNT(*) FROM job", NULL, 0, &n, &error);
    g_assert_cmpint(n.integer, ==, 1);
}

/* ---- kinds ----------------------------------------------------------------------- */

/* Runs what is due, outside of the fixture's transaction. */
static unsigned
run_all(Fixture *f, MwLedger *ledger)
{
    g_autoptr(GError) error = NULL;
    unsigned n = 0;
    bool any = true;

    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    while (any) {
        g_assert_true(mw_jobs_run_one(f->company, f->store, ledger, &any, &error));
        g_assert_no_error(error);
        n += any;
    }
    g_assert_true(mw_store_begin(f->store, true, &error));
    return n;
}

static int64_t
count(Fixture *f, const char *sql)
{
    g_auto(MwValue) n = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(f->store, sql, NULL, 0, &n, &error);
    g_assert_no_error(error);
    return n.integer;
}

static void
test_purge(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    const MwEntity *account = mw_catalog_entity(f->context.catalog, "account");
    const MwEntity *order = mw_catalog_entity(f->context.catalog, "sales_order");
    int64_t gone = orders_account(f, "Gone"), held = orders_account(f, "Held");
    int64_t fresh = orders_account(f, "Fresh");
    const TestLine one[] = { { 0, "1", "1", NULL }, { 0 } };
    int64_t old = orders_add(f, gone, "2026-01-05", NULL, NULL, one);

    orders_add(f, held, "2026-01-05", NULL, NULL, one); /* stays, and holds its account */
    f->context.now -= 31 * MW_DAY_MS;
    g_assert_true(mw_record_remove(&f->context, order, old, 0, &error));
    g_assert_true(mw_record_remove(&f->context, account, gone, 0, &error));
    g_assert_true(mw_record_remove(&f->context, account, held, 0, &error));
    f->context.now += 31 * MW_DAY_MS;
    g_assert_true(mw_record_remove(&f->context, account, fresh, 0, &error));
    int64_t job = add(f, "purge", NULL);
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    assert_is(f, job, "status", "done");
    assert_is(f, job, "message", "3 records purged"); /* the line, its order, its account */
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM account"), ==, 2);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM sales_order"), ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM sales_order_line"), ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM history WHERE action = 'purge'"), ==, 3);
}

static void
test_expire(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_script(f->store,
                                  "INSERT INTO session VALUES ('a', 1, '', 1, 1, 1, '', ''), "
                                  "('b', 1, '', 1, 1, 9000000000000, '', '');"
                                  "INSERT INTO login_failure VALUES ('a', 1, 1);"
                                  "INSERT INTO idempotency VALUES ('a', 1, '', 200, '', '')",
                                  &error));
    g_assert_no_error(error);
    int64_t job = add(f, "expire", NULL);
    run_all(f, NULL);
    assert_is(f, job, "message", "3 rows removed; files of 0 imports; 0 bulk changes");
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM session"), ==, 1);
}

static void
test_classification(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 1 << 20);
    g_autoptr(GError) error = NULL;
    int64_t account = orders_account(f, "Account");
    MwClassificationPlan plan = mw_classification_plan(&f->context);

    orders_add(f, account, "2026-01-05", NULL, NULL, (TestLine[]){ { 0, "1", "1", NULL }, { 0 } });
    int64_t run = mw_classification_queue(&f->context, &plan, "Monthly", "monthly", &error);
    g_assert_no_error(error);
    g_assert_cmpint(
        count(f, "SELECT COUNT(*) FROM classification_run WHERE next_run_on IS NOT NULL"), ==, 1);
    add(f, "classification_schedule", NULL);
    g_assert_cmpuint(run_all(f, ledger), ==, 1); /* not due yet */
    MwValue params[] = { MW_INT(run) };
    mw_store_run(f->store, "UPDATE classification_run SET next_run_on = '2026-01-01' WHERE id = $1",
                 params, 1, NULL, NULL, &error);
    g_assert_no_error(error);
    add(f, "classification_schedule", NULL);
    g_assert_cmpuint(run_all(f, ledger), ==, 2); /* the schedule, and the run that it queued */
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM classification_run WHERE status = 'done'"), ==,
                    1);
    g_assert_cmpint(
        count(f, "SELECT COUNT(*) FROM classification_run WHERE next_run_on IS NOT NULL"), ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM account WHERE class IS NOT NULL"), ==, 1);

    /* Every week is seven days from today. */
    int64_t today = mw_date_of_instant(f->context.now, f->context.settings->zone);
    g_autofree char *week = mw_date_format(today + 7, MW_CLOCK_ISO);
    g_autofree char *asked = g_strdup_printf("SELECT COUNT(*) FROM classification_run WHERE "
                                             "schedule = 'weekly' AND next_run_on = '%s'",
                                             week);
    g_assert_cmpint(mw_classification_queue(&f->context, &plan, "Weekly", "weekly", &error), >, 0);
    g_assert_no_error(error);
    g_assert_cmpint(count(f, asked), ==, 1);
}

static void
test_policies(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    orders_account(f, "Account");
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM job"), ==, 0);
    g_autoptr(MwInput) policy = mw_input_new(mw_catalog_entity(f->context.catalog, "class_policy"));
    g_autoptr(MwProblems) problems = mw_problems_new();
    mw_input_set(policy, "class", "A");
    g_autoptr(MwRecord) saved = mw_record_write(&f->context, policy, 0, problems, NULL);
    g_assert_nonnull(saved);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM job WHERE kind = 'visits'"), ==, 1);
    int64_t overrides = add(f, "overrides", NULL);
    g_assert_cmpuint(run_all(f, NULL), ==, 2);
    assert_is(f, overrides, "message", "0 accounts changed");
}

/* What fails waits with its reason; the program's own faults do too. */
static void
test_unknown_and_bad(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t unknown = add(f, "dance", NULL), bad = add(f, "import", "{}");
    int64_t missing = add(f, "import", "{\"run\":\"1\"}");
    int64_t none = add(f, "classification", "{\"run\":\"1\"}");

    for (int i = 0; i < 2; i++)
        g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "job *");
    g_assert_cmpuint(run_all(f, NULL), ==, 4);
    g_test_assert_expected_messages();
    assert_is(f, unknown, "error", "There is no kind of job “dance”.");
    /* Another try would not help. */
    assert_is(f, bad, "status", "done");
    assert_is(f, missing, "status", "done");
    assert_is(f, none, "attempts", "1");
}

/* What the wizard queues is taken in; a file that is none says so in its run. */
static void
test_import(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("names.csv", "Name\nFirst\nSecond\n");
    char *broken = write_file("broken.csv", "Name\nFirst\n");
    const MwImportOptions options = { .map = MW_NAMES("name=Name"),
                                      .constants = MW_NAMES("city=Wuxi") };
    const MwImportOptions wrong = { .map = MW_NAMES("name=Title") };
    g_autoptr(GError) error = NULL;

    int64_t run = mw_import_upload(&f->context, path, "names.csv", "accounts", &error);
    g_assert_true(mw_import_queue(&f->context, run, &options, &error));
    int64_t bad = mw_import_upload(&f->context, broken, "broken.csv", "accounts", &error);
    g_assert_true(mw_import_queue(&f->context, bad, &wrong, &error));
    g_assert_no_error(error);
    remove_file(path);
    remove_file(broken);
    g_assert_cmpuint(run_all(f, NULL), ==, 2);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM job WHERE status = 'done' AND "
                             "message = '2 rows, 0 rejected'"),
                    ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM account WHERE city = 'Wuxi'"), ==, 2);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM import_run WHERE status = 'failed' AND "
                             "message LIKE '%Title%'"),
                    ==, 1);
    /* Nothing was taken in of it, so that its mapping can be given again. */
    const MwImportOptions right = { .map = MW_NAMES("name=Name") };
    g_assert_true(mw_import_queue(&f->context, bad, &right, &error));
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM account WHERE name = 'First'"), ==, 2);
    g_assert_false(mw_import_queue(&f->context, run, &options, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
}

static void
execute(Fixture *f, const char *sql)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_script(f->store, sql, &error));
    g_assert_no_error(error);
}

/* File and rejected rows of an import go 30 days after its end, an upload that nobody maps after as long; so does what it
 * takes to undo it, which is refused then. */
static void
test_import_files(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("names.csv", "Name,Phone\nFirst,1\n,2\n");
    const MwImportOptions right = { .map = MW_NAMES("name=Name") };
    const MwImportOptions wrong = { .map = MW_NAMES("name=Title") };
    g_autofree char *rejects = g_strconcat(path, ".rejects", NULL);
    g_auto(MwUndone) undone = { 0 };
    g_autoptr(GError) error = NULL;

    int64_t run = mw_import_upload(&f->context, path, "names.csv", "accounts", &error);
    g_assert_true(mw_import_queue(&f->context, run, &right, &error));
    int64_t failed = mw_import_upload(&f->context, path, "names.csv", "accounts", &error);
    g_assert_true(mw_import_queue(&f->context, failed, &wrong, &error));
    mw_import_upload(&f->context, path, "forgotten.csv", "accounts", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(run_all(f, NULL), ==, 2);
    g_assert_true(mw_import_rejects(f->store, run, rejects, &error));
    int64_t early = add(f, "expire", NULL);
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    assert_is(f, early, "message", "0 rows removed; files of 0 imports; 0 bulk changes");
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM file_piece"), ==, 3);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM change_item"), ==, 1);

    execute(f, "UPDATE import_run SET created_at = created_at - 2678400000, "
               "finished_at = finished_at - 2678400000");
    int64_t late = add(f, "expire", NULL);
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    assert_is(f, late, "message", "0 rows removed; files of 3 imports; 0 bulk changes");
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM file_piece"), ==, 0);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM file"), ==, 0);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM import_reject"), ==, 0);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM import_run WHERE deleted_at IS NOT NULL"), ==,
                    1);
    int64_t again = add(f, "expire", NULL);
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    assert_is(f, again, "message", "0 rows removed; files of 0 imports; 0 bulk changes");

    g_assert_false(mw_import_rejects(f->store, run, rejects, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(mw_import_again(&f->context, failed, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(mw_import_queue(&f->context, failed, &right, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM change_item"), ==, 0);
    g_assert_false(mw_import_undo(&f->context, run, &undone, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "30"));
    g_unlink(rejects);
    remove_file(path);
}

/* Bulk changes can be undone for 30 days; then they go with what they kept of each record. */
static void
test_bulk_changes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = orders_account(f, "Account");
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof account);
    const MwBulk bulk = { mw_test_entity(f, "account"), "edit", ids, "{\"city\":\"Ulm\"}" };
    g_auto(MwUndone) undone = { 0 };
    g_autoptr(GError) error = NULL;
    int64_t runs[2];
    MwBulkState state;

    g_array_append_val(ids, account);
    for (size_t i = 0; i < 2; i++) {
        runs[i] = mw_bulk_begin(&f->context, &bulk, &error);
        g_assert_no_error(error);
        g_assert_true(mw_bulk_go_on(&f->context, runs[i], 10, &state, &error));
    }
    g_autofree char *age =
        g_strdup_printf("UPDATE bulk_change SET created_at = created_at - 2678400000 WHERE id = "
                        "%" G_GINT64_FORMAT,
                        runs[0]);
    execute(f, age);
    g_assert_false(mw_bulk_undo(&f->context, runs[0], &undone, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "30 days"));
    g_clear_error(&error);
    int64_t job = add(f, "expire", NULL);
    run_all(f, NULL);
    assert_is(f, job, "message", "0 rows removed; files of 0 imports; 1 bulk changes");
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM change_item"), ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM bulk_change"), ==, 1);
    g_assert_true(mw_bulk_undo(&f->context, runs[1], &undone, &error));
    g_assert_no_error(error);
}

static bool
stop(int64_t done G_GNUC_UNUSED, int64_t all G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    return false;
}

/* A long import is taken back by steps; one that was stopped is gone on with; what somebody has changed stays. */
static void
test_import_undo(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwImportOptions options = { .map = MW_NAMES("name=Name") };
    g_autoptr(GString) rows = g_string_new("Name\n");
    g_autoptr(GError) error = NULL;
    g_auto(MwUndone) undone = { 0 };
    bool is_long;

    for (int i = 0; i < MW_IMPORT_UNDO_AT_ONCE + 100; i++)
        g_string_append_printf(rows, "Account %d\n", i);
    char *path = write_file("many.csv", rows->str);
    int64_t run = mw_import_upload(&f->context, path, "many.csv", "accounts", &error);
    g_assert_true(mw_import_queue(&f->context, run, &options, &error));
    remove_file(path);
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    const MwEntity *account = mw_catalog_entity(f->context.catalog, "account");
    g_autoptr(MwInput) input = mw_input_new(account);
    g_autoptr(MwProblems) problems = mw_problems_new();
    mw_input_set(input, "city", "Ulm");
    g_autoptr(MwRecord) changed = mw_record_write(
        &f->context, input, count(f, "SELECT id FROM account WHERE name = 'Account 7'"), problems,
        &error);
    g_assert_nonnull(changed);

    g_assert_true(mw_import_undo_is_long(&f->context, run, &is_long, &error));
    g_assert_true(is_long);
    for (int i = 0; i < 2; i++) /* who is second finds it begun */
        g_assert_true(mw_import_undo_queue(&f->context, run, &error));
    g_assert_no_error(error);
    mw_test_turn(f, 0);
    mw_store_commit(f->store, NULL);
    g_assert_false(mw_import_undo_run(f->company, f->store, run, 0, stop, NULL, &undone, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
    g_clear_error(&error);
    g_assert_true(mw_store_begin(f->store, true, &error));
    int64_t left = count(f, "SELECT COUNT(*) FROM account WHERE deleted_at IS NULL");
    g_assert_cmpint(left, <, MW_IMPORT_UNDO_AT_ONCE);
    g_assert_cmpint(left, >, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM import_run WHERE status = 'undoing'"), ==, 1);

    /* Given up: the run says so, and can be taken back again, which goes on. */
    g_autofree char *last_try =
        g_strdup_printf("UPDATE job SET attempts = 7, payload = '{\"run\":\"%" G_GINT64_FORMAT
                        "\",\"user\":\"999\"}' WHERE kind = 'import_undo'",
                        run);
    g_assert_true(mw_store_run(f->store, last_try, NULL, 0, NULL, NULL, &error));
    mw_store_commit(f->store, NULL);
    g_assert_true(mw_store_begin(f->store, true, &error));
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM import_run WHERE status = 'undo_failed' AND "
                             "message IS NOT NULL"),
                    ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM job WHERE status IN ('queued', 'running')"), ==,
                    0);
    g_assert_true(mw_import_undo_queue(&f->context, run, &error));
    mw_test_turn(f, 0);
    mw_store_commit(f->store, NULL);
    g_assert_true(mw_store_begin(f->store, true, &error));
    g_assert_cmpuint(run_all(f, NULL), ==, 1);
    int64_t job = count(f, "SELECT MAX(id) FROM job WHERE kind = 'import_undo'");
    assert_is(f, job, "error", NULL);
    assert_is(f, job, "message", "1099 removed, 0 set back, 1 kept");
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM account WHERE deleted_at IS NULL"), ==, 1);
    g_assert_cmpint(count(f, "SELECT COUNT(*) FROM import_run WHERE status = 'undone' AND "
                             "undone_at IS NOT NULL AND report LIKE '%Account 7 %'"),
                    ==, 1);
    g_assert_false(mw_import_undo_queue(&f->context, run, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
}

/* Who takes some kinds leaves the others, and who takes the others leaves those. */
static void
test_lanes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const char *const names[] = { "mails", NULL };
    const MwJobKinds mail = { names, false }, work = { names, true };
    g_autoptr(GError) error = NULL;
    int64_t mails = add(f, "mails", NULL), unknown = add(f, "nonsense", NULL);
    bool due;

    g_autoptr(MwJob) other = mw_job_take(&f->context, &work, &error);
    g_assert_cmpint(other->id, ==, unknown);
    g_assert_true(mw_job_due(&f->context, &work, &due, &error) && !due);
    g_assert_null(mw_job_take(&f->context, &work, &error));
    g_assert_true(mw_job_due(&f->context, &mail, &due, &error) && due);
    g_autoptr(MwJob) job = mw_job_take(&f->context, &mail, &error);
    g_assert_cmpint(job->id, ==, mails);
    g_assert_null(mw_job_take(&f->context, &mail, &error));
    g_assert_no_error(error);
}

/* The threads take what is queued, schedule the daily kinds, and stop. */
static void
test_runner(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    int64_t job = add(f, "expire", NULL);
    bool finished = false;

    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    MwJobRunner *runner = mw_jobs_start(f->company, NULL, 2);
    for (int i = 0; i < 600 && !finished; i++) {
        g_usleep(50000);
        g_assert_true(mw_store_begin(f->store, false, &error));
        g_autofree char *status = value_of(f, job, "status");
        finished = g_strcmp0(status, "done") == 0 &&
                   count(f, "SELECT COUNT(*) FROM job WHERE status = 'queued'") >= 4;
        mw_store_rollback(f->store);
    }
    mw_jobs_stop(runner);
    g_assert_true(finished);
    g_assert_true(mw_store_begin(f->store, true, &error));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/job/queue", test_queue);
    mw_test_add("/job/lease", test_lease);
    mw_test_add("/job/failures", test_failures);
    mw_test_add("/job/next", test_next);
    mw_test_add("/job/purge", test_purge);
    mw_test_add("/job/expire", test_expire);
    mw_test_add("/job/bulk-changes", test_bulk_changes);
    mw_test_add("/job/classification", test_classification);
    mw_test_add("/job/policies", test_policies);
    mw_test_add("/job/unknown-and-bad", test_unknown_and_bad);
    mw_test_add("/job/import", test_import);
    mw_test_add("/job/import-files", test_import_files);
    mw_test_add("/job/import-undo", test_import_undo);
    mw_test_add("/job/lanes", test_lanes);
    mw_test_add("/job/runner", test_runner);
    return g_test_run();
}
