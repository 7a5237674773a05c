/* record: the one way to read and write, on whichever database the test is given. */
#include "base/i18n.h"
#include "entities/entities.h"
#include "record/history.h"
#include "record/service.h"
#include "tests/store/company.h"

static MwInput *
account_input(Fixture *f, const char *name)
{
    MwInput *input = mw_input_new(mw_catalog_entity(f->context.catalog, "account"));

    g_assert_true(mw_input_set(input, "name", name));
    return input;
}

static void
test_create_read_update(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *account = mw_catalog_entity(f->context.catalog, "account");
    g_autoptr(MwInput) input = account_input(f, "厦门钨业股份有限公司");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;

    g_autoptr(MwRecord) made = mw_record_write(&f->context, input, 0, problems, &error);
    g_assert_no_error(error);
    g_assert_false(mw_problems_any(problems));
    g_assert_cmpint(mw_record_version(made), ==, 1);

    int64_t id = mw_record_id(made);
    g_autoptr(MwRecord) read = mw_record_read(&f->context, account, id, MW_LIVE, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(mw_record_text(read, "name"), ==, "厦门钨业股份有限公司");

    g_autoptr(MwInput) change = account_input(f, "厦门钨业");
    mw_input_expect(change, 1);
    g_autoptr(MwRecord) changed = mw_record_write(&f->context, change, id, problems, &error);
    g_assert_no_error(error);
    g_assert_cmpint(mw_record_version(changed), ==, 2);
    g_autoptr(MwRecord) stale = mw_record_write(&f->context, change, id, problems, &error);
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_assert_null(stale);
    g_clear_error(&error);

    MwHistoryQuery asked = { .record = id, .limit = 10 };
    g_autoptr(GPtrArray) history = mw_history_find(f->context.store, &asked, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(history->len, ==, 2);
    g_assert_cmpstr(((MwChange *)history->pdata[0])->changes, ==,
                    "{\"name\":[\"厦门钨业股份有限公司\",\"厦门钨业\"]}");
}

static void
test_required_is_a_problem(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(MwInput) input = account_input(f, "  ");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;

    g_autoptr(MwRecord) record = mw_record_write(&f->context, input, 0, problems, &error);
    g_assert_no_error(error);
    g_assert_nonnull(mw_problems_of(problems, "name"));
    g_assert_cmpint(mw_record_version(record), ==, 0);
}

static void
test_order_with_lines(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwEntity *order = mw_catalog_entity(f->context.catalog, "sales_order");
    const MwEntity *line = mw_catalog_entity(f->context.catalog, "sales_order_line");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MwInput) customer = account_input(f, "Customer");
    g_autoptr(MwRecord) account = mw_record_write(&f->context, customer, 0, problems, &error);
    g_autofree char *account_id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(account));

    g_autoptr(MwInput) input = mw_input_new(order);
    mw_input_set(input, "account", account_id);
    for (int i = 0; i < 3; i++) {
        MwInput *l = mw_input_add_detail(input, line, 0, false);
        mw_input_set(l, "description", "pump");
        mw_input_set(l, "quantity", i == 2 ? "-1" : "2");
        mw_input_set(l, "unit_price", "10.005");
    }
    g_autoptr(MwRecord) made = mw_record_write(&f->context, input, 0, problems, &error);
    g_assert_no_error(error);
    g_autofree char *text = mw_problems_text(problems);
    g_assert_cmpstr(text, ==, "");
    g_assert_cmpint(mw_record_int(made, "total"), ==, 2001 + 2001 - 1001);
    g_assert_cmpint(mw_record_int(made, "total_base"), ==, 3001);
    g_assert_true(g_str_has_prefix(mw_record_text(made, "number"), "SO-"));

    g_autoptr(GPtrArray) lines = mw_record_details(&f->context, line, mw_record_id(made), &error);
    g_assert_cmpuint(lines->len, ==, 3);
    g_autoptr(MwInput) change = mw_input_new(order);
    mw_input_add_detail(change, line, mw_record_id(lines->pdata[0]), true);
    g_autoptr(MwRecord) changed =
        mw_record_write(&f->context, change, mw_record_id(made), problems, &error);
    g_assert_no_error(error);
    g_assert_cmpint(mw_record_int(changed, "total"), ==, 1000);

    MwHistoryReport report;
    g_assert_true(mw_history_verify(f->context.store, &report, &error));
    g_assert_null(report.fault);
    g_assert_cmpint(report.rows, ==, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/record/create-read-update", test_create_read_update);
    mw_test_add("/record/required-is-a-problem", test_required_is_a_problem);
    mw_test_add("/record/order-with-lines", test_order_with_lines);
    return g_test_run();
}
