/* rates: amounts in base currency by dated rates, over the life of an order. 100 USD at 7, 7.2 and 8 are 700, 720 and
 * 800 CNY; both currencies have cents. */
#include "tests/store/orders.h"

static int64_t
rate(Fixture *f, const char *from, const char *rate)
{
    return mw_test_save(f, 0,
                        mw_test_input(f, "currency_rate", "currency", "USD", "valid_from", from,
                                      "rate", rate, NULL));
}

/* A company in Shanghai, eight hours before UTC, and the rates 7 from January and 7.2 from April on. */
static int64_t
begin(Fixture *f, int64_t *april)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_settings_put(f->store, "time_zone", "Asia/Shanghai", &error));
    g_assert_no_error(error);
    mw_company_touch(f->company);
    mw_test_turn(f, 0);
    rate(f, "2026-01-01", "7");
    *april = rate(f, "2026-04-01", "7.2");
    return orders_account(f, "A");
}

static int64_t
order_at(Fixture *f, int64_t account, const char *at)
{
    const TestLine lines[] = { { 0, "1", "100", NULL }, { 0 } };

    return orders_add(f, account, at, "USD", NULL, lines);
}

static void
assert_base(Fixture *f, int64_t order, int64_t base)
{
    g_autoptr(MwRecord) record = mw_test_read(f, "sales_order", order);

    g_assert_cmpint(mw_record_int(record, "total_base"), ==, base);
}

static void
test_day_of_the_order(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *at;
        int64_t base;
    } cases[] = {
        { "2025-12-31T16:00:00Z", 70000 }, /* the first instant of 2026 in Shanghai */
        { "2026-03-31T15:59:59Z", 70000 }, /* the last second of March there */
        { "2026-03-31T16:00:00Z", 72000 }, /* the first of April there, still March in UTC */
        { "2026-04-01T00:30:00+08:00", 72000 },
        { "2027-01-01T00:00:00Z", 72000 }, /* until the next one */
    };
    int64_t april, account = begin(f, &april);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_base(f, order_at(f, account, cases[i].at), cases[i].base);
}

/* Whose zone it is must not matter. */
static void
test_zone_of_the_company(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t april, account = begin(f, &april), user = mw_test_user(f, "ann", "admin", 0);

    mw_test_save(f, user, mw_test_input(f, "user", "time_zone", "America/New_York", NULL));
    mw_test_turn(f, user);
    assert_base(f, order_at(f, account, "2026-03-31T16:00:00Z"), 72000);
}

static void
test_missing(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t april, account = begin(f, &april);
    g_autoptr(MwInput) input =
        mw_test_input(f, "payment", "account", mw_test_id(f, account), "currency", "USD", "amount",
                      "100", "received_on", "2025-12-31", NULL);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MwRecord) record = mw_record_write(&f->context, input, 0, problems, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(mw_problems_count(problems), ==, 1);
    g_assert_cmpstr(mw_problems_get(problems, 0)->field, ==, "currency");
    g_assert_cmpstr(mw_problems_get(problems, 0)->code, ==, "no_rate");
    g_assert_cmpstr(mw_problems_get(problems, 0)->message, ==,
                    "There is no exchange rate for USD on 2025-12-31; add one first.");
    /* The base currency needs none, and a rate that was deleted is none. */
    mw_test_save(f, 0,
                 mw_test_input(f, "payment", "account", mw_test_id(f, account), "currency", "CNY",
                               "amount", "100", "received_on", "2025-12-31", NULL));
    g_assert_true(
        mw_record_remove(&f->context, mw_test_entity(f, "currency_rate"), april, 0, &error));
    assert_base(f, order_at(f, account, "2026-05-01T00:00:00Z"), 70000);
}

static void
change(Fixture *f, int64_t order, const char *field, const char *text)
{
    mw_test_save(f, order, mw_test_input(f, "sales_order", field, text, NULL));
}

static void
test_later_rate(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t april, account = begin(f, &april);
    int64_t order = order_at(f, account, "2026-05-01T00:00:00Z");

    mw_test_save(f, april, mw_test_input(f, "currency_rate", "rate", "8", NULL));
    assert_base(f, order, 72000);
    change(f, order, "note", "seen");
    assert_base(f, order, 72000); /* neither amount, currency nor day has changed */

    MwInput *more = mw_test_input(f, "sales_order", NULL);
    MwInput *line = mw_input_add_detail(more, mw_test_entity(f, "sales_order_line"), 0, false);
    mw_input_set(line, "description", "another");
    mw_input_set(line, "quantity", "1");
    mw_input_set(line, "unit_price", "100");
    mw_test_save(f, order, more);
    assert_base(f, order, 160000); /* the amount: 200 USD at 8 */
    change(f, order, "ordered_at", "2026-02-01T00:00:00Z");
    assert_base(f, order, 140000); /* the day: at 7 */
    change(f, order, "currency", "CNY");
    assert_base(f, order, 20000); /* the currency: 200 CNY */
    change(f, order, "currency", "USD");
    assert_base(f, order, 140000);
}

static void
test_overflow(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t april, account = begin(f, &april);
    static const struct {
        const char *amount, *told;
    } cases[] = {
        { "12000000000000000", "" }, /* × 7.2 × 100 = 8.64e18 < 2^63 = 9.22e18 */
        { "13000000000000000", "amount:out_of_range" }, /* 9.36e18 */
        { "-13000000000000000", "amount:out_of_range" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *told = mw_test_try(
            f, 0,
            mw_test_input(f, "payment", "account", mw_test_id(f, account), "currency", "USD",
                          "amount", cases[i].amount, "received_on", "2026-05-01", NULL));
        g_assert_cmpstr(told, ==, cases[i].told);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/rates/day-of-the-order", test_day_of_the_order);
    mw_test_add("/rates/zone-of-the-company", test_zone_of_the_company);
    mw_test_add("/rates/missing", test_missing);
    mw_test_add("/rates/later-rate", test_later_rate);
    mw_test_add("/rates/overflow", test_overflow);
    return g_test_run();
}
