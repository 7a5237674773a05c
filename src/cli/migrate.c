/* millwright migrate: brings a database to the schema of this program. */
#include "store/migrate.h"

#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "entities/entities.h"
#include "methods/next_activity.h"

static gboolean dry_run;

static const GOptionEntry options[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_("Only show what would be done"), NULL },
    G_OPTION_ENTRY_NULL,
};

static bool
show_plan(const char *url, GError **error)
{
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_EXISTING, error);
    g_autoptr(MwCatalog) catalog = mw_catalog_new(mw_entities, NULL, 0, error);
    int level = store ? mw_migrate_level(store, error) : -1;
    g_autoptr(GPtrArray) plan = NULL;

    if (level < 0 || !catalog)
        return false;
    for (size_t i = 0; mw_migrations[i].name; i++)
        if (mw_migrations[i].number > level)
            g_print("-- sql/%04d-%s.sql\n", mw_migrations[i].number, mw_migrations[i].name);
    plan = mw_schema_plan(store, catalog, error);
    for (guint i = 0; plan && i < plan->len; i++)
        g_print("%s;\n", (char *)plan->pdata[i]);
    return plan != NULL;
}

static bool
refill(const char *url, GError **error)
{
    g_autoptr(MwCompany) company = mw_company_open(url, mw_entities, error);
    g_autoptr(MwStore) store =
        company ? mw_company_connect(company, MW_OPEN_EXISTING, error) : NULL;

    return store && mw_next_activity_refill(company, store, error);
}

static bool
run(MwApp *app, int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED, GError **error)
{
    const char *database = mw_app_database(app, error);

    if (!database)
        return false;
    g_autofree char *url = mw_store_url_of(database);
    return dry_run ? show_plan(url, error)
                   : mw_company_migrate(url, mw_entities, error) && refill(url, error);
}

const MwCommand mw_command_migrate = {
    .name = "migrate",
    .summary = N_("Bring a database to the schema of this program"),
    .options = options,
    .run = run,
};
