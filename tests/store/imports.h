#pragma once
/* imports: what the tests of import and export share: files, and an import outside of the fixture's transaction. */
#include "exchange/import.h"
#include "record/user.h"
#include "tests/store/company.h"

/* ---- helpers ------------------------------------------------------------------------- */

static inline char *
write_file(const char *name, const char *content)
{
    g_autofree char *folder = g_dir_make_tmp("millwright-XXXXXX", NULL);
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, content, -1, NULL));
    return path;
}

static inline void
remove_file(char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
}

/* Outside of the fixture's transaction. */
static inline bool
import_as(Fixture *f, MwActor *actor, const MwImportOptions *options, const char *rejects,
          MwImportReport *report, GError **error)
{
    g_assert_true(mw_store_commit(f->store, NULL));
    bool done = mw_import(f->company, f->store, actor, options, rejects, NULL, NULL, report, error);
    g_assert_false(mw_store_in_transaction(f->store));
    g_assert_true(mw_store_begin(f->store, true, NULL));
    return done;
}

static inline bool
import(Fixture *f, const MwImportOptions *options, const char *rejects, MwImportReport *report,
       GError **error)
{
    g_autoptr(MwActor) system = mw_company_system(f->company);

    return import_as(f, system, options, rejects, report, error);
}

static inline int64_t
number(Fixture *f, const char *sql)
{
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_scalar(f->store, sql, NULL, 0, &value, &error));
    g_assert_no_error(error);
    return value.is == MW_INTEGER ? value.integer : -1;
}

static inline void
assert_text(Fixture *f, const char *sql, const char *expected)
{
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_scalar(f->store, sql, NULL, 0, &value, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(value.is == MW_TEXT ? value.text : NULL, ==, expected);
}

static inline int64_t
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

static inline MwImportOptions
orders(const char *path)
{
    return (MwImportOptions){
        .path = path, .shape = "orders", .map = orders_map, .create_missing = account_and_product
    };
}

static inline void
assert_error(Fixture *f, const MwImportOptions *options, MwError code, const char *part)
{
    g_auto(MwImportReport) report = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_false(import(f, options, NULL, &report, &error));
    g_assert_error(error, MW_ERROR, (int)code);
    if (!strstr(error->message, part))
        g_error("“%s” does not say “%s”", error->message, part);
}

static inline int64_t
make_user(Fixture *f, const char *email, const char *role)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    int64_t id = mw_user_create(&f->context, email, email, role, "correct horse battery", "en",
                                problems, &error);

    g_assert_no_error(error);
    g_assert_cmpint(id, >, 0);
    return id;
}
