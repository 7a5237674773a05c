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

/* The sale of a project, as method.md M19 has it. A signed contract is won; delivery makes it good. */
static const struct {
    const char *key, *name, *kind, *category;
    int64_t probability, days; /* hundredths of a percent */
} stages[] = {
    { "identified", N_("Identified"), "open", "pipeline", 500, 30 },
    { "access", N_("First contact"), "open", "pipeline", 1000, 30 },
    { "needs", N_("Needs and decision map"), "open", "pipeline", 2000, 45 },
    { "solution", N_("Solution design"), "open", "best_case", 4000, 45 },
    { "proof", N_("Technical proof"), "open", "most_likely", 6000, 60 },
    { "negotiation", N_("Business negotiation"), "open", "commit", 8000, 30 },
    { "contract", N_("Contract"), "won", "closed", 10000, 0 },
    { "delivery", N_("Delivery and realisation"), "won", "closed", 10000, 0 },
    { "lost", N_("Lost"), "lost", "omitted", 0, 0 },
};

static const struct {
    size_t stage; /* number in `stages` */
    const char *rule, *parameter;
} gates[] = {
    { 1, "field", "account" },
    { 2, "field", "contact" },
    { 3, "people", "decider" },
    { 5, "field", "amount" },
};

enum { PROCESS_ID = 1 };

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
seed_stage(MwStore *store, size_t i, int64_t now, GError **error)
{
    MwValue params[] = { MW_INT((int64_t)i + 1),
                         MW_INT(PROCESS_ID),
                         MW_BORROW(stages[i].key),
                         MW_BORROW(mw_gettext(stages[i].name)),
                         MW_BORROW(stages[i].kind),
                         MW_BORROW(stages[i].category),
                         MW_INT(stages[i].probability),
                         stages[i].days ? MW_INT(stages[i].days) : MW_NOTHING,
                         MW_INT(now) };

    return mw_store_run(store,
                        "INSERT INTO stage (id, version, position, process, key, name, kind, "
                        "forecast_category, probability, expected_days, created_at, updated_at) "
                        "VALUES ($1, 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
                        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

static bool
seed_gate(MwStore *store, size_t i, int64_t now, GError **error)
{
    MwValue params[] = { MW_INT((int64_t)i + 1),
                         MW_INT(PROCESS_ID),
                         MW_INT((int64_t)gates[i].stage + 1),
                         MW_BORROW(gates[i].rule),
                         MW_BORROW(gates[i].parameter),
                         MW_INT(now) };

    return mw_store_run(store,
                        "INSERT INTO stage_gate (id, version, process, stage, rule, parameter, "
                        "created_at, updated_at) VALUES ($1, 1, $2, $3, $4, $5, $6, $6)",
                        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

static bool
seed_process(MwStore *store, GError **error)
{
    int64_t now = mw_clock_now();
    MwValue params[] = { MW_INT(PROCESS_ID), MW_BORROW(_("Project sale")), MW_INT(now) };
    bool empty;

    if (!is_empty(store, "SELECT id FROM sales_process LIMIT 1", &empty, error))
        return false;
    if (!empty)
        return true;
    if (!mw_store_run(store,
                      "INSERT INTO sales_process (id, version, key, name, type, is_default, "
                      "active, created_at, updated_at) "
                      "VALUES ($1, 1, 'project', $2, 'project', 1, 1, $3, $3)",
                      params, G_N_ELEMENTS(params), NULL, NULL, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++)
        if (!seed_stage(store, i, now, error))
            return false;
    for (size_t i = 0; i < G_N_ELEMENTS(gates); i++)
        if (!seed_gate(store, i, now, error))
            return false;
    return true;
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
           (!mw_catalog_entity(catalog, "sales_process") || seed_process(store, error));
}
