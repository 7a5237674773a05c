/* export: what a list gives; and the real ledger taken in to the cent. */
#include "exchange/export.h"
#include "record/filter.h"
#include "tests/store/imports.h"

/* ---- export ------------------------------------------------------------------------------------------------ */

static void
test_export(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("orders.csv",
                            ORDERS_HEADER "1,P1,Pump,2,2026-01-05 08:00,10.50,A,France\n"
                                          "1,P2,\"Seal, small\",1,2026-01-05 08:00,3,A,France\n"
                                          "2,P1,Pump,1,2026-01-06 08:00,10.50,B,Spain\n");
    g_autofree char *out = g_strconcat(path, ".out", NULL), *text = NULL, *lines = NULL;
    const MwEntity *order = mw_catalog_entity(f->context.catalog, "sales_order");
    MwImportOptions options = orders(path);
    MwQuery query = { .entity = order };
    static const char *const columns[] = { "external_number", "account", "total", "status", NULL };
    static const char *const with_lines[] = { "external_number", "line.product", "line.quantity",
                                              NULL };
    static const char *const unknown[] = { "colour", NULL };
    MwExportOptions asked = { .query = &query, .columns = columns };
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    int64_t rows;

    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_true(mw_order_parse_list(&f->context, "external_number", &query, problems));
    g_assert_true(mw_export_file(&f->context, &asked, out, NULL, NULL, &rows, &error));
    g_assert_no_error(error);
    g_assert_cmpint(rows, ==, 2);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_cmpstr(text, ==,
                    "External number,Account,Total,Status\r\n"
                    "1,A,24.00,Confirmed\r\n2,B,10.50,Confirmed\r\n");

    asked = (MwExportOptions){ .query = &query, .columns = with_lines, .lines = true, .raw = true };
    g_autoptr(MwFilter) filter =
        mw_filter_parse_text(&f->context, order, "external_number=eq.1", problems);
    query.filter = filter;
    g_assert_true(mw_export_file(&f->context, &asked, out, NULL, NULL, &rows, &error));
    g_assert_true(g_file_get_contents(out, &lines, NULL, NULL));
    g_assert_cmpstr(lines, ==,
                    "external_number,line.product,line.quantity\r\n1,Pump,2\r\n"
                    "1,\"Seal, small\",1\r\n");

    asked.columns = unknown;
    g_assert_false(mw_export_file(&f->context, &asked, out, NULL, NULL, &rows, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_clear_error(&error);
    int64_t service = make_user(f, "service@example.com", "service");
    mw_test_turn(f, service); /* with another catalog */
    query = (MwQuery){ .entity = mw_catalog_entity(f->context.catalog, "sales_order") };
    asked.columns = columns;
    g_assert_false(mw_export_file(&f->context, &asked, out, NULL, NULL, &rows, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_DENIED);
    g_unlink(out);
    remove_file(path);
}

/* ---- the real ledger --------------------------------------------------------------------------------------- */

static void
test_ledger(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const map[] = {
        "order_no=InvoiceNo", "product=StockCode",      "product_name=Description",
        "quantity=Quantity",  "ordered_at=InvoiceDate", "unit_price=UnitPrice",
        "account=CustomerID", "country=Country",        NULL
    };
    const char *named = g_getenv("MILLWRIGHT_DATA"), *root = g_getenv("MILLWRIGHT_SOURCE");
    g_autofree char *folder =
        named ? g_strdup(named) : g_build_filename(root ? root : ".", "..", "shared", "data", NULL);
    g_autofree char *path = g_build_filename(folder, "retail", "online_retail.csv.zst", NULL);
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_test_skip("the retail ledger is not in MILLWRIGHT_DATA");
        return;
    }
    options.map = map;
    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_no_error(error);
    /* SOURCES.md: 541,909 rows, 135,080 without a customer, 4,372 customers. */
    g_assert_cmpint(report.rows, ==, 541909);
    g_assert_cmpint(report.rejected, ==, 135080);
    g_assert_cmpint(report.lines, ==, 406829);
    g_assert_cmpint(created(&report, "account"), ==, 4372);
    g_assert_cmpint(number(f, "SELECT count(*) FROM import_reject WHERE line > 0"), ==, 135080);
    /* Quantity times price of all rows with a customer: 8,300,065.814. */
    g_assert_cmpint(number(f, "SELECT sum(total) FROM sales_order"), ==, 830006581);
    g_assert_cmpint(number(f, "SELECT sum(amount) FROM sales_order_line"), ==, 830006581);
#define CLEAN                                                                                      \
    " FROM sales_order_line l JOIN sales_order o ON o.id = l.sales_order "                         \
    "WHERE o.external_number NOT LIKE 'C%' AND l.quantity > 0 AND l.unit_price > 0"
    g_assert_cmpint(number(f, "SELECT count(*)" CLEAN), ==, 397884);
    g_assert_cmpint(number(f, "SELECT count(DISTINCT o.id)" CLEAN), ==, 18532);
    g_assert_cmpint(number(f, "SELECT count(DISTINCT o.account)" CLEAN), ==, 4338);
    g_assert_cmpint(number(f, "SELECT sum(l.amount)" CLEAN), ==, 891140790);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/import/export", test_export);
    mw_test_add("/import/ledger", test_ledger);
    return g_test_run();
}
