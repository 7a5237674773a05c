#include "record/search.h"

#include "base/tokens.h"
#include "record/service.h"

/* Of every record, by the actor's roles. */
static bool
hides_always(const MwActor *actor, const MwEntity *entity)
{
    for (size_t i = 0; i < entity->n_fields; i++)
        if (entity->fields[i].flags & MW_SEARCHED &&
            !mw_actor_sees(actor, entity, &entity->fields[i]))
            return true;
    return false;
}

bool
mw_search_hides(const MwActor *actor, const MwEntity *entity)
{
    return hides_always(actor, entity) || mw_pools_hide(mw_actor_pools(actor), entity);
}

/* ---- looking again --------------------------------------------------------------------- */

/* Whether the words stand in the fields that the actor sees. */
static bool
is_found(const MwContext *context, MwRecord *record, const char *words)
{
    const MwEntity *entity = record->entity;
    g_autoptr(GString) tokens = g_string_new(NULL);

    mw_record_blank(context, record);
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (field->flags & MW_SEARCHED && record->values[i].is == MW_TEXT &&
            mw_actor_sees(context->actor, entity, field))
            mw_tokens_index(tokens, record->values[i].text,
                            field->flags & MW_NAMED ? MW_TOKENS_PINYIN : MW_TOKENS_PLAIN);
    }
    return mw_tokens_match(tokens->str, words);
}

/* Calls `keep` with the id of each record of `filter` that the actor may read and finds. */
static bool
look_again(const MwContext *context, const MwEntity *entity, const MwFilter *filter,
           const char *words, void (*keep)(int64_t id, void *data), void *data, GError **error)
{
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, entity, MW_MAY_READ);
    MwQuery query = {
        .entity = entity, .scope = scope, .filter = filter, .which = MW_LIVE_AND_DELETED
    };
    MwCursor cursor = { 0 };
    bool more = true;

    for (size_t i = 0; i < entity->n_fields; i++)
        if (entity->fields[i].flags & MW_SEARCHED)
            mw_query_want(&query, &entity->fields[i]);
    if (mw_pools_hide(mw_actor_pools(context->actor), entity))
        mw_query_want(&query, mw_entity_field(entity, "pool"));
    for (unsigned seen = 0; more && seen < MW_SEARCH_SCAN;) {
        query.after = cursor.id ? &cursor : NULL;
        g_autoptr(GPtrArray) page = mw_store_find(context->store, &query, &more, error);
        if (!page)
            return false;
        for (guint i = 0; i < page->len; i++) {
            cursor.id = mw_record_id(page->pdata[i]);
            if (is_found(context, page->pdata[i], words))
                keep(cursor.id, data);
        }
        seen += page->len;
    }
    return true;
}

/* ---- filters ---------------------------------------------------------------------------- */

static bool
is_hidden_search(const MwContext *context, const MwFilter *filter)
{
    return filter->is == MW_FILTER_SEARCH && filter->values->len > 0 &&
           mw_search_hides(context->actor, filter->entity);
}

static bool
has_hidden_search(const MwContext *context, const MwFilter *filter)
{
    bool found = is_hidden_search(context, filter);

    for (guint i = 0; !found && i < filter->children->len; i++)
        found = has_hidden_search(context, filter->children->pdata[i]);
    return found;
}

static void
keep_in_filter(int64_t id, void *data)
{
    mw_filter_value(data, MW_INT(id));
}

/* What may be found of what a search finds. What lies in no pool need not be looked at again when only pools hide. */
static MwFilter *
found_by(const MwContext *context, MwFilter *search, GError **error)
{
    const MwEntity *entity = search->entity;
    g_autoptr(MwFilter) all = mw_filter_all(), any = mw_filter_any();
    MwFilter *found = mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    const char *words = mw_filter_words(search);
    const MwField *pool =
        hides_always(context->actor, entity) ? NULL : mw_entity_field(entity, "pool");

    mw_filter_add(any, found);
    mw_filter_add(all, search);
    if (pool) {
        mw_filter_add(any, mw_filter_test(pool, MW_TEST_NULL, MW_NOTHING));
        mw_filter_add(all, mw_filter_test(pool, MW_TEST_NOT_NULL, MW_NOTHING));
    }
    if (!look_again(context, entity, all, words, keep_in_filter, found, error))
        return NULL;
    if (!pool)
        return g_steal_pointer(&any);
    MwFilter *both = mw_filter_all();
    mw_filter_add(both, mw_filter_copy(search));
    mw_filter_add(both, g_steal_pointer(&any));
    return both;
}

static bool
replace(const MwContext *context, MwFilter *filter, GError **error)
{
    for (guint i = 0; i < filter->children->len; i++) {
        MwFilter *child = filter->children->pdata[i];
        if (!is_hidden_search(context, child)) {
            if (!replace(context, child, error))
                return false;
            continue;
        }
        MwFilter *found = found_by(context, child, error); /* takes the child */
        filter->children->pdata[i] = found ? found : mw_filter_all();
        if (!found)
            return false;
    }
    return true;
}

bool
mw_search_narrow(const MwContext *context, const MwFilter *filter, MwFilter **narrowed,
                 GError **error)
{
    *narrowed = NULL;
    if (!filter || !has_hidden_search(context, filter))
        return true;
    g_autoptr(MwFilter) all = mw_filter_all();
    mw_filter_add(all, mw_filter_copy(filter));
    if (!replace(context, all, error))
        return false;
    *narrowed = g_steal_pointer(&all);
    return true;
}

/* ---- hits of all entities ------------------------------------------------------------------- */

static void
keep_in_set(int64_t id, void *data)
{
    int64_t *key = g_new(int64_t, 1);

    *key = id;
    g_hash_table_add(data, key);
}

/* Of the hits of one entity those that may be found, into `kept`. */
static bool
look_at_hits(const MwContext *context, const MwEntity *entity, const GPtrArray *hits,
             const char *words, GHashTable *kept, GError **error)
{
    g_autoptr(MwFilter) ids = mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);

    for (guint i = 0; i < hits->len; i++) {
        const MwHit *hit = hits->pdata[i];
        if (g_str_equal(hit->entity, entity->name))
            mw_filter_value(ids, MW_INT(hit->record));
    }
    return ids->values->len == 0 ||
           look_again(context, entity, ids, words, keep_in_set, kept, error);
}

GPtrArray *
mw_record_hits(const MwContext *context, const char *words, const char *entity, unsigned limit,
               GError **error)
{
    g_autoptr(GPtrArray) hits = mw_search_find(context->store, words, entity, limit, error);
    g_autoptr(GHashTable) kept = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);

    for (size_t i = 0; hits && i < n; i++)
        if (mw_search_hides(context->actor, entities[i]) &&
            !look_at_hits(context, entities[i], hits, words, kept, error))
            return NULL;
    for (guint i = hits ? hits->len : 0; i-- > 0;) {
        const MwHit *hit = hits->pdata[i];
        const MwEntity *its = mw_catalog_entity(context->catalog, hit->entity);
        if (its && mw_search_hides(context->actor, its) &&
            !g_hash_table_contains(kept, &hit->record))
            g_ptr_array_remove_index(hits, i);
    }
    return g_steal_pointer(&hits);
}
