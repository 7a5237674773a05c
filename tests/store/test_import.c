/* import: every rule on small files of our own. */
#include "record/history.h"
#include "tests/store/imports.h"

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
                    "3,\"Quantity: Write a number such as 1,234.5.\",1,P2,\"Seal, small\",much,"
                    "2026-01-05 08:00:00,3,A,France\n"
                    "4,Account: This is missing.,1,P3,Nut,1,2026-01-05 08:00:00,1,,France\n"
                    "5,Ordered at: Write a date and time as 2026-11-23 09:30.,2,P4,Bolt,1,"
                    "yesterday,1,B,France\n"
                    "6,Ordered at: Write a date and time as 2026-11-23 09:30.,2,P5,Bolt,1,"
                    "yesterday,1,B,France\n"
                    "7,External number: This is missing.,,P6,Bolt,1,2026-01-05,1,B,France\n"
                    "8,Unit price: The number is too large.,3,P7,Bolt,1,2026-01-05,"
                    "99999999999999999999,C,France\n");
    g_unlink(rejects);
    remove_file(path);
}

static void
test_mapping_faults(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("a.csv", "Code,Name\n1,A\n");
    static const char *const unknown_field[] = { "colour=Code", NULL };
    static const char *const unknown_column[] = { "name=Colour", NULL };
    static const char *const no_pair[] = { "name", NULL };
    static const char *const computed[] = { "class_reason=Name", NULL };
    static const char *const good[] = { "name=Name", NULL };
    static const char *const product[] = { "product", NULL };
    MwImportOptions options = { .path = path, .shape = "accounts", .map = unknown_field };

    assert_error(f, &options, MW_ERROR_INVALID, "colour");
    options.map = unknown_column;
    assert_error(f, &options, MW_ERROR_INVALID, "Code, Name");
    options.map = no_pair;
    assert_error(f, &options, MW_ERROR_INVALID, "field=column");
    options.map = computed;
    assert_error(f, &options, MW_ERROR_INVALID, "class_reason");
    options.map = good;
    options.match = "external_code";
    assert_error(f, &options, MW_ERROR_INVALID, "external_code");
    options.match = NULL;
    options.create_missing = product;
    assert_error(f, &options, MW_ERROR_INVALID, "product");
    options.create_missing = NULL;
    options.shape = "sessions";
    assert_error(f, &options, MW_ERROR_NOT_FOUND, "orders");
    options.shape = "jobs"; /* kept by the system */
    assert_error(f, &options, MW_ERROR_NOT_FOUND, "jobs");
    options.shape = "accounts";
    options.path = "/nowhere/at/all.csv";
    assert_error(f, &options, MW_ERROR_NOT_FOUND, "");
    g_assert_cmpint(number(f, "SELECT count(*) FROM import_run"), ==, 0);
    remove_file(path);
}

static void
test_guessed_and_remembered(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("a.csv", "External code;名称;City;Whatever\n7.0;厦门钨业;厦门;x\n");
    char *again = write_file("b.csv", "External code;名称;City;Whatever\n8;门钨;厦门;Xm\n");
    static const char *const other[] = { "external_code=External code", "name=名称",
                                         "region=Whatever", NULL };
    MwImportOptions options = { .path = path, .shape = "accounts" };
    g_auto(MwImportReport) report = { 0 }, second = { 0 }, third = { 0 };
    g_auto(MwImportPreview) preview = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_no_error(error);
    assert_text(f, "SELECT city FROM account WHERE name = '厦门钨业'", "厦门");
    assert_text(f, "SELECT external_code FROM account WHERE name = '厦门钨业'", "7.0");

    options.path = again;
    options.map = other;
    g_assert_true(import(f, &options, NULL, &second, &error));
    g_assert_true(mw_import_preview(&f->context, path, "accounts", NULL, &preview, &error));
    g_assert_no_error(error);
    g_assert_true(preview.remembered);
    g_assert_cmpint(preview.delimiter, ==, ';');
    g_assert_cmpstr(preview.encoding, ==, "UTF-8");
    g_assert_true(g_strv_equal((const char *const *)preview.map, other));
    g_assert_cmpuint(preview.rows->len, ==, 1);
    g_assert_cmpstr(((char **)preview.rows->pdata[0])[1], ==, "厦门钨业");
    remove_file(path);
    remove_file(again);
}

