/* service: reading, removing, restoring; writing is in write.c. */
#include "record/service.h"

#include "base/i18n.h"
#include "record/derivation.h"
#include "record/history.h"
#include "record/search.h"
#include "record/write.h"

void
mw_record_blank(const MwContext *context, MwRecord *record)
{
    const uint64_t *hidden = mw_pools_hidden(mw_actor_pools(context->actor), record);

    for (size_t i = 0; hidden && i < record->entity->n_fields; i++)
        if (hidden[i / 64] >> (i % 64) & 1)
            mw_record_load(record, &record->entity->fields[i], MW_NOTHING);
}

MwRecord *
mw_record_read(const MwContext *context, const MwEntity *entity, int64_t id, MwWhich which,
               GError **error)
{
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, entity, MW_MAY_READ);
    MwQuery query = { .entity = entity, .scope = scope, .which = which };

    MwRecord *record = mw_store_get(context->store, &query, id, error);
    if (record)
        mw_record_blank(context, record);
    return record;
}

bool
mw_record_changeable(const MwContext *context, const MwEntity *entity, int64_t id, GError **error)
{
    g_autoptr(MwInput) nothing = mw_input_new(entity);
    g_autoptr(MwProblems) ignored = mw_problems_new();
    g_autoptr(MwRecord) record = mw_record_check(context, nothing, id, ignored, error);

    return record != NULL;
}

GPtrArray *
mw_record_find(const MwContext *context, MwQuery *query, MwRight right, bool *more, GError **error)
{
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, query->entity, right);
    bool hides = mw_pools_hide(mw_actor_pools(context->actor), query->entity);
    g_autoptr(MwFilter) narrowed = NULL;

    if (!mw_search_narrow(context, query->filter, &narrowed, error))
        return NULL;
    MwQuery asked = *query;
    asked.scope = scope;
    asked.filter = narrowed ? narrowed : query->filter;
    if (hides && (asked.columns[0] || asked.columns[1]))
        mw_query_want(&asked, mw_entity_field(asked.entity, "pool"));
    GPtrArray *records = mw_store_find(context->store, &asked, more, error);
    for (guint i = 0; hides && records && i < records->len; i++)
        mw_record_blank(context, records->pdata[i]);
    return records;
}

int64_t
mw_record_count(const MwContext *context, MwQuery *query, GError **error)
{
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, query->entity, MW_MAY_READ);

    MwQuery asked = *query;
    g_autoptr(MwFilter) narrowed = NULL;

    if (!mw_search_narrow(context, query->filter, &narrowed, error))
        return -1;
    asked.scope = scope;
    asked.filter = narrowed ? narrowed : query->filter;
    return mw_store_count(context->store, &asked, error);
}

bool
mw_record_sums(const MwContext *context, const MwQuery *query, const MwField *const *fields,
               size_t n, int64_t *sums, GError **error)
{
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, query->entity, MW_MAY_READ);
    MwQuery asked = *query;
    g_autoptr(MwFilter) narrowed = NULL;

    if (!mw_search_narrow(context, query->filter, &narrowed, error))
        return false;
    asked.scope = scope;
    asked.filter = narrowed ? narrowed : query->filter;
    return mw_store_sums(context->store, &asked, fields, n, sums, error);
}

GPtrArray *
mw_record_details(const MwContext *context, const MwEntity *detail, int64_t master, GError **error)
{
    const MwField *link = mw_entity_field(detail, detail->master);
    g_autoptr(MwFilter) of_master = mw_filter_test(link, MW_TEST_EQ, MW_INT(master));
    g_autoptr(MwFilter) scope =
        detail->seen_with ? mw_actor_filter(context->actor, context->catalog, detail, MW_MAY_READ)
                          : NULL;
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    MwQuery query = { .entity = detail, .filter = of_master, .scope = scope };
    MwCursor cursor = { 0 };
    bool more = true;

    /* By id, which is the order of entry; sorted below. */
    while (more && all->len < MW_DETAILS_MAX) {
        query.after = cursor.id ? &cursor : NULL;
        g_autoptr(GPtrArray) page = mw_store_find(context->store, &query, &more, error);
        if (!page)
            return NULL;
        if (page->len > 0)
            cursor.id = mw_record_id(page->pdata[page->len - 1]);
        g_ptr_array_extend_and_steal(all, g_steal_pointer(&page));
    }
    mw_details_sort(detail, all);
    return g_steal_pointer(&all);
}

