#include "store/migrate.h"

#include "base/i18n.h"

int
mw_migrate_level(MwStore *store, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GHashTable) columns = mw_store_columns(store, "meta", &local);
    g_auto(MwValue) level = MW_NOTHING;

    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return -1;
    }
    if (!columns)
        return 0;
    if (!mw_store_scalar(store, "SELECT value FROM meta WHERE key = 'level'", NULL, 0, &level,
                         error))
        return -1;
    return level.is == MW_TEXT ? (int)g_ascii_strtoll(level.text, NULL, 10) : 0;
}

/* The statements for this database: blocks marked for the other one are left out. */
static char *
for_dialect(const char *sql, MwDialect dialect)
{
    g_auto(GStrv) lines = g_strsplit(sql, "\n", -1);
    const char *mine = dialect == MW_SQLITE ? "--@sqlite" : "--@postgresql";
    GString *text = g_string_new(NULL);
    bool keep = true;

    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, "--@"))
            keep = g_str_equal(*line, "--@all") || g_str_equal(*line, mine);
        else if (keep)
            g_string_append_printf(text, "%s\n", *line);
    }
    return g_string_free(text, false);
}

static bool
run_one(MwStore *store, void *data, GError **error)
{
    const MwMigration *migration = data;
    g_autofree char *sql = for_dialect(migration->sql, mw_store_dialect(store));
    char number[16];

    g_snprintf(number, sizeof number, "%d", migration->number);
    MwValue params[] = { MW_BORROW(number) };
    return mw_store_script(store, sql, error) &&
           mw_store_run(store,
                        "INSERT INTO meta (key, value) VALUES ('level', $1) "
                        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        params, 1, NULL, NULL, error);
}

bool
mw_migrate(MwStore *store, GError **error)
{
    int level = mw_migrate_level(store, error);

    if (level < 0)
        return false;
    for (size_t i = 0; mw_migrations[i].name; i++) {
        if (mw_migrations[i].number <= level)
            continue;
        if (!mw_store_atomically(store, run_one, (void *)&mw_migrations[i], error)) {
            g_prefix_error(error, "sql/%04d-%s: ", mw_migrations[i].number, mw_migrations[i].name);
            return false;
        }
    }
    return true;
}
