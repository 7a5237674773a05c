/* taken: what a line takes from its product where nothing was given, in the currency of the order. */
#include "tests/store/orders.h"

static int64_t
product(Fixture *f, const char *code, const char *currency, const char *price)
{
    return mw_test_save(f, 0,
                        mw_test_input(f, "product", "code", code, "name", code, "unit", "set",
                                      "currency", currency, "list_price", price, NULL));
}

static void
rate(Fixture *f, const char *currency, const char *from, const char *rate)
{
    mw_test_save(f, 0,
                 mw_test_input(f, "currency_rate", "currency", currency, "valid_from", from, "rate",
                               rate, NULL));
}

/* An order of one line: `given` are pairs of field and text, besides product and quantity. */
static MwInput *
order(Fixture *f, int64_t account, const char *currency, int64_t product, const char *const *given)
{
    MwInput *input = mw_test_input(f, "sales_order", "account", mw_test_id(f, account), "currency",
                                   currency, "ordered_at", "2026-05-01T00:00:00Z", NULL);
    MwInput *line = mw_input_add_detail(input, mw_test_entity(f, "sales_order_line"), 0, false);

    mw_input_set(line, "product", mw_test_id(f, product));
    mw_input_set(line, "quantity", "2");
    for (; given && *given; given += 2)
        mw_input_set(line, given[0], *given[1] == '-' ? NULL : given[1]);
    return input;
}

static MwRecord *
line_of(Fixture *f, int64_t id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) lines =
        mw_record_details(&f->context, mw_test_entity(f, "sales_order_line"), id, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(lines->len, ==, 1);
    return g_ptr_array_steal_index(lines, 0);
}

static void
assert_line(Fixture *f, MwInput *input, int64_t price, const char *unit)
{
    g_autoptr(MwRecord) line = line_of(f, mw_test_save(f, 0, input));

    g_assert_cmpint(mw_record_int(line, "unit_price"), ==, price);
    g_assert_cmpstr(mw_record_text(line, "unit"), ==, unit);
}

static void
test_given_or_not(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = orders_account(f, "A"), pump = product(f, "P", "CNY", "12.5");
    const char *const price[] = { "unit_price", "0", NULL };
    const char *const unit[] = { "unit", "box", NULL };
    const char *const no_unit[] = { "unit", "-", NULL };
    const char *const no_price[] = { "unit_price", "-", NULL };
    const char *const blank[] = { "unit_price", "", "unit", " ", NULL };
    g_autofree char *told = NULL;

    assert_line(f, order(f, account, "CNY", pump, NULL), 12500000, "set");
    assert_line(f, order(f, account, "CNY", pump, price), 0, "set");
    assert_line(f, order(f, account, "CNY", pump, unit), 12500000, "box");
    assert_line(f, order(f, account, "CNY", pump, no_unit), 12500000, NULL);
    assert_line(f, order(f, account, "CNY", pump, blank), 12500000, "set");
    told = mw_test_try(f, 0, order(f, account, "CNY", pump, no_price));
    g_assert_cmpstr(told, ==, "sales_order_line.1.unit_price:required");
}

static void
test_currencies(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = orders_account(f, "A"), pump = product(f, "P", "USD", "100");
    int64_t washer = product(f, "W", "USD", "0.0123"), valve = product(f, "V", "CNY", "1000");
    g_autofree char *early = NULL, *none = NULL, *given = NULL;
    const char *const price[] = { "unit_price", "9", NULL };

    rate(f, "EUR", "2026-01-01", "8");
    early = mw_test_try(f, 0, order(f, account, "CNY", pump, NULL));
    g_assert_cmpstr(early, ==, "sales_order_line.1.unit_price:no_rate");
    given = mw_test_try(f, 0, order(f, account, "CNY", pump, price));
    g_assert_cmpstr(given, ==, "");
    rate(f, "USD", "2026-01-01", "7.123");
    rate(f, "USD", "2026-06-01", "7.5"); /* after the day of the order */
    assert_line(f, order(f, account, "USD", pump, NULL), 100000000, "set");
    assert_line(f, order(f, account, "CNY", pump, NULL), 712300000, "set");
    assert_line(f, order(f, account, "EUR", pump, NULL), 89040000, "set"); /* 89.0375 */
    assert_line(f, order(f, account, "EUR", valve, NULL), 125000000, "set");
    assert_line(f, order(f, account, "EUR", washer, NULL), 10952, "set"); /* 0.0109516125 */
    none = mw_test_try(f, 0, order(f, account, "GBP", valve, NULL));
    g_assert_cmpstr(none, ==, "sales_order_line.1.unit_price:no_rate currency:no_rate");
}

