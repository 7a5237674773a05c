#include "record/open_pool.h"

#include "model/catalog.h"

struct MwPools {
    GArray *pools; /* of MwOpenPool */
    bool leads;    /* sees everything */
    size_t n_entities;
    uint64_t (*hidable)[2]; /* by entity index */
};

static void
add_bit(uint64_t bits[2], const MwField *field)
{
    bits[field->index / 64] |= UINT64_C(1) << (field->index % 64);
}

static bool
has_bit(const uint64_t bits[2], const MwField *field)
{
    return bits[field->index / 64] >> (field->index % 64) & 1;
}

void
mw_pool_bits(const MwEntity *entity, const char *hidden, uint64_t bits[2])
{
    g_auto(GStrv) names = g_strsplit(hidden ? hidden : "", ",", -1);

    bits[0] = bits[1] = 0;
    for (char **name = names; *name; name++) {
        const MwField *field = mw_entity_field(entity, *name);
        if (field && g_strcmp0(entity->title, *name) != 0)
            add_bit(bits, field);
    }
}

/* ---- loading ---------------------------------------------------------- */

typedef struct {
    const MwCatalog *catalog;
    MwPools *pools;
    const GArray *teams_below;
    bool all;
} Loading;

static void
pool_clear(gpointer data)
{
    g_free(((MwOpenPool *)data)->name);
}

static bool
is_among(const GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return true;
    return false;
}

/* id, holds, hidden, team, whether the reader is of it, name, active, reach */
static bool
keep_pool(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Loading *loading = data;
    MwPools *pools = loading->pools;
    MwOpenPool pool = { .id = c[0].integer, .team = c[3].is == MW_INTEGER ? c[3].integer : 0 };

    pool.entity = mw_catalog_entity(loading->catalog, c[1].text);
    if (!pool.entity)
        return true;
    pool.usable = loading->all || c[4].integer != 0 ||
                  (pools->leads && is_among(loading->teams_below, pool.team));
    pool.name = g_strdup(c[5].is == MW_TEXT ? c[5].text : "");
    pool.active = c[6].integer != 0;
    pool.team_reach = g_strcmp0(c[7].text, "team") == 0;
    if (!pools->leads)
        mw_pool_bits(pool.entity, c[2].is == MW_TEXT ? c[2].text : NULL, pool.hidden);
    g_array_append_val(pools->pools, pool);
    return true;
}

static void
note_hidable(MwPools *pools, const MwCatalog *catalog, const MwEntity *pool)
{
    const MwField *hidden = mw_entity_field(pool, "hidden");
    const MwEntity *const *entities = mw_catalog_entities(catalog, &pools->n_entities);

    pools->hidable = g_malloc0_n(pools->n_entities, sizeof *pools->hidable);
    for (size_t i = 0; i < pools->n_entities; i++)
        for (const MwChoice *choice = hidden->choices; choice->key; choice++) {
            const MwField *field = mw_entity_field(entities[i], choice->key);
            if (field && mw_entity_field(entities[i], "taken_from"))
                add_bit(pools->hidable[i], field);
        }
}

MwPools *
mw_pools_load(MwStore *store, const MwCatalog *catalog, int64_t team, const GArray *teams_below,
              bool leads, bool all, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(catalog, "pool");
    MwPools *pools = g_new0(MwPools, 1);
    MwValue param = MW_INT(team);
    Loading loading = { catalog, pools, teams_below, all };

    pools->pools = g_array_new(false, true, sizeof(MwOpenPool));
    g_array_set_clear_func(pools->pools, pool_clear);
    pools->leads = leads;
    if (!entity)
        return pools;
    note_hidable(pools, catalog, entity);
    g_autofree char *sql = g_strdup_printf(
        "WITH RECURSIVE up (id, parent, depth) AS (SELECT id, parent, 1 FROM team WHERE id = $1 "
        "UNION ALL SELECT t.id, t.parent, up.depth + 1 FROM team t JOIN up ON t.id = up.parent "
        "WHERE up.depth < 30) SELECT p.id, p.holds, p.hidden, p.team, CASE WHEN p.team IS NULL OR "
        "p.team IN (SELECT id FROM up) THEN 1 ELSE 0 END, p.name, p.active, p.reach FROM pool p "
        "WHERE p.deleted_at IS NULL "
        "ORDER BY p.name, p.id LIMIT %d",
        MW_POOLS_MAX);
    if (mw_store_run(store, sql, &param, 1, keep_pool, &loading, error))
        return pools;
    mw_pools_free(pools);
    return NULL;
}

