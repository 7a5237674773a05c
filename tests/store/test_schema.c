/* schema: tables follow the declarations and custom fields; nothing is dropped or guessed. */
#include "entities/entities.h"
#include "store/migrate.h"
#include "tests/store/company.h"

/* The plan as text, a statement a line. */
static char *
plan_text(MwStore *store, const MwCatalog *catalog)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) plan = mw_schema_plan(store, catalog, &error);
    GString *text = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < plan->len; i++)
        g_string_append_printf(text, "%s;\n", (char *)plan->pdata[i]);
    return g_string_free(text, false);
}

static void
script(Fixture *f, const char *sql)
{
    g_autoptr(GError) error = NULL;

    mw_store_script(f->store, sql, &error);
    g_assert_no_error(error);
}

/* What an empty database would be given. MILLWRIGHT_UPDATE_GOLDEN=1 writes the file anew. */
static void
test_golden(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    bool sqlite = mw_store_dialect(f->store) == MW_SQLITE;
    g_autofree char *path =
        g_build_filename(g_getenv("MILLWRIGHT_SOURCE"), "tests", "golden",
                         sqlite ? "schema-sqlite.sql" : "schema-postgresql.sql", NULL);
    g_autofree char *url = g_strconcat(f->url, sqlite ? ".empty" : "e", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MwCatalog) catalog = mw_catalog_new(mw_entities, NULL, 0, &error);
    g_autoptr(MwStore) empty = mw_store_open(url, MW_OPEN_CREATE, &error);
    g_autofree char *golden = NULL;

    g_assert_no_error(error);
    g_autofree char *plan = plan_text(empty, catalog);
    if (g_getenv("MILLWRIGHT_UPDATE_GOLDEN"))
        g_assert_true(g_file_set_contents(path, plan, -1, &error));
    g_assert_true(g_file_get_contents(path, &golden, NULL, &error));
    g_auto(GStrv) ours = g_strsplit(plan, "\n", -1), theirs = g_strsplit(golden, "\n", -1);
    g_test_message(
        "When the declarations changed on purpose: MILLWRIGHT_UPDATE_GOLDEN=1 script/test "
        "schema, and look at the difference.");
    for (guint i = 0; ours[i] && theirs[i]; i++)
        g_assert_cmpstr(ours[i], ==, theirs[i]);
    g_assert_cmpuint(g_strv_length(ours), ==, g_strv_length(theirs));
}

static void
test_what_is_missing_is_added(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *nothing = plan_text(f->store, f->context.catalog);

    g_assert_cmpstr(nothing, ==, "");
    script(f, "DROP INDEX account__region; DROP INDEX account__external_code__unique;"
              "ALTER TABLE account DROP COLUMN region; DROP TABLE class_policy");
    g_autofree char *plan = plan_text(f->store, f->context.catalog);
    static const char *const expected[] = {
        "ALTER TABLE \"account\" ADD COLUMN \"region\" TEXT", "CREATE TABLE \"class_policy\" (",
        "CREATE INDEX \"account__region\" ON \"account\" (\"region\"",
        "CREATE UNIQUE INDEX \"account__external_code__unique\""
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_nonnull(strstr(plan, expected[i]));
}

static bool
keep_detail(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_string_append_printf(data, "%s;", columns[3].text);
    return true;
}

/* SQLite knows how selective its indexes are without having counted; what somebody has counted stays. */
static void
test_statistics(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *sql, *index;
    } cases[] = {
        { "SELECT id FROM activity WHERE deleted_at IS NULL AND account = 1 AND type = 'visit' AND "
          "done = 1",
          "activity__account " },
        { "SELECT id FROM account WHERE deleted_at IS NULL AND type = 'oem' ORDER BY name, id "
          "LIMIT 51",
          "account__name" },
        { "SELECT id FROM opportunity WHERE deleted_at IS NULL AND outcome = 'open' "
          "ORDER BY amount_base DESC, id DESC LIMIT 51",
          "opportunity__outcome_amount_base__index " },
    };
    g_auto(MwValue) found = MW_NOTHING;

    if (mw_store_dialect(f->store) != MW_SQLITE) {
        g_test_skip("PostgreSQL counts by itself");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *sql = g_strconcat("EXPLAIN QUERY PLAN ", cases[i].sql, NULL);
        g_autoptr(GString) plan = g_string_new(NULL);
        g_assert_true(mw_store_run(f->store, sql, NULL, 0, keep_detail, plan, NULL));
        g_test_message("%s: %s", cases[i].sql, plan->str);
        g_assert_nonnull(strstr(plan->str, cases[i].index));
        g_assert_null(strstr(plan->str, "TEMP B-TREE"));
    }
    script(f, "UPDATE sqlite_stat1 SET stat = '7 7' WHERE idx = 'account__name';"
              "DELETE FROM sqlite_stat1 WHERE idx = 'account__region' OR tbl = 'contact'");
    g_autofree char *plan = plan_text(f->store, f->context.catalog);
    g_assert_true(g_str_has_prefix(plan, "ANALYZE sqlite_schema;\nINSERT INTO sqlite_stat1"));
    g_assert_nonnull(strstr(plan, "'account__region', '1000000 10 1'"));
    g_assert_null(strstr(plan, "'account__name'"));
    script(f, plan);
    g_autofree char *nothing = plan_text(f->store, f->context.catalog);
    g_assert_cmpstr(nothing, ==, "");
    g_assert_true(mw_store_scalar(f->store,
                                  "SELECT stat FROM sqlite_stat1 WHERE idx = 'account__name'", NULL,
                                  0, &found, NULL));
    g_assert_cmpstr(found.text, ==, "7 7");
}

