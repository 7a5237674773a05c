/* seed_sales: the sales processes and the open pools that a new company begins with; see seed.h. */
#include "base/clock.h"
#include "base/i18n.h"
#include "record/seed.h"

typedef struct {
    const char *key, *name, *kind, *category;
    int64_t probability, days;    /* hundredths of a percent */
    const char *rule, *parameter; /* of its gate; NULL: none */
} Stage;

typedef struct {
    const char *key, *name; /* the key is the type of sale too */
    const Stage *stages;    /* ends with a NULL key */
} Process;

/* clang-format off */

/* As method.md M19 has it. A signed contract is won; delivery makes it good. */
static const Stage project[] = {
    { "identified", N_("Identified"), "open", "pipeline", 500, 30, NULL, NULL },
    { "access", N_("First contact"), "open", "pipeline", 1000, 30, "field", "account" },
    { "needs", N_("Needs and decision map"), "open", "pipeline", 2000, 45, "field", "contact" },
    { "solution", N_("Solution design"), "open", "best_case", 4000, 45, "people", "decider" },
    { "proof", N_("Technical proof"), "open", "most_likely", 6000, 60, NULL, NULL },
    { "negotiation", N_("Business negotiation"), "open", "commit", 8000, 30, "field", "amount" },
    { "contract", N_("Contract"), "won", "closed", 10000, 0, NULL, NULL },
    { "delivery", N_("Delivery and realisation"), "won", "closed", 10000, 0, NULL, NULL },
    { "lost", N_("Lost"), "lost", "omitted", 0, 0, NULL, NULL },
    { 0 },
};

static const Stage framework[] = {
    { "fw_needs", N_("Needs of the year"), "open", "pipeline", 1500, 30, NULL, NULL },
    { "fw_audit", N_("Supplier audit"), "open", "best_case", 3500, 40, "field", "account" },
    { "fw_prices", N_("Price list"), "open", "most_likely", 6000, 30, "people", "buyer" },
    { "fw_terms", N_("Terms"), "open", "commit", 8000, 25, "field", "amount" },
    { "fw_signed", N_("Agreement signed"), "won", "closed", 10000, 0, NULL, NULL },
    { "fw_lost", N_("Not chosen"), "lost", "omitted", 0, 0, NULL, NULL },
    { 0 },
};

static const Stage spare_parts[] = {
    { "sp_request", N_("Request received"), "open", "pipeline", 4000, 3, NULL, NULL },
    { "sp_quoted", N_("Quoted"), "open", "most_likely", 6000, 7, "field", "amount" },
    { "sp_ordered", N_("Ordered"), "won", "closed", 10000, 0, NULL, NULL },
    { "sp_lost", N_("Not ordered"), "lost", "omitted", 0, 0, NULL, NULL },
    { 0 },
};

static const Stage repeat[] = {
    { "rp_due", N_("Due again"), "open", "pipeline", 4500, 14, NULL, NULL },
    { "rp_offer", N_("Quoted"), "open", "best_case", 6500, 14, "field", "amount" },
    { "rp_agreed", N_("Agreed by word"), "open", "commit", 9000, 10, "field", "contact" },
    { "rp_ordered", N_("Ordered"), "won", "closed", 10000, 0, NULL, NULL },
    { "rp_lost", N_("Went elsewhere"), "lost", "omitted", 0, 0, NULL, NULL },
    { 0 },
};
/* clang-format on */

/* The first is the default. */
static const Process processes[] = {
    { "project", N_("Project sale"), project },
    { "framework", N_("Framework agreement"), framework },
    { "spare_parts", N_("Spare parts"), spare_parts },
    { "repeat", N_("Repeat business"), repeat },
};

/* Ids count on: a new company has no others. */
typedef struct {
    MwStore *store;
    int64_t now, process, stage, gate, pool, rule;
} Seed;

