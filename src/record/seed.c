#include "record/seed.h"

#include "base/clock.h"
#include "base/i18n.h"

/* The roles that grants name; their rights come from the declarations. */
static const struct {
    const char *key, *name;
} roles[] = {
    { "admin", N_("Administrator") }, { "manager", N_("Manager") },     { "sales", N_("Sales") },
    { "service", N_("Service") },     { "marketing", N_("Marketing") }, { "viewer", N_("Viewer") },
};

static bool
is_empty(MwStore *store, const char *sql, bool *empty, GError **error)
{
    g_auto(MwValue) found = MW_NOTHING;
    bool done = mw_store_scalar(store, sql, NULL, 0, &found, error);

    *empty = found.is == MW_NULL;
    return done;
}

static bool
seed_roles(MwStore *store, GError **error)
{
    bool empty;

    if (!is_empty(store, "SELECT id FROM role LIMIT 1", &empty, error))
        return false;
    for (size_t i = 0; empty && i < G_N_ELEMENTS(roles); i++) {
        MwValue params[] = { MW_INT((int64_t)i + 1), MW_BORROW(roles[i].key),
                             MW_BORROW(mw_gettext(roles[i].name)), MW_INT(mw_clock_now()) };
        if (!mw_store_run(store,
                          "INSERT INTO role (id, version, key, name, builtin, created_at, "
                          "updated_at) VALUES ($1, 1, $2, $3, 1, $4, $4)",
                          params, 4, NULL, NULL, error))
            return false;
    }
    return true;
}

static bool
seed_processes(MwStore *store, GError **error)
{
    bool empty;

    return is_empty(store, "SELECT id FROM sales_process LIMIT 1", &empty, error) &&
           (!empty || mw_seed_processes(store, error));
}

static bool
seed_pools(MwStore *store, GError **error)
{
    bool empty;

    return is_empty(store, "SELECT id FROM pool LIMIT 1", &empty, error) &&
           (!empty || mw_seed_pools(store, error));
}

/* Activities of companies that had no calendar yet. */
static bool
place_activities(MwStore *store, GError **error)
{
    return mw_store_run(store,
                        mw_store_dialect(store) == MW_SQLITE
                            ? "UPDATE activity SET calendar_at = COALESCE(starts_at, "
                              "CAST(strftime('%s', due_on) AS INTEGER) * 1000) WHERE calendar_at "
                              "IS NULL AND (starts_at IS NOT NULL OR due_on IS NOT NULL)"
                            : "UPDATE activity SET calendar_at = COALESCE(starts_at, "
                              "(EXTRACT(EPOCH FROM CAST(due_on AS DATE)) * 1000)::BIGINT) WHERE "
                              "calendar_at IS NULL AND (starts_at IS NOT NULL OR due_on IS NOT "
                              "NULL)",
                        NULL, 0, NULL, NULL, error);
}

bool
mw_seed(MwStore *store, const MwCatalog *catalog, GError **error)
{
    return (!mw_catalog_entity(catalog, "activity") || place_activities(store, error)) &&
           (!mw_catalog_entity(catalog, "role") || seed_roles(store, error)) &&
           (!mw_catalog_entity(catalog, "sales_process") || seed_processes(store, error));
}

bool
mw_seed_first(MwStore *store, const MwCatalog *catalog, GError **error)
{
    return mw_seed(store, catalog, error) &&
           (!mw_catalog_entity(catalog, "pool") || seed_pools(store, error));
}
