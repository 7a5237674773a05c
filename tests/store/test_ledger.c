/* ledger: sums over orders and payments, in memory, kept current, and from the database, always the same. */
#include "base/clock.h"
#include "methods/ledger.h"
#include "record/history.h"
#include "tests/store/orders.h"

static const MwLedgerAsk everything = { .from = MW_DATE_MIN, .as_of = 20000 }; /* 2024-10-04 */

static GArray *
sums(MwLedger *ledger, const MwLedgerAsk *ask)
{
    g_autoptr(GError) error = NULL;
    GArray *found = mw_ledger_sums(ledger, ask, 2, &error);

    g_assert_no_error(error);
    return found;
}

static const MwAccountSums *
of_account(const GArray *found, int64_t account)
{
    for (guint i = 0; i < found->len; i++)
        if (g_array_index(found, MwAccountSums, i).account == account)
            return &g_array_index(found, MwAccountSums, i);
    return NULL;
}

static void
assert_same(const GArray *a, const GArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const MwAccountSums *x = &g_array_index(a, MwAccountSums, i);
        const MwAccountSums *y = &g_array_index(b, MwAccountSums, i);
        g_assert_cmpint(x->account, ==, y->account);
        g_assert_cmpint(x->revenue, ==, y->revenue);
        g_assert_cmpint(x->margin, ==, y->margin);
        g_assert_cmpint(x->last_year, ==, y->last_year);
        g_assert_cmpint(x->year_before, ==, y->year_before);
        g_assert_cmpint(x->sold, ==, y->sold);
        g_assert_cmpint(x->returned, ==, y->returned);
        g_assert_cmpint(x->late_days, ==, y->late_days);
        g_assert_cmpint(x->payments, ==, y->payments);
        g_assert_cmpint(x->orders, ==, y->orders);
        g_assert_cmpint(x->last_day, ==, y->last_day);
        g_assert_cmpint(x->products, ==, y->products);
        g_assert_cmpint(x->costed, ==, y->costed);
    }
}

static int64_t
day(const char *text)
{
    int64_t found = 0;

    g_assert_true(mw_date_parse(text, &found));
    return found;
}

/* One account with every sort of line, another in a foreign currency. Numbers worked out by hand. */
static void
test_sums(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t a = orders_account(f, "A"), b = orders_account(f, "B");
    int64_t p = orders_product(f, "P"), q = orders_product(f, "Q");
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_autoptr(MwLedger) without = mw_ledger_new(f->company, 0);

    g_autoptr(MwInput) rate = mw_input_new(mw_catalog_entity(f->context.catalog, "currency_rate"));
    mw_input_set(rate, "currency", "USD");
    mw_input_set(rate, "valid_from", "2020-01-01");
    mw_input_set(rate, "rate", "7");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwRecord) made = mw_record_write(&f->context, rate, 0, problems, NULL);
    g_assert_nonnull(made);

    int64_t first =
        orders_add(f, a, "2024-03-01 10:00", NULL, NULL,
                   (TestLine[]){ { p, "10", "5.00", "3.00" }, { q, "1", "7.50", NULL }, { 0 } });
    orders_add(
        f, a, "2023-03-01 10:00", NULL, "closed",
        (TestLine[]){
            { p, "4", "5.00", NULL }, { p, "-1", "5.00", NULL }, { 0, "2", "0", NULL }, { 0 } });
    orders_add(f, a, "2024-04-01 10:00", NULL, "draft",
               (TestLine[]){ { p, "100", "5.00", NULL }, { 0 } });
    orders_add(f, a, "2024-04-02 10:00", NULL, "cancelled",
               (TestLine[]){ { p, "100", "5.00", NULL }, { 0 } });
    orders_add(f, b, "2024-05-01 10:00", "USD", NULL,
               (TestLine[]){ { q, "3", "1.01", "1.00" }, { 0 } });
    orders_pay(f, a, first, "2024-04-10", "2024-04-01", "50");
    orders_pay(f, a, first, "2024-03-30", "2024-04-01", "7.5");
    mw_test_turn(f, 0);

    g_autoptr(GArray) all = sums(ledger, &everything);
    g_assert_cmpuint(all->len, ==, 2);
    const MwAccountSums *of_a = of_account(all, a), *of_b = of_account(all, b);
    g_assert_cmpint(of_a->revenue, ==, 5000 + 750 + 2000 - 500);
    g_assert_cmpint(of_a->margin, ==, 2000); /* only the line whose cost is known */
    g_assert_true(of_a->costed);
    g_assert_cmpint(of_a->sold, ==, 7750);
    g_assert_cmpint(of_a->returned, ==, 500);
    g_assert_cmpint(of_a->last_year, ==, 5750);
    g_assert_cmpint(of_a->year_before, ==, 1500);
    g_assert_cmpint(of_a->orders, ==, 2);
    g_assert_cmpint(of_a->products, ==, 2);
    g_assert_cmpint(of_a->last_day, ==, day("2024-03-01"));
    g_assert_cmpint(of_a->payments, ==, 2);
    g_assert_cmpint(of_a->late_days, ==, 9 - 2);
    g_assert_cmpint(of_b->revenue, ==, 2121); /* 3.03 × 7 */
    g_assert_cmpint(of_b->margin, ==, 21);

    MwLedgerAsk sales = everything;
    sales.sales_only = true;
    sales.as_of = day("2023-12-31");
    g_autoptr(GArray) sold = sums(ledger, &sales);
    g_assert_cmpuint(sold->len, ==, 1);
    g_assert_cmpint(of_account(sold, a)->revenue, ==, 2000);
    g_assert_cmpint(of_account(sold, a)->payments, ==, 0);

    MwLedgerAsk late = everything;
    late.from = day("2024-01-01"); /* growth looks at the year before all the same */
    g_autoptr(GArray) from = sums(ledger, &late);
    g_assert_cmpint(of_account(from, a)->revenue, ==, 5750);
    g_assert_cmpint(of_account(from, a)->year_before, ==, 1500);

    g_autoptr(GArray) again = sums(without, &everything);
    assert_same(all, again);
    g_autoptr(GArray) part = sums(without, &late);
    assert_same(from, part);
    g_assert_cmpuint(mw_ledger_state(without).bytes, ==, 0);
    g_assert_cmpuint(mw_ledger_state(ledger).rows, ==, 8); /* 6 lines that count, 2 payments */
}