static bool
seed_gate(Seed *seed, const Stage *stage, GError **error)
{
    MwValue params[] = { MW_INT(++seed->gate),   MW_INT(seed->process),       MW_INT(seed->stage),
                         MW_BORROW(stage->rule), MW_BORROW(stage->parameter), MW_INT(seed->now) };

    return mw_store_run(seed->store,
                        "INSERT INTO stage_gate (id, version, process, stage, rule, parameter, "
                        "created_at, updated_at) VALUES ($1, 1, $2, $3, $4, $5, $6, $6)",
                        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

static bool
seed_stage(Seed *seed, const Stage *stage, int64_t position, GError **error)
{
    MwValue params[] = { MW_INT(++seed->stage),
                         MW_INT(position),
                         MW_INT(seed->process),
                         MW_BORROW(stage->key),
                         MW_BORROW(mw_gettext(stage->name)),
                         MW_BORROW(stage->kind),
                         MW_BORROW(stage->category),
                         MW_INT(stage->probability),
                         stage->days ? MW_INT(stage->days) : MW_NOTHING,
                         MW_INT(seed->now) };

    return mw_store_run(seed->store,
                        "INSERT INTO stage (id, version, position, process, key, name, kind, "
                        "forecast_category, probability, expected_days, created_at, updated_at) "
                        "VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
                        params, G_N_ELEMENTS(params), NULL, NULL, error) &&
           (!stage->rule || seed_gate(seed, stage, error));
}

static bool
seed_process(Seed *seed, const Process *process, GError **error)
{
    MwValue params[] = { MW_INT(++seed->process), MW_BORROW(process->key),
                         MW_BORROW(mw_gettext(process->name)), MW_INT(seed->process == 1),
                         MW_INT(seed->now) };

    if (!mw_store_run(seed->store,
                      "INSERT INTO sales_process (id, version, key, name, type, is_default, "
                      "active, created_at, updated_at) VALUES ($1, 1, $2, $3, $2, $4, 1, $5, $5)",
                      params, G_N_ELEMENTS(params), NULL, NULL, error))
        return false;
    for (size_t i = 0; process->stages[i].key; i++)
        if (!seed_stage(seed, &process->stages[i], (int64_t)i + 1, error))
            return false;
    return true;
}

bool
mw_seed_processes(MwStore *store, GError **error)
{
    Seed seed = { .store = store, .now = mw_clock_now() };

    for (size_t i = 0; i < G_N_ELEMENTS(processes); i++)
        if (!seed_process(&seed, &processes[i], error))
            return false;
    return true;
}

/* ---- open pools ------------------------------------------------------------------------ */

typedef struct {
    const char *rule, *class, *rating;
    int64_t days;
} Rule;

typedef struct {
    const char *name, *holds;
    int64_t picks_per_day, capacity;
    const Rule *rules; /* ends with a NULL rule */
} Pool;

static const Rule lead_rules[] = {
    { "idle", NULL, NULL, 30 },
    { "idle", NULL, "hot", 7 },
    { NULL },
};

/* Whoever buys most is left in peace longest. */
static const Rule account_rules[] = {
    { "idle", NULL, NULL, 90 },
    { "idle", "A", NULL, 270 },
    { "idle", "B", NULL, 180 },
    { "contract", NULL, NULL, 90 },
    { NULL },
};

static const Pool pools[] = {
    { N_("Pool of leads"), "lead", 10, 50, lead_rules },
    { N_("Pool of accounts"), "account", 5, 100, account_rules },
};

static bool
seed_pool(Seed *seed, const Pool *pool, GError **error)
{
    MwValue params[] = { MW_INT(++seed->pool),   MW_BORROW(mw_gettext(pool->name)),
                         MW_BORROW(pool->holds), MW_INT(pool->picks_per_day),
                         MW_INT(pool->capacity), MW_INT(seed->now) };

    if (!mw_store_run(seed->store,
                      "INSERT INTO pool (id, version, name, holds, active, picks_per_day, "
                      "capacity, hidden, reach, notice_days, spare_deals, created_at, updated_at) "
                      "VALUES ($1, 1, $2, $3, 1, $4, $5, 'phone,email', 'taken', 3, 1, $6, $6)",
                      params, G_N_ELEMENTS(params), NULL, NULL, error))
        return false;
    for (const Rule *rule = pool->rules; rule->rule; rule++) {
        MwValue of_rule[] = { MW_INT(++seed->rule), MW_INT(seed->pool),     MW_BORROW(rule->rule),
                              MW_INT(rule->days),   MW_BORROW(rule->class), MW_BORROW(rule->rating),
                              MW_INT(seed->now) };
        if (!mw_store_run(seed->store,
                          "INSERT INTO pool_rule (id, version, pool, rule, days, class, rating, "
                          "created_at, updated_at) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $7)",
                          of_rule, G_N_ELEMENTS(of_rule), NULL, NULL, error))
            return false;
    }
    return true;
}

bool
mw_seed_pools(MwStore *store, GError **error)
{
    Seed seed = { .store = store, .now = mw_clock_now() };

    for (size_t i = 0; i < G_N_ELEMENTS(pools); i++)
        if (!seed_pool(&seed, &pools[i], error))
            return false;
    return true;
}
