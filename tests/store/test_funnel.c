/*
 * funnel: the pipeline of a hardware seller imported from its files, against figures worked out elsewhere (the last line
 * of the pipeline section of reference-values.md, and its source's own totals).
 */
#include <math.h>

#include "base/i18n.h"
#include "exchange/import.h"
#include "methods/derivations.h"
#include "methods/funnel.h"
#include "tests/store/company.h"
#include "tests/unit/dataset.h"

static MwImportReport
take_in(Fixture *f, const char *folder, const char *file, const MwImportOptions *options)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autoptr(MwActor) system = mw_company_system(f->company);
    g_autoptr(GError) error = NULL;
    MwImportOptions asked = *options;
    MwImportReport report;

    asked.path = path;
    mw_import(f->company, f->store, system, &asked, NULL, NULL, NULL, &report, &error);
    g_assert_no_error(error);
    g_assert_cmpint(report.rejected, ==, 0);
    return report;
}

static void
take_all(Fixture *f, const char *folder)
{
    const MwImportOptions products = {
        .shape = "products",
        .map = MW_NAMES("code=product", "name=product", "line=series", "list_price=sales_price"),
    };
    const MwImportOptions accounts = {
        .shape = "accounts",
        .map = MW_NAMES("name=account", "segment=sector", "country=office_location"),
    };
    const MwImportOptions users = {
        .shape = "users",
        .map = MW_NAMES("name=sales_agent", "team=regional_office"),
        .constants = MW_NAMES("active=false"),
        .create_missing = MW_NAMES("team"),
    };
    const MwImportOptions opportunities = {
        .shape = "opportunities",
        .values = MW_NAMES("product:GTXPro=GTX Pro", "stage:Won=contract", "stage:Lost=lost",
                           "stage:Engaging=access", "stage:Prospecting=identified"),
    };

    mw_company_derive_by(f->company, mw_derivations);
    mw_context_end(&f->context);
    mw_store_rollback(f->store);
    g_auto(MwImportReport) a = take_in(f, folder, "products.csv", &products);
    g_auto(MwImportReport) b = take_in(f, folder, "accounts.csv", &accounts);
    g_auto(MwImportReport) c = take_in(f, folder, "sales_teams.csv", &users);
    g_auto(MwImportReport) d = take_in(f, folder, "sales_pipeline.csv", &opportunities);
    g_assert_cmpint(d.rows, ==, 8800);

    g_autoptr(GError) error = NULL;
    g_autoptr(MwActor) system = mw_company_system(f->company);
    g_assert_true(mw_store_begin(f->store, true, &error));
    mw_context_begin(&f->context, f->company, f->store, system, "test");
}

static const MwFunnelGroup *
group_of(const MwFunnel *funnel, const char *label)
{
    for (guint i = 0; i < funnel->groups->len; i++) {
        const MwFunnelGroup *group = &g_array_index(funnel->groups, MwFunnelGroup, i);
        if (g_str_equal(group->label, label))
            return group;
    }
    g_error("no group %s", label);
}

static void
assert_near(double found, double expected, double within)
{
    g_assert_cmpfloat(fabs(found - expected), <=, within);
}

static void
test_pipeline(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *folder = dataset_path("pipeline");
    g_auto(MwFunnel) funnel = { 0 };
    g_autoptr(GError) error = NULL;

    if (!folder)
        return;
    take_all(f, folder);
    g_assert_true(
        mw_funnel(&f->context, &(MwFunnelAsk){ .by = MW_FUNNEL_PRODUCT }, &funnel, &error));
    g_assert_no_error(error);
    const MwFunnelGroup *all = &funnel.total;
    g_assert_cmpint(all->won, ==, 4238);
    g_assert_cmpint(all->won_value, ==, 1000553400);
    g_assert_cmpint(all->lost, ==, 2473);
    g_assert_cmpint(all->open, ==, 2089);
    g_assert_cmpint(all->open_value, ==, 496621500);
    assert_near(all->expected, 311072930.10, 0.5);
    assert_near(all->rate.rate, 0.631501, 5e-7);
    assert_near(all->won_days, 51.7820, 5e-5);
    assert_near(all->lost_days, 41.4792, 5e-5);
    g_assert_cmpuint(funnel.groups->len, ==, 7);
    assert_near(group_of(&funnel, "GTX Pro")->rate.rate, .63557105, 5e-9);
    assert_near(group_of(&funnel, "GTK 500")->rate.rate, .6, 5e-9);
}

/* Every way of dividing has the same sum. */
static void
test_groups(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const names[] = { "product", "owner", "team", "region", "month", "stage" };
    static const unsigned groups[] = { 7, 30, 3, 16, 11, 4 };
    g_autofree char *folder = dataset_path("pipeline");

    if (!folder)
        return;
    take_all(f, folder);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(MwFunnel) funnel = { 0 };
        MwFunnelBy by;
        int64_t won = 0, open = 0;
        g_assert_true(mw_funnel_by_find(names[i], &by));
        g_assert_true(mw_funnel(&f->context, &(MwFunnelAsk){ .by = by }, &funnel, NULL));
        g_assert_cmpuint(funnel.groups->len, ==, groups[i]);
        for (guint j = 0; j < funnel.groups->len; j++) {
            won += g_array_index(funnel.groups, MwFunnelGroup, j).won_value;
            open += g_array_index(funnel.groups, MwFunnelGroup, j).open;
        }
        g_assert_cmpint(won, ==, 1000553400);
        g_assert_cmpint(open, ==, 2089);
        if (by == MW_FUNNEL_STAGE)
            g_assert_cmpint(g_array_index(funnel.groups, MwFunnelGroup, 0).open, ==, 500);
    }
    g_assert_false(mw_funnel_by_find("moon", &(MwFunnelBy){ 0 }));
}

/* A company without any; a colleague's do not count for who may not see them. */
static void
test_empty(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_auto(MwFunnel) none = { 0 }, theirs = { 0 };

    mw_company_derive_by(f->company, mw_derivations);
    g_assert_true(mw_funnel(&f->context, &(MwFunnelAsk){ .by = MW_FUNNEL_MONTH }, &none, NULL));
    g_assert_cmpuint(none.groups->len, ==, 0);
    g_assert_true(isnan(none.total.rate.rate) && isnan(none.total.won_days));

    int64_t owner = mw_test_user(f, "otto", "sales", 0), other = mw_test_user(f, "ida", "sales", 0);
    mw_test_save(f, 0,
                 mw_test_input(f, "opportunity", "name", "Mill", "amount", "10", "owner",
                               mw_test_id(f, owner), NULL));
    mw_test_turn(f, other);
    g_assert_true(mw_funnel(&f->context, &(MwFunnelAsk){ .by = MW_FUNNEL_OWNER }, &theirs, NULL));
    g_assert_cmpint(theirs.total.open, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/funnel/pipeline", test_pipeline);
    mw_test_add("/funnel/groups", test_groups);
    mw_test_add("/funnel/empty", test_empty);
    return g_test_run();
}
