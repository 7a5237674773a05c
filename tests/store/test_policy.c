/* policy: what follows from visits, payments, orders and the policies of the classes. */
#include "base/clock.h"
#include "methods/derivations.h"
#include "methods/policy.h"
#include "tests/store/orders.h"

static MwInput *
input_of(Fixture *f, const char *entity)
{
    return mw_input_new(mw_catalog_entity(f->context.catalog, entity));
}

static void
set_link(MwInput *input, const char *name, int64_t id)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);

    g_assert_true(mw_input_set(input, name, text));
}

static void
assert_text(Fixture *f, const char *entity, int64_t id, const char *field, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwRecord) record = mw_record_read(
        &f->context, mw_catalog_entity(f->context.catalog, entity), id, MW_LIVE, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(mw_record_text(record, field), ==, expected);
}

static void
assert_int(Fixture *f, const char *entity, int64_t id, const char *field, int64_t expected)
{
    g_autoptr(MwRecord) record = mw_record_read(
        &f->context, mw_catalog_entity(f->context.catalog, entity), id, MW_LIVE, NULL);

    g_assert_cmpint(mw_record_int(record, field), ==, expected);
}

/* A policy for class A, and an account that is A by decision. */
static int64_t
make_account(Fixture *f, int64_t *policy)
{
    MwInput *rhythm = input_of(f, "class_policy");
    int64_t account = orders_account(f, "Account");

    mw_company_derive_by(f->company, mw_derivations);
    mw_input_set(rhythm, "class", "A");
    mw_input_set(rhythm, "visit_every_days", "14");
    *policy = mw_test_save(f, 0, rhythm);
    MwInput *decision = input_of(f, "account");
    mw_input_set(decision, "class_override", "A");
    mw_input_set(decision, "class_override_reason", "Pilot");
    mw_input_set(decision, "class_override_until", "2999-01-01");
    mw_test_save(f, account, decision);
    return account;
}

static int64_t
add_visit(Fixture *f, int64_t account, const char *at, const char *done)
{
    MwInput *visit = input_of(f, "activity");

    mw_input_set(visit, "type", "visit");
    mw_input_set(visit, "subject", "Visit");
    mw_input_set(visit, "starts_at", at);
    mw_input_set(visit, "done", done);
    set_link(visit, "account", account);
    return mw_test_save(f, 0, visit);
}

