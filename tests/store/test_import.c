/* import: every rule and fault on small files of our own, and the real ledger to the cent. */
#include "exchange/import.h"
#include "record/history.h"
#include "tests/store/company.h"

/* ---- helpers ------------------------------------------------------------------------- */

static char *
write_file(const char *name, const char *content)
{
    g_autofree char *folder = g_dir_make_tmp("millwright-XXXXXX", NULL);
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, content, -1, NULL));
    return path;
}

static void
remove_file(char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
}

/* Outside of the fixture's transaction. */
static bool
import_as(Fixture *f, MwActor *actor, const MwImportOptions *options, const char *rejects,
          MwImportReport *report, GError **error)
{
    g_assert_true(mw_store_commit(f->store, NULL));
    bool done = mw_import(f->company, f->store, actor, options, rejects, NULL, NULL, report, error);
    g_assert_false(mw_store_in_transaction(f->store));
    g_assert_true(mw_store_begin(f->store, true, NULL));
    return done;
}

static bool
import(Fixture *f, const MwImportOptions *options, const char *rejects, MwImportReport *report,
       GError **error)
{
    g_autoptr(MwActor) system = mw_company_system(f->company);

    return import_as(f, system, options, rejects, report, error);
}

static int64_t
number(Fixture *f, const char *sql)
{
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_scalar(f->store, sql, NULL, 0, &value, &error));
    g_assert_no_error(error);
    return value.is == MW_INTEGER ? value.integer : -1;
}

static void
assert_text(Fixture *f, const char *sql, const char *expected)
{
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_scalar(f->store, sql, NULL, 0, &value, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(value.is == MW_TEXT ? value.text : NULL, ==, expected);
}

static int64_t
created(const MwImportReport *report, const char *entity)
{
    for (guint i = 0; i < report->counts->len; i++)
        if (g_str_equal(g_array_index(report->counts, MwImportCount, i).entity->name, entity))
            return g_array_index(report->counts, MwImportCount, i).created;
    return 0;
}

static const char *const orders_map[] = {
    "order_no=No",      "product=Code",    "product_name=Name",
    "quantity=Qty",     "ordered_at=Date", "unit_price=Price",
    "account=Customer", "country=Land",    NULL
};
static const char *const account_and_product[] = { "account", "product", NULL };
#define ORDERS_HEADER "No,Code,Name,Qty,Date,Price,Customer,Land\n"

static MwImportOptions
orders(const char *path)
{
    return (MwImportOptions){
        .path = path, .shape = "orders", .map = orders_map, .create_missing = account_and_product
    };
}

/* ---- orders with lines, accounts and products ---------------------------------------------- */

static void
test_orders(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("orders.csv",
                            ORDERS_HEADER "1,P1,Pump,2,2026-01-05 08:00:00,10.50,17850.0,France\n"
                                          "1,P2,Seal,-1,2026-01-05 08:00:00,3,17850.0,France\n"
                                          "2,P1,Pumpe,1,2026-01-06 08:00:00,10.50,17851.0,Spain\n"
                                          "1,P3,,4,2026-01-05 08:01:00,1,17850.0,France\n"
                                          "3,P1,Pump,1,2026-01-07 08:00:00,10.50,17850,Italy\n");
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.rows, ==, 5);
    g_assert_cmpint(report.rejected, ==, 0);
    g_assert_cmpint(report.lines, ==, 5);
    g_assert_cmpint(created(&report, "sales_order"), ==, 3);
    g_assert_cmpint(created(&report, "account"), ==, 2);
    g_assert_cmpint(created(&report, "product"), ==, 3);
    /* 2 × 10.50 − 3 + 4; wherever the rows of order 1 stand */
    g_assert_cmpint(number(f, "SELECT total FROM sales_order WHERE external_number = '1'"), ==,
                    2200);
    assert_text(f, "SELECT name FROM account WHERE external_code = '17850'", "17850");
    assert_text(f, "SELECT country FROM account WHERE external_code = '17850'", "France");
    assert_text(f, "SELECT name FROM product WHERE code = 'P1'", "Pump");
    assert_text(f, "SELECT name FROM product WHERE code = 'P3'", "P3");
    /* two names of P1, two instants of order 1, two countries of 17850 */
    g_assert_cmpuint(report.warnings->len, ==, 3);
    for (guint i = 0; i < report.warnings->len; i++)
        g_assert_cmpint(g_array_index(report.warnings, MwImportWarning, i).count, ==, 1);
    assert_text(f, "SELECT status FROM import_run", "done");

    MwHistoryReport history;
    g_assert_true(mw_history_verify(f->store, &history, &error));
    g_assert_null(history.fault);
    remove_file(path);
}

static void
test_rejects(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("orders.csv", ORDERS_HEADER
                            "1,P1,Pump,2,2026-01-05 08:00:00,10.50,A,France\n"
                            "1,P2,\"Seal, small\",much,2026-01-05 08:00:00,3,A,France\n"
                            "1,P3,Nut,1,2026-01-05 08:00:00,1,,France\n"
                            "2,P4,Bolt,1,yesterday,1,B,France\n"
                            "2,P5,Bolt,1,yesterday,1,B,France\n"
                            ",P6,Bolt,1,2026-01-05,1,B,France\n"
                            "3,P7,Bolt,1,2026-01-05,99999999999999999999,C,France\n");
    g_autofree char *rejects = g_strconcat(path, ".rejects", NULL), *text = NULL;
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(import(f, &options, rejects, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.rejected, ==, 6);
    g_assert_cmpint(report.lines, ==, 1);
    /* What is made only for rejected rows is not kept. */
    g_assert_cmpint(created(&report, "account"), ==, 1);
    g_assert_cmpint(created(&report, "product"), ==, 1);
    g_assert_cmpint(number(f, "SELECT count(*) FROM product"), ==, 1);
    g_assert_cmpint(number(f, "SELECT count(*) FROM account"), ==, 1);
    g_assert_true(g_file_get_contents(rejects, &text, NULL, NULL));
    g_assert_cmpstr(text, ==,
                    "line,reason," ORDERS_HEADER
                    "3,\"quantity: Write a number such as 1,234.5.\",1,P2,\"Seal, small\",much,"
                    "2026-01-05 08:00:00,3,A,France\n"
                    "4,account: This is missing.,1,P3,Nut,1,2026-01-05 08:00:00,1,,France\n"
                    "5,ordered_at: Write a date and time as 2026-11-23 09:30.,2,P4,Bolt,1,"
                    "yesterday,1,B,France\n"
                    "6,ordered_at: Write a date and time as 2026-11-23 09:30.,2,P5,Bolt,1,"
                    "yesterday,1,B,France\n"
                    "7,order_no: This is missing.,,P6,Bolt,1,2026-01-05,1,B,France\n"
                    "8,unit_price: The number is too large.,3,P7,Bolt,1,2026-01-05,"
                    "99999999999999999999,C,France\n");
    g_unlink(rejects);
    remove_file(path);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/import/orders", test_orders);
    mw_test_add("/import/rejects", test_rejects);
    return g_test_run();
}