typedef struct {
    const MwField *title;
    const MwLocale *locale;
    GHashTable *titles;
} Titles;

static bool
keep_title(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Titles *titles = data;
    GString *text = g_string_new(NULL);

    mw_field_show(titles->title, titles->locale, &columns[1], text);
    g_hash_table_insert(titles->titles, g_memdup2(&columns[0].integer, sizeof(int64_t)),
                        g_string_free(text, false));
    return true;
}

GHashTable *
mw_record_titles(const MwContext *context, const MwEntity *entity, const GArray *ids,
                 GError **error)
{
    g_autoptr(GHashTable) titles =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    const MwField *title = mw_entity_field(entity, entity->title ? entity->title : "id");
    Titles keep = { title, &context->locale, titles };
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autofree MwValue *values = g_new(MwValue, ids->len + 1);
    g_autoptr(GString) sql = g_string_new("SELECT id, ");

    if (ids->len == 0)
        return g_steal_pointer(&titles);
    mw_sql_name(sql, title->name);
    g_string_append(sql, " FROM ");
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " WHERE id IN ");
    for (guint i = 0; i < ids->len; i++)
        values[i] = MW_INT(g_array_index(ids, int64_t, i));
    mw_sql_list(sql, params, values, ids->len);
    if (!mw_store_run(context->store, sql->str, (MwValue *)params->data, params->len, keep_title,
                      &keep, error))
        return NULL;
    return g_steal_pointer(&titles);
}

bool
mw_write_notice(const MwContext *context, const MwEntity *entity, GError **error)
{
    static const char *const snapshots[] = { "user",         "user_role",  "role",
                                             "role_right",   "role_field", "team",
                                             "custom_field", "pool",       NULL };

    mw_company_changed(context->company, context->store, entity);
    if (!g_strv_contains(snapshots, entity->name))
        return true;
    mw_company_touch(context->company);
    return mw_company_stale(context->store, error) &&
           (!g_str_equal(entity->name, "custom_field") ||
            mw_company_check_fields(context->company, context->store, error));
}

/* ---- removing and restoring --------------------------------------------- */

static bool
mark_details(const MwContext *context, const MwEntity *master, int64_t id, MwValue before,
             MwValue after, GError **error)
{
    for (size_t i = 0; master->details[i]; i++) {
        const MwEntity *detail = master->details[i];
        g_autoptr(GString) sql = g_string_new("UPDATE ");
        g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

        mw_sql_name(sql, detail->name);
        g_string_append(sql, " SET deleted_at = ");
        mw_sql_param(sql, params, after);
        g_string_append(sql, " WHERE ");
        mw_sql_name(sql, detail->master);
        g_string_append(sql, " = ");
        mw_sql_param(sql, params, MW_INT(id));
        if (before.is == MW_NULL) {
            g_string_append(sql, " AND deleted_at IS NULL");
        } else {
            g_string_append(sql, " AND deleted_at = ");
            mw_sql_param(sql, params, before);
        }
        if (!mw_store_run(context->store, sql->str, (MwValue *)params->data, params->len, NULL,
                          NULL, error))
            return false;
        mw_company_changed(context->company, context->store, detail);
    }
    return true;
}