static void
test_visits(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t policy, account = make_account(f, &policy);
    g_autofree char *today =
        mw_date_format(mw_date_of_instant(f->context.now, f->context.settings->zone), MW_CLOCK_ISO);
    g_autoptr(GError) error = NULL;
    size_t changed;

    assert_text(f, "account", account, "next_visit_on", today); /* never visited: due at once */
    int64_t first = add_visit(f, account, "2026-03-01 10:00", "true");
    assert_text(f, "account", account, "last_visit_on", "2026-03-01");
    assert_text(f, "account", account, "next_visit_on", "2026-03-15");
    int64_t planned = add_visit(f, account, "2026-03-10 10:00", "false");
    assert_text(f, "account", account, "last_visit_on", "2026-03-01");
    MwInput *done = input_of(f, "activity");
    mw_input_set(done, "done", "true");
    mw_test_save(f, planned, done);
    assert_text(f, "account", account, "next_visit_on", "2026-03-24");

    const MwEntity *activity = mw_catalog_entity(f->context.catalog, "activity");
    g_assert_true(mw_record_remove(&f->context, activity, planned, 0, &error));
    assert_text(f, "account", account, "next_visit_on", "2026-03-15");

    /* A visit that was another account's. */
    int64_t other = orders_account(f, "Other");
    MwInput *move = input_of(f, "activity");
    set_link(move, "account", other);
    mw_test_save(f, first, move);
    assert_text(f, "account", account, "last_visit_on", NULL);
    assert_text(f, "account", other, "last_visit_on", "2026-03-01");
    assert_text(f, "account", other, "next_visit_on", NULL); /* of no class */

    /* Another rhythm reaches the accounts by the job. */
    add_visit(f, account, "2026-04-01 10:00", "true");
    MwInput *slower = input_of(f, "class_policy");
    mw_input_set(slower, "visit_every_days", "30");
    mw_test_save(f, policy, slower);
    assert_text(f, "account", account, "next_visit_on", "2026-04-15");
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_true(mw_policy_visits(f->company, f->store, &changed, &error));
    g_assert_cmpuint(changed, ==, 1);
    g_assert_true(mw_policy_visits(f->company, f->store, &changed, &error));
    g_assert_cmpuint(changed, ==, 0);
    g_assert_true(mw_store_begin(f->store, true, &error));
    assert_text(f, "account", account, "next_visit_on", "2026-05-01");

    MwQuery query;
    g_autoptr(MwFilter) filter = mw_policy_overdue(&f->context, &query);
    g_autoptr(GPtrArray) overdue = mw_record_find(&f->context, &query, MW_MAY_READ, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(overdue->len, ==, 1);
    g_assert_cmpint(mw_record_id(overdue->pdata[0]), ==, account);
}

static void
test_paid(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = orders_account(f, "Account");
    g_autoptr(GError) error = NULL;

    mw_company_derive_by(f->company, mw_derivations);
    int64_t order = orders_add(f, account, "2026-01-05", NULL, NULL,
                               (TestLine[]){ { 0, "1", "100", NULL }, { 0 } });
    int64_t half = orders_pay(f, account, order, "2026-02-01", "2026-02-01", "50");
    orders_pay(f, account, order, "2026-02-11", "2026-02-01", "50");
    assert_int(f, "sales_order", order, "paid", 10000);
    MwInput *less = input_of(f, "payment");
    mw_input_set(less, "amount", "30");
    mw_test_save(f, half, less);
    assert_int(f, "sales_order", order, "paid", 8000);
    const MwEntity *payment = mw_catalog_entity(f->context.catalog, "payment");
    g_assert_true(mw_record_remove(&f->context, payment, half, 0, &error));
    assert_int(f, "sales_order", order, "paid", 5000);

    /* In another currency, by what both are worth. */
    MwInput *rate = input_of(f, "currency_rate");
    mw_input_set(rate, "currency", "USD");
    mw_input_set(rate, "valid_from", "2020-01-01");
    mw_input_set(rate, "rate", "7");
    mw_test_save(f, 0, rate);
    int64_t foreign = orders_add(f, account, "2026-01-05", "USD", NULL,
                                 (TestLine[]){ { 0, "1", "100", NULL }, { 0 } });
    orders_pay(f, account, foreign, "2026-02-01", "2026-02-01", "350");
    assert_int(f, "sales_order", foreign, "paid", 5000);
}

static void
test_first_order(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = orders_account(f, "Account");
    const TestLine one[] = { { 0, "1", "1", NULL }, { 0 } };

    mw_company_derive_by(f->company, mw_derivations);
    int64_t draft = orders_add(f, account, "2026-01-05", NULL, "draft", one);
    assert_text(f, "account", account, "status", "prospect");
    orders_set_status(f, draft, "confirmed");
    assert_text(f, "account", account, "status", "customer");
}

static void
test_override_ends(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t policy, account = make_account(f, &policy);
    g_autoptr(GError) error = NULL;
    size_t changed;

    add_visit(f, account, "2026-03-01 10:00", "true");
    MwInput *past = input_of(f, "account");
    mw_input_set(past, "class_override_until", "2020-01-01");
    mw_test_save(f, account, past);
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_true(mw_policy_overrides(f->company, f->store, &changed, &error));
    g_assert_cmpuint(changed, ==, 1);
    g_assert_true(mw_store_begin(f->store, true, &error));
    assert_text(f, "account", account, "class", NULL);
    assert_text(f, "account", account, "class_override", NULL);
    assert_text(f, "account", account, "next_visit_on", NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/policy/visits", test_visits);
    mw_test_add("/policy/paid", test_paid);
    mw_test_add("/policy/first-order", test_first_order);
    mw_test_add("/policy/override-ends", test_override_ends);
    return g_test_run();
}
