#include "record/refill.h"

#include "base/error.h"
#include "base/name.h"
#include "model/kinds/kinds.h"
#include "store/query.h"

enum { BATCH = 500, NAMES = 5000 };

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

/* ---- the order of names ---------------------------------------------------------------- */

typedef struct {
    const MwEntity *entity;
    int64_t last;
    GArray *ids;      /* of int64_t */
    GPtrArray *names; /* owned */
} Naming;

static bool
keep_name(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Naming *naming = data;

    g_array_append_val(naming->ids, columns[0].integer);
    g_ptr_array_add(naming->names, g_strdup(columns[1].text));
    return true;
}

static bool
name_step(MwStore *store, void *data, GError **error)
{
    Naming *naming = data;
    const char *table = naming->entity->name, *title = naming->entity->title;
    g_autofree char *select =
        g_strdup_printf("SELECT id, \"%s\" FROM \"%s\" WHERE id > $1 AND name_order IS NULL AND "
                        "\"%s\" IS NOT NULL ORDER BY id LIMIT %d",
                        title, table, title, NAMES);
    g_autofree char *change =
        g_strdup_printf("UPDATE \"%s\" SET name_order = $1 WHERE id = $2", table);
    MwValue from = MW_INT(naming->last);

    g_array_set_size(naming->ids, 0);
    g_ptr_array_set_size(naming->names, 0);
    if (!mw_store_run(store, select, &from, 1, keep_name, naming, error))
        return false;
    for (guint i = 0; i < naming->names->len; i++) {
        g_autofree char *order = mw_name_order(naming->names->pdata[i]);
        MwValue params[] = { MW_BORROW(order), MW_INT(g_array_index(naming->ids, int64_t, i)) };
        if (!mw_store_run(store, change, params, G_N_ELEMENTS(params), NULL, NULL, error))
            return false;
    }
    if (naming->ids->len > 0)
        naming->last = g_array_index(naming->ids, int64_t, naming->ids->len - 1);
    return true;
}

static bool
refill_names(MwStore *store, const MwEntity *entity, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Naming naming = { entity, 0, ids, names };

    do
        if (!mw_store_atomically(store, name_step, &naming, error))
            return false;
    while (ids->len == NAMES);
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

/* Who takes part in what is still to be done. */
static bool
fill_parts(MwStore *store, void *data G_GNUC_UNUSED, GError **error)
{
    return mw_store_run(store,
                        "UPDATE activity_user SET open_at = at WHERE open_at IS NULL AND at IS NOT "
                        "NULL AND activity IN (SELECT id FROM activity WHERE done = 0)",
                        NULL, 0, NULL, NULL, error);
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
        if (mw_entity_field(entities[i], "open_at") &&
            !mw_store_atomically(store, fill_parts, NULL, error))
            return false;
        if (entities[i]->name_order && !refill_names(store, entities[i], error))
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