/* Sets deleted_at of a record and of its lines. */
static bool
mark(const MwContext *context, MwRecord *record, MwValue at, const char *action, GError **error)
{
    const MwEntity *entity = record->entity;
    const MwField *deleted = &entity->fields[MW_FIELD_DELETED];
    MwValue before = *mw_record_value(record, deleted);
    g_autoptr(MwRecord) was = mw_record_copy(record);

    if (!mark_details(context, entity, mw_record_id(record), before, at, error))
        return false;
    mw_record_put(record, deleted, at);
    return mw_store_update(context->store, record, mw_record_version(record), error) &&
           mw_history_add(context, entity->name, mw_record_id(record), action, "{}", error) &&
           mw_write_index(context, record, error) && mw_derive_after(context, record, was, error) &&
           mw_write_notice(context, entity, error);
}

bool
mw_record_remove(const MwContext *context, const MwEntity *entity, int64_t id, int64_t version,
                 GError **error)
{
    g_autoptr(MwRecord) record =
        mw_write_allowed(context, entity, error)
            ? mw_write_load(context, entity, id, MW_MAY_REMOVE, MW_LIVE, error)
            : NULL;

    if (!record)
        return false;
    if (version && version != mw_record_version(record))
        return mw_fail(error, MW_ERROR_CONFLICT,
                       _("Somebody else has changed this %s since you opened it."),
                       mw_entity_label_inside(entity));
    return mark(context, record, MW_INT(context->now), "remove", error);
}

bool
mw_record_restore(const MwContext *context, const MwEntity *entity, int64_t id, GError **error)
{
    g_autoptr(MwRecord) record =
        mw_write_allowed(context, entity, error)
            ? mw_write_load(context, entity, id, MW_MAY_REMOVE, MW_DELETED, error)
            : NULL;
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!record || !mw_write_check_unique(context, record, problems, error))
        return false;
    if (mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_CONFLICT, "%s", text);
    }
    return mark(context, record, MW_NOTHING, "restore", error);
}

/* What the history tells of a record's computed fields, read again as they were. */
static bool
derived_changes(const MwContext *context, const MwRecord *record, char **changes, GError **error)
{
    MwQuery query = { .entity = record->entity, .which = MW_LIVE_AND_DELETED };
    g_autofree char *any = mw_history_changes(context, record, NULL);

    *changes = NULL;
    if (!any || record->entity->flags & MW_NO_HISTORY)
        return true;
    memcpy(query.columns, record->changed, sizeof query.columns);
    g_autoptr(MwRecord) before = mw_store_get(context->store, &query, mw_record_id(record), error);
    if (before)
        *changes = mw_history_changes(context, record, before);
    return before != NULL;
}

bool
mw_record_derive(const MwContext *context, MwRecord *record, GError **error)
{
    const MwEntity *entity = record->entity;
    g_autofree char *changes = NULL;

    if (!record->changed[0] && !record->changed[1])
        return true;
    if (!derived_changes(context, record, &changes, error) ||
        !mw_store_patch(context->store, record, error) ||
        (changes &&
         !mw_history_add(context, entity->name, mw_record_id(record), "derive", changes, error)))
        return false;
    mw_record_settle(record);
    return mw_write_notice(context, entity, error);
}

bool
mw_record_amend(const MwContext *context, MwRecord *record, const MwRecord *before, GError **error)
{
    const MwEntity *entity = record->entity;
    g_autofree char *changes = mw_history_changes(context, record, before);
    int64_t user = mw_actor_user(context->actor);

    mw_record_set_int(record, "updated_at", context->now);
    if (user)
        mw_record_set_int(record, "updated_by", user);
    else
        mw_record_set_null(record, "updated_by");
    if (!mw_store_update(context->store, record, mw_record_version(before), error) ||
        (changes &&
         !mw_history_add(context, entity->name, mw_record_id(record), "update", changes, error)) ||
        !mw_write_index(context, record, error))
        return false;
    mw_record_settle(record);
    return mw_write_notice(context, entity, error);
}