static void
test_match_changes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *first = write_file("a.csv", "Code,Name,City\nA,Alpha,Paris\nB,Beta,Rome\n");
    char *second = write_file("b.csv", "Code,Name,City\nA,Alpha,Lyon\nC,Gamma,Bonn\nC,Gamma 2,\n");
    static const char *const map[] = { "external_code=Code", "name=Name", "city=City", NULL };
    MwImportOptions options = { .path = first, .shape = "account", .map = map };
    g_auto(MwImportReport) report = { 0 }, changed = { 0 }, taken = { 0 };
    g_auto(MwUndone) undo = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(import(f, &options, NULL, &report, &error));
    options.path = second;
    g_assert_true(import(f, &options, NULL, &taken, &error)); /* without match A is taken */
    g_assert_cmpint(taken.rejected, ==, 2);
    g_assert_true(mw_import_undo(&f->context, taken.run, &undo, &error));
    g_assert_cmpint(undo.removed, ==, 1);

    options.match = "external_code";
    g_assert_true(import(f, &options, NULL, &changed, &error));
    g_assert_no_error(error);
    g_assert_cmpint(changed.rejected, ==, 0);
    g_assert_cmpint(created(&changed, "account"), ==, 1);
    g_assert_cmpint(g_array_index(changed.counts, MwImportCount, 0).updated, ==, 2);
    assert_text(f, "SELECT city FROM account WHERE external_code = 'A'", "Lyon");
    /* C is made by one row and changed by the next; a blank cell changes nothing. */
    assert_text(f, "SELECT name FROM account WHERE external_code = 'C' AND deleted_at IS NULL",
                "Gamma 2");
    assert_text(f, "SELECT city FROM account WHERE external_code = 'C' AND deleted_at IS NULL",
                "Bonn");

    g_auto(MwUndone) back = { 0 };
    g_assert_true(mw_import_undo(&f->context, changed.run, &back, &error));
    g_assert_no_error(error);
    assert_text(f, "SELECT city FROM account WHERE external_code = 'A'", "Paris");
    g_assert_cmpint(number(f, "SELECT count(*) FROM account WHERE deleted_at IS NULL"), ==, 2);
    remove_file(first);
    remove_file(second);
}

