/* demo_pools: the open pools of the demo company, and accounts that wait in one. */
#include "cli/demo.h"
#include "methods/open_pool.h"

enum { POOLED = 12 };

typedef struct {
    const char *rule, *class, *rating;
    int64_t days;
} Rule;

static bool
keep_number(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    *(int64_t *)data = columns[0].integer;
    return true;
}

/* The pool that a new company has of them, as this company wants it. */
static int64_t
make_pool(const MwDemo *demo, const char *name, const char *holds, int64_t a_day, int64_t capacity,
          const Rule *rules, GError **error)
{
    g_autoptr(MwInput) pool = mw_demo_input(demo, "pool");
    MwValue param = MW_BORROW(holds);
    int64_t id = 0;

    if (!mw_store_run(demo->context->store, "SELECT id FROM pool WHERE holds = $1", &param, 1,
                      keep_number, &id, error))
        return 0;
    mw_input_replace_details(pool, mw_catalog_entity(demo->context->catalog, "pool_rule"));
    mw_input_set(pool, "name", name);
    mw_input_set(pool, "holds", holds);
    mw_demo_put(pool, "picks_per_day", a_day);
    mw_demo_put(pool, "capacity", capacity);
    mw_input_set(pool, "hidden", "phone,email");
    for (const Rule *rule = rules; rule->rule; rule++) {
        MwInput *line = mw_input_add_detail(
            pool, mw_catalog_entity(demo->context->catalog, "pool_rule"), 0, false);
        mw_input_set(line, "rule", rule->rule);
        mw_demo_put(line, "days", rule->days);
        mw_input_set(line, "class", rule->class);
        mw_input_set(line, "rating", rule->rating);
    }
    return mw_demo_save(demo->context, pool, id, error);
}

bool
mw_demo_make_pools(MwDemo *demo, GError **error)
{
    static const Rule leads[] = { { "idle", NULL, NULL, 15 },
                                  { "idle", NULL, "hot", 5 },
                                  { "undealt", NULL, NULL, 60 },
                                  { NULL } };
    static const Rule accounts[] = { { "idle", NULL, NULL, 90 },     { "idle", "A", NULL, 270 },
                                     { "idle", "B", NULL, 180 },     { "undealt", NULL, NULL, 180 },
                                     { "contract", NULL, NULL, 30 }, { NULL } };
    const MwDemoDealWords *w = demo->deal_words;

    demo->pools[0] = make_pool(demo, w->lead_pool, "lead", 5, 30, leads, error);
    demo->pools[1] =
        demo->pools[0] ? make_pool(demo, w->account_pool, "account", 3, 40, accounts, error) : 0;
    return demo->pools[1] != 0;
}

bool
mw_demo_pool(const MwContext *as, const MwEntity *entity, int64_t id, int64_t pool,
             const char *action, const char *reason, GError **error)
{
    g_autoptr(MwActor) system = mw_actor_system(mw_actor_catalog(as->actor));
    MwContext whole = *as;

    whole.actor = system;
    g_autoptr(MwRecord) record = mw_record_read(&whole, entity, id, MW_LIVE, error);
    return record && mw_pool_put(as, record, pool, action, reason, error);
}

static bool
keep_id(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, columns[0].integer);
    return true;
}

/* Who has never bought and is not talked to waits for somebody with time. */
bool
mw_demo_fill_pool(MwDemo *demo, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(demo->context->catalog, "account");
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    MwValue limit = MW_INT(POOLED);

    if (!mw_store_run(demo->context->store,
                      "SELECT id FROM account WHERE NOT EXISTS (SELECT 1 FROM sales_order o WHERE "
                      "o.account = account.id) AND NOT EXISTS (SELECT 1 FROM opportunity d WHERE "
                      "d.account = account.id) ORDER BY id LIMIT $1",
                      &limit, 1, keep_id, ids, error))
        return false;
    for (guint i = 0; i < ids->len; i++) {
        MwContext as = mw_demo_as(demo, MW_DEMO_MANAGER,
                                  mw_demo_at(demo, demo->today - 1 - (int64_t)(i * 3), 16));
        if (!mw_demo_pool(&as, entity, g_array_index(ids, int64_t, i), demo->pools[1], "returned",
                          demo->deal_words->pooled[i % 2], error))
            return false;
    }
    return true;
}