/* What commits shows at once; only what has changed is read again. */
static void
test_follows_changes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t a = orders_account(f, "A"), b = orders_account(f, "B"), p = orders_product(f, "P");
    const TestLine one[] = { { p, "1", "1.00", NULL }, { 0 } };
    g_autoptr(MwLedger) ledger = mw_ledger_new(f->company, 64 << 20);
    g_autoptr(GError) error = NULL;

    int64_t order = orders_add(f, b, "2024-01-01", NULL, NULL, one);
    g_autoptr(GArray) nothing = sums(ledger, &everything); /* not committed yet */
    g_assert_cmpuint(nothing->len, ==, 0);
    mw_test_turn(f, 0);
    g_autoptr(GArray) first = sums(ledger, &everything);
    g_assert_cmpint(of_account(first, b)->revenue, ==, 100);

    orders_add(f, a, "2024-01-02", NULL, NULL, one);
    mw_store_rollback(f->store);
    g_assert_true(mw_store_begin(f->store, true, &error));
    orders_add(f, a, "2024-01-02", NULL, NULL, (TestLine[]){ { 0, "2", "3.00", NULL }, { 0 } });
    orders_add(f, b, "2024-01-03", NULL, NULL, one);
    mw_test_turn(f, 0);
    g_autoptr(GArray) second = sums(ledger, &everything);
    g_assert_cmpint(of_account(second, a)->revenue, ==, 600);
    g_assert_cmpint(of_account(second, b)->revenue, ==, 200);

    orders_set_status(f, order, "cancelled");
    mw_test_turn(f, 0);
    g_autoptr(GArray) third = sums(ledger, &everything);
    g_assert_cmpint(of_account(third, b)->revenue, ==, 100);

    orders_set_status(f, order, "confirmed");
    int64_t paid = orders_pay(f, b, order, "2024-01-09", "2024-01-05", "1.00");
    mw_test_turn(f, 0);
    g_autoptr(GArray) fourth = sums(ledger, &everything);
    g_assert_cmpint(of_account(fourth, b)->late_days, ==, 4);

    const MwEntity *entity = mw_catalog_entity(f->context.catalog, "sales_order");
    const MwEntity *payment = mw_catalog_entity(f->context.catalog, "payment");
    g_assert_true(mw_record_remove(&f->context, entity, order, 0, &error));
    g_assert_true(mw_record_remove(&f->context, payment, paid, 0, &error));
    mw_test_turn(f, 0);
    g_autoptr(GArray) fifth = sums(ledger, &everything);
    g_assert_cmpint(of_account(fifth, b)->revenue, ==, 100);
    g_assert_cmpint(of_account(fifth, b)->payments, ==, 0);
    g_assert_true(mw_record_restore(&f->context, entity, order, &error));
    mw_test_turn(f, 0);
    g_autoptr(GArray) sixth = sums(ledger, &everything);
    g_assert_cmpint(of_account(sixth, b)->revenue, ==, 200);
    g_autoptr(MwLedger) fresh = mw_ledger_new(f->company, 64 << 20);
    g_autoptr(GArray) anew = sums(fresh, &everything);
    assert_same(sixth, anew);

    g_autoptr(GArray) same = sums(ledger, &everything);
    assert_same(sixth, same);
    g_assert_cmpuint(mw_ledger_state(ledger).updates, ==,
                     6); /* none for the last, when nothing had changed */
    g_assert_cmpuint(mw_ledger_state(ledger).loads, ==, 1);
}

/* A ledger over its bound is read from the database; one row of the history asks for all anew. */
static void
test_bound_and_reload(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t a = orders_account(f, "A");
    const TestLine one[] = { { 0, "1", "1.00", NULL }, { 0 } };
    g_autoptr(MwLedger) small = mw_ledger_new(f->company, 60);
    g_autoptr(MwLedger) large = mw_ledger_new(f->company, 1 << 20);

    orders_add(f, a, "2024-01-01", NULL, NULL, one);
    orders_add(f, a, "2024-01-02", NULL, NULL, one);
    mw_test_turn(f, 0);
    g_autoptr(GArray) x = sums(small, &everything);
    g_autoptr(GArray) y = sums(large, &everything);
    assert_same(x, y);
    g_assert_cmpuint(mw_ledger_state(small).rows, ==, 0);
    g_assert_cmpuint(mw_ledger_state(large).rows, ==, 2);

    g_assert_true(mw_history_add(&f->context, "sales_order", 0, "load", "{}", NULL));
    mw_test_turn(f, 0);
    g_autoptr(GArray) again = sums(large, &everything);
    assert_same(x, again);
    g_assert_cmpuint(mw_ledger_state(large).loads, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/ledger/sums", test_sums);
    mw_test_add("/ledger/follows-changes", test_follows_changes);
    mw_test_add("/ledger/bound-and-reload", test_bound_and_reload);
    return g_test_run();
}
