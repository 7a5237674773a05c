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

int64_t
mw_test_int(Fixture *f, const char *entity, int64_t id, const char *field)
{
    g_autoptr(MwRecord) record = mw_test_read(f, entity, id);

    return mw_record_int(record, field);
}

void
mw_test_assert_text(Fixture *f, const char *entity, int64_t id, const char *field,
                    const char *expected)
{
    g_autoptr(MwRecord) record = mw_test_read(f, entity, id);

    g_assert_cmpstr(mw_record_text(record, field), ==, expected);
}

const MwEntity *
mw_test_entity(Fixture *f, const char *name)
{
    const MwEntity *entity = mw_catalog_entity(f->context.catalog, name);

    g_assert_nonnull(entity);
    return entity;
}

const char *
mw_test_id(Fixture *f, int64_t id)
{
    char text[32];

    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, id);
    return g_string_chunk_insert(f->texts, text);
}

MwInput *
mw_test_input(Fixture *f, const char *entity, ...)
{
    MwInput *input = mw_input_new(mw_test_entity(f, entity));
    va_list pairs;

    va_start(pairs, entity);
    for (const char *name; (name = va_arg(pairs, const char *));)
        g_assert_true(mw_input_set(input, name, va_arg(pairs, const char *)));
    va_end(pairs);
    return input;
}

char *
mw_test_try(Fixture *f, int64_t id, MwInput *input)
{
    g_autoptr(MwInput) owned = input;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    g_assert_true(mw_store_mark(f->store, &error));
    g_autoptr(MwRecord) record = mw_record_write(&f->context, input, id, problems, &error);
    if (error)
        g_string_printf(text, "!%d", error->code);
    for (size_t i = 0; i < mw_problems_count(problems); i++)
        g_string_append_printf(text, "%s%s:%s", i > 0 ? " " : "",
                               mw_problems_get(problems, i)->field,
                               mw_problems_get(problems, i)->code);
    g_assert_true((error != NULL) == (record == NULL));
    g_clear_error(&error);
    g_assert_true(text->len > 0 ? mw_store_back_to_mark(f->store, &error)
                                : mw_store_forget_mark(f->store, &error));
    g_assert_no_error(error);
    return g_string_free(g_steal_pointer(&text), false);
}

int64_t
mw_test_save(Fixture *f, int64_t id, MwInput *input)
{
    g_autoptr(MwInput) owned = input;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;

    g_autoptr(MwRecord) record = mw_record_write(&f->context, input, id, problems, &error);
    g_assert_no_error(error);
    g_autofree char *text = mw_problems_text(problems);
    g_assert_cmpstr(text, ==, "");
    return mw_record_id(record);
}

MwRecord *
mw_test_read(Fixture *f, const char *entity, int64_t id)
{
    g_autoptr(GError) error = NULL;
    MwRecord *record = mw_record_read(&f->context, mw_test_entity(f, entity), id, MW_LIVE, &error);

    g_assert_no_error(error);
    return record;
}

int64_t
mw_test_user(Fixture *f, const char *name, const char *role, int64_t team)
{
    g_autofree char *email = g_strconcat(name, "@example.com", NULL);
    MwInput *input = mw_test_input(f, "user", "name", name, "email", email, "team",
                                   team ? mw_test_id(f, team) : NULL, NULL);
    const MwEntity *user_role = mw_test_entity(f, "user_role");
    MwInput *link = mw_input_add_detail(input, user_role, 0, false);
    MwValue key = MW_BORROW(role);
    g_auto(MwValue) id = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    mw_store_scalar(f->store, "SELECT id FROM role WHERE key = $1", &key, 1, &id, &error);
    g_assert_no_error(error);
    mw_input_set_value(link, mw_entity_field(user_role, "role"), id);
    return mw_test_save(f, 0, input);
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

    f->texts = g_string_chunk_new(256);
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
    g_string_chunk_free(f->texts);
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
