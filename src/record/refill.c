#include "record/refill.h"

#include "base/error.h"
#include "model/kinds/kinds.h"
#include "store/query.h"

enum { BATCH = 500 };

typedef struct {
    const MwEntity *entity;
    const MwField *lacking; /* the key that tells of the others */
    int64_t last;
    guint n;
} Walk;

/* Keeps what the hook has made of the keys; whatever else it says is for the next who changes the record. */
static bool
refill(MwStore *store, const MwEntity *entity, MwRecord *record, GError **error)
{
    g_autoptr(MwRecord) made = mw_record_copy(record);
    g_autoptr(MwRecord) before = mw_record_copy(record);
    g_autoptr(MwProblems) ignored = mw_problems_new();
    bool any = false;

    entity->hooks.check(made, before, NULL, ignored);
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        MwValue value = MW_NOTHING;
        if (field->kind != &mw_hidden || !(field->flags & MW_SECRET) ||
            !mw_record_changed(made, field))
            continue;
        mw_value_copy(&value, mw_record_value(made, field));
        mw_record_put(record, field, value);
        any = true;
    }
    return !any || mw_store_patch(store, record, error);
}

static bool
step(MwStore *store, void *data, GError **error)
{
    Walk *walk = data;
    g_autoptr(MwFilter) filter = mw_filter_test(walk->lacking, MW_TEST_NULL, MW_NOTHING);
    MwCursor cursor = { .id = walk->last };
    MwQuery query = { .entity = walk->entity,
                      .filter = filter,
                      .limit = BATCH,
                      .which = MW_LIVE_AND_DELETED,
                      .after = walk->last ? &cursor : NULL };
    g_autoptr(GPtrArray) records = mw_store_find(store, &query, NULL, error);

    walk->n = 0;
    if (!records)
        return false;
    for (guint i = 0; i < records->len; i++) {
        if (!refill(store, walk->entity, records->pdata[i], error))
            return false;
        walk->last = mw_record_id(records->pdata[i]);
    }
    walk->n = records->len;
    return true;
}

static bool
fill_activity(MwStore *store, void *data, GError **error)
{
    const MwEntity *entity = data;
    g_autofree char *sql = g_strdup_printf("UPDATE \"%s\" SET last_activity_at = created_at WHERE "
                                           "last_activity_at IS NULL",
                                           entity->name);

    return mw_store_run(store, sql, NULL, 0, NULL, NULL, error);
}

bool
mw_refill(MwStore *store, const MwCatalog *catalog, GError **error)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(catalog, &n);

    for (size_t i = 0; i < n; i++) {
        Walk walk = { .entity = entities[i] };
        const char *const keys[] = { "pinyin_key", "phone_key" };
        for (size_t k = 0; k < G_N_ELEMENTS(keys) && !walk.lacking; k++)
            walk.lacking = mw_entity_field(entities[i], keys[k]);
        if (mw_entity_field(entities[i], "last_activity_at") &&
            !mw_store_atomically(store, fill_activity, (void *)entities[i], error))
            return false;
        if (!walk.lacking || !entities[i]->hooks.check)
            continue;
        do
            if (!mw_store_atomically(store, step, &walk, error))
                return false;
        while (walk.n == BATCH);
    }
    return true;
}