void
mw_pools_free(MwPools *pools)
{
    if (!pools)
        return;
    g_array_unref(pools->pools);
    g_free(pools->hidable);
    g_free(pools);
}

/* ---- asking ------------------------------------------------------------ */

size_t
mw_pools_count(const MwPools *pools)
{
    return pools ? pools->pools->len : 0;
}

const MwOpenPool *
mw_pools_at(const MwPools *pools, size_t i)
{
    return &g_array_index(pools->pools, MwOpenPool, i);
}

const MwOpenPool *
mw_pools_find(const MwPools *pools, int64_t id)
{
    for (size_t i = 0; i < mw_pools_count(pools); i++)
        if (mw_pools_at(pools, i)->id == id)
            return mw_pools_at(pools, i);
    return NULL;
}

static const uint64_t *
hidable_of(const MwPools *pools, const MwEntity *entity)
{
    bool known = pools && pools->hidable && (size_t)entity->index < pools->n_entities;

    return known ? pools->hidable[entity->index] : NULL;
}

static bool
any(const uint64_t bits[2])
{
    return bits && (bits[0] || bits[1]);
}

bool
mw_pools_hide(const MwPools *pools, const MwEntity *entity)
{
    return pools && !pools->leads && any(hidable_of(pools, entity));
}

const uint64_t *
mw_pools_hidden(const MwPools *pools, const MwRecord *record)
{
    const MwField *field =
        mw_pools_hide(pools, record->entity) ? mw_entity_field(record->entity, "pool") : NULL;
    const MwValue *value = field ? mw_record_value(record, field) : NULL;

    if (!value || value->is != MW_INTEGER)
        return NULL;
    const MwOpenPool *pool = mw_pools_find(pools, value->integer);
    const uint64_t *bits = pool ? pool->hidden : hidable_of(pools, record->entity);
    return any(bits) ? bits : NULL;
}

MwFilter *
mw_pools_shown(const MwPools *pools, const MwEntity *entity, const MwField *field)
{
    const uint64_t *hidable = mw_pools_hide(pools, entity) ? hidable_of(pools, entity) : NULL;
    const MwField *pool = mw_entity_field(entity, "pool");

    if (!hidable || !has_bit(hidable, field))
        return NULL;
    MwFilter *any_of = mw_filter_any();
    MwFilter *shown = mw_filter_test(pool, MW_TEST_IN, MW_NOTHING);
    for (size_t i = 0; i < mw_pools_count(pools); i++) {
        const MwOpenPool *other = mw_pools_at(pools, i);
        if (other->entity == entity && !has_bit(other->hidden, field))
            mw_filter_value(shown, MW_INT(other->id));
    }
    mw_filter_add(any_of, mw_filter_test(pool, MW_TEST_NULL, MW_NOTHING));
    mw_filter_add(any_of, shown);
    return any_of;
}

MwFilter *
mw_pools_usable(const MwPools *pools, const MwEntity *entity)
{
    MwFilter *in = NULL;

    for (size_t i = 0; i < mw_pools_count(pools); i++) {
        const MwOpenPool *pool = mw_pools_at(pools, i);
        if (pool->entity != entity || !pool->usable)
            continue;
        if (!in)
            in = mw_filter_test(mw_entity_field(entity, "pool"), MW_TEST_IN, MW_INT(pool->id));
        else
            mw_filter_value(in, MW_INT(pool->id));
    }
    return in;
}
