#include "tests/store/company.h"

#include "base/i18n.h"
#include "entities/entities.h"

static void
begin(Fixture *f, int64_t user)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mw_store_begin(f->store, true, &error));
    g_autoptr(MwActor) actor =
        user ? mw_company_actor(f->company, f->store, user, &error) : mw_company_system(f->company);
    g_assert_no_error(error);
    mw_context_begin(&f->context, f->company, f->store, actor, "test");
    mw_i18n_use("en");
}

static void
end(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    mw_context_end(&f->context);
    mw_store_commit(f->store, &error);
    g_assert_no_error(error);
    if (mw_company_touched(f->company))
        g_assert_true(mw_company_reload(f->company, f->store, &error));
    g_assert_no_error(error);
}

void
mw_test_turn(Fixture *f, int64_t user)
{
    end(f);
    begin(f, user);
}

static void
set_up(Fixture *f, gconstpointer data)
{
    static const char *const settings[] = { "currency", "CNY", "language", "en", NULL, NULL };
    g_autoptr(GError) error = NULL;

    if (data) {
        const char *server = g_getenv("MILLWRIGHT_TEST_POSTGRES");
        if (!server) {
            g_test_skip("MILLWRIGHT_TEST_POSTGRES names no server");
            return;
        }
        f->url = g_strdup_printf("%s%scompany=t%08x%08x", server, strchr(server, '?') ? "&" : "?",
                                 g_random_int(), g_random_int());
    } else {
        f->folder = g_dir_make_tmp("millwright-XXXXXX", &error);
        g_assert_no_error(error);
        f->url = g_strdup_printf("sqlite:%s/company.db", f->folder);
    }
    mw_company_create(f->url, mw_entities, settings, &error);
    g_assert_no_error(error);
    f->company = mw_company_open(f->url, mw_entities, &error);
    g_assert_no_error(error);
    f->store = mw_company_connect(f->company, MW_OPEN_EXISTING, &error);
    g_assert_no_error(error);
    begin(f, 0);
}

static void
tear_down(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    if (f->company)
        end(f);
    mw_store_close(f->store);
    mw_company_free(f->company);
    if (f->folder) {
        g_autoptr(GDir) folder = g_dir_open(f->folder, 0, NULL);
        for (const char *name; folder && (name = g_dir_read_name(folder));) {
            g_autofree char *path = g_build_filename(f->folder, name, NULL);
            g_unlink(path);
        }
        g_rmdir(f->folder);
    }
    g_free(f->folder);
    g_free(f->url);
}

typedef struct {
    TestFunc test;
    bool postgres;
} Case;

static void
run_case(Fixture *f, gconstpointer data)
{
    const Case *c = data;

    if (f->company)
        c->test(f, data);
}

static void
set_up_case(Fixture *f, gconstpointer data)
{
    set_up(f, ((const Case *)data)->postgres ? data : NULL);
}

void
mw_test_add(const char *path, TestFunc test)
{
    for (int postgres = 0; postgres < 2; postgres++) {
        g_autofree char *name = g_strdup_printf("%s/%s", path, postgres ? "postgresql" : "sqlite");
        Case *c = g_new(Case, 1); /* lives as long as the program */
        *c = (Case){ test, postgres };
        g_test_add_vtable(name, sizeof(Fixture), c, (GTestFixtureFunc)(void (*)(void))set_up_case,
                          (GTestFixtureFunc)(void (*)(void))run_case,
                          (GTestFixtureFunc)(void (*)(void))tear_down);
    }
}