static void
test_undo_keeps_what_others_use(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("orders.csv", ORDERS_HEADER "1,P1,Pump,2,2026-01-05,10.50,A,France\n"
                                                        "2,P2,Seal,1,2026-01-05,3,B,France\n");
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) report = { 0 };
    g_auto(MwUndone) undo = { 0 }, again = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(MwProblems) problems = mw_problems_new();
    const MwEntity *account = mw_catalog_entity(f->context.catalog, "account");
    const MwEntity *contact = mw_catalog_entity(f->context.catalog, "contact");

    g_assert_true(import(f, &options, NULL, &report, &error));
    int64_t a = number(f, "SELECT id FROM account WHERE name = 'A'");
    int64_t b = number(f, "SELECT id FROM account WHERE name = 'B'");
    g_autoptr(MwInput) change = mw_input_new(account), person = mw_input_new(contact);
    g_assert_true(mw_input_set(change, "city", "Lyon"));
    g_autoptr(MwRecord) changed = mw_record_write(&f->context, change, a, problems, &error);
    mw_input_set(person, "name", "Bea");
    mw_input_set_value(person, mw_entity_field(contact, "account"), MW_INT(b));
    g_autoptr(MwRecord) bea = mw_record_write(&f->context, person, 0, problems, &error);
    g_assert_no_error(error);
    g_assert_false(mw_problems_any(problems));

    g_assert_true(mw_import_undo(&f->context, report.run, &undo, &error));
    g_assert_no_error(error);
    g_assert_cmpint(undo.removed, ==, 4); /* two orders, two products */
    g_assert_cmpint(undo.n_kept, ==, 2);
    g_assert_cmpint(number(f, "SELECT count(*) FROM sales_order_line WHERE deleted_at IS NULL"), ==,
                    0);
    g_assert_false(mw_import_undo(&f->context, report.run, &again, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    remove_file(path);
}

/* Orders that are there get the lines of the file; undone, they have theirs again. */
static void
test_lines_are_replaced(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *first = write_file("a.csv", ORDERS_HEADER "1,P1,Pump,2,2026-01-05,10,A,\n"
                                                    "1,P2,Seal,1,2026-01-05,3,A,\n");
    char *second = write_file("b.csv", ORDERS_HEADER "1,P1,Pump,5,2026-01-05,10,A,\n");
    MwImportOptions options = orders(first);
    g_auto(MwImportReport) report = { 0 }, changed = { 0 };
    g_auto(MwUndone) undo = { 0 };
    g_autoptr(GError) error = NULL;
    const char *const total = "SELECT total FROM sales_order WHERE external_number = '1'";

    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_cmpint(number(f, total), ==, 2300);
    options.path = second;
    options.match = "order_no";
    g_assert_true(import(f, &options, NULL, &changed, &error));
    g_assert_no_error(error);
    g_assert_cmpint(changed.rejected, ==, 0);
    g_assert_cmpint(number(f, total), ==, 5000);
    g_assert_true(mw_import_undo(&f->context, changed.run, &undo, &error));
    g_assert_no_error(error);
    g_assert_cmpint(undo.restored, ==, 1);
    g_assert_cmpint(number(f, total), ==, 2300);
    remove_file(first);
    remove_file(second);
}

static void
test_dry_run(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *path = write_file("orders.csv", ORDERS_HEADER "1,P1,Pump,2,2026-01-05,10.50,A,France\n"
                                                        "2,P1,Pump,none,2026-01-05,3,B,France\n");
    g_autofree char *rejects = g_strconcat(path, ".rejects", NULL), *text = NULL;
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    options.dry_run = true;
    g_assert_true(import(f, &options, rejects, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.run, ==, 0);
    g_assert_cmpint(report.rejected, ==, 1);
    g_assert_cmpint(created(&report, "sales_order"), ==, 1);
    g_assert_cmpint(number(f, "SELECT count(*) FROM account"), ==, 0);
    g_assert_cmpint(number(f, "SELECT count(*) FROM import_run"), ==, 0);
    g_assert_cmpint(number(f, "SELECT count(*) FROM import_reject"), ==, 0);
    g_assert_true(g_file_get_contents(rejects, &text, NULL, NULL));
    g_assert_true(g_str_has_suffix(text, ",2,P1,Pump,none,2026-01-05,3,B,France\n"));
    g_unlink(rejects);
    remove_file(path);
}

/* It takes back what it has made after 20,000 rows; what comes again behind that is not made again. */
static void
test_long_dry_run(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    enum { REJECTED = 20001 };
    GString *text = g_string_new(ORDERS_HEADER "1,P1,Pump,2,2026-01-05,10.50,A,France\n");
    GString *firms = g_string_new("Code,Name\n1,Firm\n");

    for (int i = 0; i < REJECTED; i++) {
        g_string_append(text, ",P1,Pump,2,2026-01-05,10.50,A,France\n");
        g_string_append(firms, ",Firm\n");
    }
    g_string_append(text, "2,P1,Pump,2,2026-01-05,10.50,A,France\n");
    g_string_append(firms, "1,Firm\n2,Firm\n");
    char *path = write_file("orders.csv", text->str), *accounts = write_file("a.csv", firms->str);
    MwImportOptions options = orders(path);
    g_auto(MwImportReport) report = { 0 }, matched = { 0 };
    g_autoptr(GError) error = NULL;

    options.dry_run = true;
    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.rejected, ==, REJECTED);
    g_assert_cmpint(created(&report, "sales_order"), ==, 2);
    g_assert_cmpint(created(&report, "account"), ==, 1);
    g_assert_cmpint(created(&report, "product"), ==, 1);

    static const char *const map[] = { "external_code=Code", "name=Name", NULL };
    MwImportOptions asked = {
        .path = accounts, .shape = "accounts", .map = map, .match = "external_code", .dry_run = true
    };
    g_assert_true(import(f, &asked, NULL, &matched, &error));
    g_assert_no_error(error);
    g_assert_cmpint(created(&matched, "account"), ==, 2);
    g_assert_cmpint(number(f, "SELECT count(*) FROM account"), ==, 0);
    g_string_free(text, true);
    g_string_free(firms, true);
    remove_file(path);
    remove_file(accounts);
}

/* ---- links, constants, original authors -------------------------------------------------------- */

static void
test_links(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char *accounts = write_file("a.csv", "Code,Name,Parent,Made\n"
                                         "P,Parent AG,,2019-03-05 10:00\n"
                                         "C,Child GmbH,P,\n"
                                         "D,Twin,,\nE,Twin,,\n"
                                         "F,Grandchild,Child GmbH,\n"
                                         "G,Orphan,Nobody,\n"
                                         "H,Torn,Twin,\n");
    static const char *const map[] = { "external_code=Code", "name=Name", "parent=Parent",
                                       "created_at=Made", NULL };
    static const char *const constants[] = { "region=East, mostly", "status=prospect", NULL };
    MwImportOptions options = {
        .path = accounts, .shape = "accounts", .map = map, .constants = constants
    };
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(import(f, &options, NULL, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.rejected, ==, 2); /* nobody's, and whose name two have */
    assert_text(f,
                "SELECT p.name FROM account a JOIN account p ON p.id = a.parent "
                "WHERE a.external_code = 'C'",
                "Parent AG");
    assert_text(f,
                "SELECT p.name FROM account a JOIN account p ON p.id = a.parent "
                "WHERE a.external_code = 'F'",
                "Child GmbH");
    assert_text(f, "SELECT region FROM account WHERE external_code = 'P'", "East, mostly");
    /* 2019-03-05 10:00 in the zone of the company */
    g_assert_cmpint(
        number(f, "SELECT created_at / 86400000 FROM account WHERE external_code = 'P'"), ==,
        17960);
    remove_file(accounts);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/import/orders", test_orders);
    mw_test_add("/import/rejects", test_rejects);
    mw_test_add("/import/mapping-faults", test_mapping_faults);
    mw_test_add("/import/guessed-and-remembered", test_guessed_and_remembered);
    mw_test_add("/import/match-changes", test_match_changes);
    mw_test_add("/import/undo-keeps-what-others-use", test_undo_keeps_what_others_use);
    mw_test_add("/import/lines-are-replaced", test_lines_are_replaced);
    mw_test_add("/import/dry-run", test_dry_run);
    mw_test_add("/import/long-dry-run", test_long_dry_run);
    mw_test_add("/import/links", test_links);
    return g_test_run();
}