/* An index that covers other columns than that of an earlier program takes its place. */
static void
test_covering_index(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *name = NULL;
    g_auto(MwValue) left = MW_NOTHING;
    g_autoptr(GError) error = NULL;

    script(f, "CREATE INDEX opportunity__board ON opportunity (stage);"
              "CREATE INDEX opportunity__board__12345678 ON opportunity (stage, id)");
    g_autofree char *former = plan_text(f->store, f->context.catalog);
    g_assert_cmpstr(former, ==,
                    "DROP INDEX \"opportunity__board\";\n"
                    "DROP INDEX \"opportunity__board__12345678\";\n");
    const char *find =
        mw_store_dialect(f->store) == MW_SQLITE
            ? "SELECT name FROM sqlite_schema WHERE name LIKE 'opportunity\\_\\_board\\_\\_%' "
              "ESCAPE '\\' AND name NOT LIKE '%12345678'"
            : "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema() AND "
              "indexname LIKE 'opportunity\\_\\_board\\_\\_%' AND indexname NOT LIKE '%12345678'";
    g_assert_true(mw_store_scalar(f->store, find, NULL, 0, &left, &error));
    g_assert_no_error(error);
    g_autofree char *drop = g_strdup_printf("DROP INDEX %s", left.text);
    script(f, drop);
    g_autofree char *plan = plan_text(f->store, f->context.catalog);
    g_assert_nonnull(strstr(plan, "DROP INDEX \"opportunity__board\";"));
    g_assert_nonnull(strstr(plan, "DROP INDEX \"opportunity__board__12345678\";"));
    name = g_strdup_printf("CREATE INDEX \"%s\"", left.text);
    g_assert_nonnull(strstr(plan, name));
    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_true(mw_schema_apply(f->store, f->context.catalog, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_autofree char *after = plan_text(f->store, f->context.catalog);
    g_assert_cmpstr(after, ==, "");
}

/* What a declaration has no more goes; what others have made, and what custom fields have, stays. */
static void
test_former_indexes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    script(f, "CREATE INDEX activity__owner_done_calendar_at__index ON activity (owner, done);"
              "CREATE UNIQUE INDEX account__city__unique ON account (city, id);"
              "CREATE INDEX account__x_power ON account (city);"
              "CREATE INDEX ours_account__city ON account (city);"
              "CREATE INDEX account__city ON visit (at);"
              "CREATE INDEX visit__another ON visit (at)");
    g_autofree char *plan = plan_text(f->store, f->context.catalog);
    g_assert_cmpstr(plan, ==,
                    "DROP INDEX \"account__city__unique\";\n"
                    "DROP INDEX \"activity__owner_done_calendar_at__index\";\n");
    g_assert_true(mw_store_commit(f->store, NULL));
    g_assert_true(mw_schema_apply(f->store, f->context.catalog, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
    g_autofree char *after = plan_text(f->store, f->context.catalog);
    g_assert_cmpstr(after, ==, "");
}

static void
test_opening_adds(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    script(f, "DROP INDEX account__region; ALTER TABLE account DROP COLUMN region");
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_autoptr(MwCompany) again = mw_company_open(f->url, mw_entities, &error);
    g_assert_no_error(error);
    g_autofree char *left = plan_text(f->store, f->context.catalog);
    g_assert_cmpstr(left, ==, "");
    g_assert_true(mw_company_migrate(f->url, mw_entities, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
}

static void
test_another_type_is_refused(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    script(f, "DROP INDEX account__region; ALTER TABLE account DROP COLUMN region");
    script(f, mw_store_dialect(f->store) == MW_SQLITE
                  ? "ALTER TABLE account ADD COLUMN region INTEGER"
                  : "ALTER TABLE account ADD COLUMN region BIGINT");
    g_autoptr(GPtrArray) plan = mw_schema_plan(f->store, f->context.catalog, &error);
    g_assert_null(plan);
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "account.region"));
}

/* ---- custom fields ------------------------------------------------------------ */

static MwInput *
custom(Fixture *f, const char *entity, const char *name, const char *kind, const char *target)
{
    return mw_test_input(f, "custom_field", "entity", entity, "name", name, "label_en", "Power",
                         "kind", kind, "target", target, NULL);
}

static void
test_custom_field(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(MwCatalog) old = mw_catalog_ref((MwCatalog *)f->context.catalog);
    const MwEntity *old_account = mw_catalog_entity(old, "account");
    g_autoptr(GError) error = NULL;

    mw_test_save(f, 0, custom(f, "account", "x_power", "integer", NULL));
    g_assert_null(mw_entity_field(mw_test_entity(f, "account"), "x_power"));
    mw_test_turn(f, 0);
    g_assert_true(old != f->context.catalog);
    int64_t id =
        mw_test_save(f, 0, mw_test_input(f, "account", "name", "A", "x_power", "750", NULL));
    MwRecord *record = mw_test_read(f, "account", id);
    g_assert_cmpint(mw_record_int(record, "x_power"), ==, 750);
    mw_record_free(record);

    /* Who began before the swap goes on with what he has. */
    g_autoptr(MwRecord) before =
        mw_store_get(f->store, &(MwQuery){ .entity = old_account }, id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(mw_record_text(before, "name"), ==, "A");

    /* Retired: the column and its values stay, nobody sees them. */
    MwQuery fields = { .entity = mw_test_entity(f, "custom_field") };
    GPtrArray *rows = mw_store_find(f->store, &fields, NULL, &error);
    int64_t row = mw_record_id(rows->pdata[0]);
    g_ptr_array_unref(rows);
    mw_test_save(f, row, mw_test_input(f, "custom_field", "retired", "true", NULL));
    mw_test_turn(f, 0);
    const MwEntity *account = mw_test_entity(f, "account");
    g_assert_false(mw_actor_sees(f->context.actor, account, mw_entity_field(account, "x_power")));

    /* Taken away and made again as another kind: the column is what it was. */
    g_assert_true(mw_record_remove(&f->context, mw_test_entity(f, "custom_field"), row, 0, &error));
    g_assert_no_error(error);
    g_autofree char *said = mw_test_try(f, 0, custom(f, "account", "x_power", "text", NULL));
    g_assert_cmpstr(said, ==, "!6");
}

static void
test_custom_fields_that_do_not_fit(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *nowhere = mw_test_try(f, 0, custom(f, "account", "x_a", "link", "nowhere"));
    g_autofree char *bad_name = mw_test_try(f, 0, custom(f, "account", "region", "text", NULL));

    g_assert_cmpstr(nowhere, ==, "!6");
    g_assert_cmpstr(bad_name, ==, "name:bad_name");
    /* PostgreSQL cuts long names: these two differ only at the end. */
    mw_test_save(f, 0,
                 custom(f, "classification_indicator", "x_a_name_of_forty_characters_that_ends_i",
                        "link", "account"));
    mw_test_save(f, 0,
                 custom(f, "classification_indicator", "x_a_name_of_forty_characters_that_ends_o",
                        "link", "account"));
    for (int i = 0; i < 2; i++) {
        mw_test_turn(f, 0);
        g_assert_true(mw_company_stale(f->store, &error));
        mw_company_touch(f->company);
    }
    mw_test_turn(f, 0);
    g_autofree char *left = plan_text(f->store, f->context.catalog);
    g_assert_cmpstr(left, ==, "");
}

/* ---- levels ---------------------------------------------------------------------- */

static void
test_levels(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *sql, *said;
    } cases[] = {
        { "UPDATE meta SET value = '9999' WHERE key = 'level'", "newer version" },
        { "UPDATE meta SET value = '0' WHERE key = 'level'", "no company" },
    };
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(mw_migrate_level(f->store, &error), >=, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        script(f, cases[i].sql);
        mw_test_turn(f, 0);
        g_assert_null(mw_company_open(f->url, mw_entities, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
        g_assert_nonnull(strstr(error->message, cases[i].said));
        g_clear_error(&error);
    }
}

/* A making that was cut off before its end can be begun again; a whole company cannot be made twice. */
static void
test_made_once(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "currency", "EUR", NULL, NULL };
    g_autoptr(GError) error = NULL;

    g_assert_false(mw_company_create(f->url, mw_entities, settings, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_CONFLICT);
    g_clear_error(&error);
    script(f, "DELETE FROM role");
    mw_test_turn(f, 0);
    mw_store_rollback(f->store);
    g_assert_true(mw_company_create(f->url, mw_entities, settings, &error));
    g_assert_no_error(error);
    g_assert_true(mw_store_begin(f->store, true, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/schema/golden", test_golden);
    mw_test_add("/schema/what-is-missing-is-added", test_what_is_missing_is_added);
    mw_test_add("/schema/statistics", test_statistics);
    mw_test_add("/schema/covering-index", test_covering_index);
    mw_test_add("/schema/former-indexes", test_former_indexes);
    mw_test_add("/schema/opening-adds", test_opening_adds);
    mw_test_add("/schema/another-type-is-refused", test_another_type_is_refused);
    mw_test_add("/schema/custom-field", test_custom_field);
    mw_test_add("/schema/custom-fields-that-do-not-fit", test_custom_fields_that_do_not_fit);
    mw_test_add("/schema/levels", test_levels);
    mw_test_add("/schema/made-once", test_made_once);
    return g_test_run();
}