/* Another product on a line: the price that is there is one that was given. */
static void
test_changed(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t account = orders_account(f, "A"), pump = product(f, "P", "CNY", "10");
    int64_t valve = product(f, "V", "CNY", "20");
    int64_t id = mw_test_save(f, 0, order(f, account, "CNY", pump, NULL));
    g_autoptr(MwRecord) made = line_of(f, id);

    for (int cleared = 0; cleared < 2; cleared++) {
        MwInput *input = mw_input_new(mw_test_entity(f, "sales_order"));
        MwInput *line = mw_input_add_detail(input, made->entity, mw_record_id(made), false);
        mw_input_set(line, "product", mw_test_id(f, valve));
        if (cleared)
            mw_input_set(line, "unit_price", "");
        mw_test_save(f, id, input);
        g_autoptr(MwRecord) now = line_of(f, id);
        g_assert_cmpint(mw_record_int(now, "unit_price"), ==, cleared ? 20000000 : 10000000);
    }
    mw_test_assert_text(f, "sales_order", id, "currency", "CNY");
    g_assert_cmpint(mw_test_int(f, "sales_order", id, "total"), ==, 4000);
}

/* Of an opportunity, and who may not see the list price does not get it. */
static void
test_opportunity_and_right(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t pump = product(f, "P", "CNY", "12.5"), ann = mw_test_user(f, "ann", "sales", 0);
    int64_t statements[2];
    const int sizes[] = { 1, 400 };

    for (int i = 0; i < 2; i++) {
        MwInput *input = mw_test_input(f, "opportunity", "name", "Mill", NULL);
        for (int j = 0; j < sizes[i]; j++) {
            MwInput *line =
                mw_input_add_detail(input, mw_test_entity(f, "opportunity_line"), 0, false);
            mw_input_set(line, "product", mw_test_id(f, pump));
            mw_input_set(line, "quantity", "2");
        }
        statements[i] = (int64_t)mw_store_statements(f->store);
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autoptr(GError) error = NULL;
        f->context.links_found = true;
        g_autoptr(MwRecord) deal = mw_record_check(&f->context, input, 0, problems, &error);
        f->context.links_found = false;
        mw_input_free(input);
        g_assert_no_error(error);
        g_assert_false(mw_problems_any(problems));
        statements[i] = (int64_t)mw_store_statements(f->store) - statements[i];
        g_assert_cmpint(mw_record_int(deal, "amount"), ==, 2500 * sizes[i]);
    }
    g_assert_cmpint(statements[0], ==, statements[1]);

    MwInput *sales = mw_test_input(f, "role", NULL);
    MwInput *hidden = mw_input_add_detail(sales, mw_test_entity(f, "role_field"), 0, false);
    mw_input_set(hidden, "entity", "product");
    mw_input_set(hidden, "field", "list_price");
    mw_input_set(hidden, "access", "hide");
    mw_test_save(f, 3, sales);
    mw_test_turn(f, ann);
    MwInput *input = mw_test_input(f, "opportunity", "name", "Mill", NULL);
    MwInput *line = mw_input_add_detail(input, mw_test_entity(f, "opportunity_line"), 0, false);
    mw_input_set(line, "product", mw_test_id(f, pump));
    mw_input_set(line, "quantity", "2");
    g_autofree char *told = mw_test_try(f, 0, input);
    g_assert_cmpstr(told, ==, "opportunity_line.1.unit_price:required");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/taken/given-or-not", test_given_or_not);
    mw_test_add("/taken/currencies", test_currencies);
    mw_test_add("/taken/changed", test_changed);
    mw_test_add("/taken/opportunity-and-right", test_opportunity_and_right);
    return g_test_run();
}
