#include "web/visits.h"

static void
found_free(gpointer data)
{
    MwFound *found = data;

    g_free(found->title);
    g_free(found);
}

/* The records of one entity among those wanted, under the right to read. */
static GPtrArray *
read_entity(const MwContext *context, const MwEntity *entity, const GArray *wanted, GError **error)
{
    g_autoptr(MwFilter) filter =
        mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    MwQuery query = { .entity = entity, .filter = filter };
    const MwField *number = mw_entity_field(entity, "number");

    for (guint i = 0; i < wanted->len; i++) {
        const MwWanted *one = &g_array_index(wanted, MwWanted, i);
        if (one->entity == entity)
            mw_filter_value(filter, MW_INT(one->id));
    }
    mw_query_want(&query, &entity->fields[MW_FIELD_ID]);
    if (entity->title)
        mw_query_want(&query, mw_entity_field(entity, entity->title));
    if (number)
        mw_query_want(&query, number);
    return mw_record_find(context, &query, MW_MAY_READ, NULL, error);
}

static bool
add_titles(GHashTable *titles, const MwContext *context, const MwEntity *entity,
           const GArray *wanted, GError **error)
{
    g_autoptr(GPtrArray) records = read_entity(context, entity, wanted, error);

    for (guint i = 0; records && i < records->len; i++) {
        GString *title = g_string_new(NULL);
        int64_t id = mw_record_id(records->pdata[i]);
        mw_record_title(records->pdata[i], title);
        g_hash_table_insert(titles, g_memdup2(&id, sizeof id), g_string_free(title, false));
    }
    return records != NULL;
}

GPtrArray *
mw_found_read(const MwContext *context, const GArray *wanted, GError **error)
{
    g_autoptr(GHashTable) titles =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_autoptr(GHashTable) read = g_hash_table_new(NULL, NULL);
    GPtrArray *found;

    for (guint i = 0; i < wanted->len; i++) {
        const MwEntity *entity = g_array_index(wanted, MwWanted, i).entity;
        if (mw_entity_opens(context, entity) && g_hash_table_add(read, (gpointer)entity) &&
            !add_titles(titles, context, entity, wanted, error))
            return NULL;
    }
    found = g_ptr_array_new_with_free_func(found_free);
    for (guint i = 0; i < wanted->len; i++) {
        const MwWanted *one = &g_array_index(wanted, MwWanted, i);
        const char *title = g_hash_table_lookup(titles, &one->id);
        if (!title)
            continue;
        MwFound *item = g_new0(MwFound, 1);
        *item = (MwFound){ one->entity, one->id, one->at, g_strdup(title) };
        g_ptr_array_add(found, item);
    }
    return found;
}

typedef struct {
    const MwCatalog *catalog;
    GArray *wanted;
} Reading;

static bool
keep_visit(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reading *reading = data;
    MwWanted one = { mw_catalog_entity(reading->catalog, columns[0].text), columns[1].integer,
                     columns[2].integer };

    if (one.entity)
        g_array_append_val(reading->wanted, one);
    return true;
}

GArray *
mw_wanted_read(const MwContext *context, const char *sql, unsigned limit, GError **error)
{
    g_autoptr(GArray) wanted = g_array_new(false, false, sizeof(MwWanted));
    Reading reading = { context->catalog, wanted };
    MwValue params[] = { MW_INT(mw_actor_user(context->actor)), MW_INT(limit) };

    if (!mw_store_run(context->store, sql, params, 2, keep_visit, &reading, error))
        return NULL;
    return g_steal_pointer(&wanted);
}

GPtrArray *
mw_visits_find(const MwContext *context, unsigned limit, GError **error)
{
    g_autoptr(GArray) wanted = mw_wanted_read(
        context,
        "SELECT entity, record, at FROM visit WHERE user_id = $1 AND at > 0 ORDER BY at DESC "
        "LIMIT $2",
        limit, error);

    return wanted ? mw_found_read(context, wanted, error) : NULL;
}

void
mw_found_put_one(MwNode *node, const MwFound *found)
{
    mw_put_format(node, "href", "/%s/%" G_GINT64_FORMAT, found->entity->path, found->id);
    mw_put_copy(node, "text", found->title);
    mw_put_text(node, "note", mw_entity_label(found->entity));
    mw_put_text(node, "icon", found->entity->icon);
}

void
mw_found_put(MwNode *node, const char *key, const GPtrArray *found)
{
    MwNode *list = mw_put_list(node, key);

    for (guint i = 0; i < found->len; i++)
        mw_found_put_one(mw_put_object(list, NULL), found->pdata[i]);
}
