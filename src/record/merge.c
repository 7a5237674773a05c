#include "record/merge.h"

#include "base/i18n.h"
#include "record/history.h"
#include "record/write.h"

enum { CHAIN_MAX = 100, PAGE = 200 };

/* ---- which links there are ------------------------------------------------------------------ */

/* A link by a field of its own kind, or (files) by the name of the entity and the id as text. */
typedef struct {
    const MwEntity *entity;
    const MwField *field;
    bool named; /* "entity" says of what */
} Link;

static bool
is_detail(const MwEntity *entity, const MwEntity *other)
{
    for (size_t i = 0; entity->details[i]; i++)
        if (entity->details[i] == other)
            return true;
    return false;
}

/* Lines of the merged records themselves come last: what is counted from the others may make some of them. */
static GArray *
links_to(const MwContext *context, const MwEntity *entity)
{
    GArray *links = g_array_new(false, false, sizeof(Link));
    size_t n;
    const MwLinkFrom *from = mw_catalog_links_to(context->catalog, entity, &n);

    for (int own = 0; own < 2; own++) {
        for (size_t i = 0; i < n; i++) {
            Link link = { from[i].entity, from[i].field, false };
            if (is_detail(entity, from[i].entity) == (own == 1))
                g_array_append_val(links, link);
        }
    }
    const MwEntity *const *all = mw_catalog_entities(context->catalog, &n);
    for (size_t i = 0; i < n; i++) {
        Link link = { all[i], mw_entity_field(all[i], "record"), true };
        if (link.field && !link.field->target && mw_entity_field(all[i], "entity"))
            g_array_append_val(links, link);
    }
    return links;
}

static void
add_id(MwFilter *filter, int64_t id)
{
    char text[24];

    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, id);
    mw_filter_value(filter, filter->field->kind->storage == MW_TEXT ? MW_BORROW(text) : MW_INT(id));
}

static bool
has_id(const GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return true;
    return false;
}

/* Those that point at one of the others; the merged records themselves are seen to apart. */
static MwFilter *
pointing(const Link *link, const MwEntity *entity, const GArray *ids, int64_t survivor)
{
    MwFilter *all = mw_filter_all();
    MwFilter *others = mw_filter_test(link->field, MW_TEST_IN, MW_NOTHING);

    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) != survivor)
            add_id(others, g_array_index(ids, int64_t, i));
    mw_filter_add(all, others);
    if (link->named)
        mw_filter_add(all, mw_filter_test(mw_entity_field(link->entity, "entity"), MW_TEST_EQ,
                                          MW_BORROW(entity->name)));
    if (link->entity == entity) {
        MwFilter *merged = mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
        for (guint i = 0; i < ids->len; i++)
            add_id(merged, g_array_index(ids, int64_t, i));
        mw_filter_add(all, mw_filter_not(merged));
    }
    return all;
}

GArray *
mw_merge_links(const MwContext *context, const MwEntity *entity, const GArray *ids,
               int64_t survivor, GError **error)
{
    g_autoptr(GArray) links = links_to(context, entity);
    g_autoptr(GArray) counts = g_array_new(false, false, sizeof(MwMergeLinks));

    for (guint i = 0; i < links->len; i++) {
        const Link *link = &g_array_index(links, Link, i);
        g_autoptr(MwFilter) filter = pointing(link, entity, ids, survivor);
        MwQuery query = { .entity = link->entity, .filter = filter, .which = MW_LIVE_AND_DELETED };
        MwMergeLinks count = { link->entity, link->field,
                               mw_store_count(context->store, &query, error) };
        if (count.count < 0)
            return NULL;
        if (count.count > 0)
            g_array_append_val(counts, count);
    }
    return g_steal_pointer(&counts);
}

/* ---- the records --------------------------------------------------------------------------------- */

GPtrArray *
mw_merge_read(const MwContext *context, const MwEntity *entity, const GArray *ids, int64_t survivor,
              GError **error)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);

    if (!entity->twins)
        return mw_fail_null(error, MW_ERROR_INVALID, _("%s cannot be merged."),
                            mw_entity_plural(entity));
    if (ids->len < 2 || ids->len > MW_MERGE_MAX)
        return mw_fail_null(error, MW_ERROR_INVALID, _("Choose 2 to %d records to merge."),
                            MW_MERGE_MAX);
    if (!mw_write_allowed(context, entity, error))
        return NULL;
    for (guint i = 0; i < ids->len; i++) {
        int64_t id = g_array_index(ids, int64_t, i);
        MwRecord *record = mw_write_load(context, entity, id, MW_MAY_UPDATE, MW_LIVE, error);
        if (!record)
            return NULL;
        g_ptr_array_add(records, record);
        if (id != survivor && !mw_actor_reaches(context->actor, record, MW_MAY_REMOVE))
            return mw_fail_null(error, MW_ERROR_DENIED,
                                _("You may not delete all of these, so you may not merge them."));
    }
    return g_steal_pointer(&records);
}

bool
mw_merge_chooses(const MwContext *context, const MwEntity *entity, const MwField *field)
{
    bool mine = g_str_equal(field->name, "owner") || g_str_equal(field->name, "team");

    return mw_actor_sees(context->actor, entity, field) &&
           mw_actor_edits(context->actor, entity, field) &&
           !(field->flags & (MW_READ_ONLY | MW_SECRET | MW_RETIRED)) &&
           (!(field->flags & MW_SYSTEM) || mine);
}

const MwRecord *
mw_merge_default(const GPtrArray *records, const MwField *field, int64_t survivor)
{
    const MwRecord *best = NULL, *stays = NULL;

    for (guint i = 0; i < records->len; i++) {
        const MwRecord *record = records->pdata[i];
        if (mw_record_id(record) == survivor)
            stays = record;
        if (mw_record_value(record, field)->is == MW_NULL)
            continue;
        if (!best || mw_record_int(record, "updated_at") > mw_record_int(best, "updated_at"))
            best = record;
    }
    /* An amount goes with its currency. */
    const MwField *currency =
        stays && field->currency ? mw_entity_field(stays->entity, field->currency) : NULL;
    if (best && currency &&
        !mw_value_equal(mw_record_value(best, currency), mw_record_value(stays, currency)))
        best = NULL;
    return stays && (!best || mw_record_value(stays, field)->is != MW_NULL) ? stays : best;
}

static int64_t
fullness(const MwRecord *record)
{
    int64_t n = 0;

    for (size_t i = 0; i < record->entity->n_fields; i++)
        n += record->values[i].is != MW_NULL;
    return n;
}

int64_t
mw_merge_survivor(const MwContext *context, const GPtrArray *records, GError **error)
{
    int64_t best = 0, most = -1;

    for (guint i = 0; i < records->len; i++) {
        const MwRecord *record = records->pdata[i];
        int64_t id = mw_record_id(record), links = 0;
        g_autoptr(GArray) ids = g_array_new(false, false, sizeof id);
        g_array_append_val(ids, id);
        g_autoptr(GArray) counts = mw_merge_links(context, record->entity, ids, 0, error);
        if (!counts)
            return 0;
        for (guint j = 0; j < counts->len; j++)
            links += g_array_index(counts, MwMergeLinks, j).count;
        if (links * MW_FIELDS_MAX + fullness(record) > most) {
            most = links * MW_FIELDS_MAX + fullness(record);
            best = id;
        }
    }
    return best;
}

/* ---- moving links ------------------------------------------------------------------------------- */

typedef struct {
    const MwContext *context;
    const MwMerge *merge;
    GPtrArray *records;
    int64_t run, position, begun;
} Merge;

static bool
note(Merge *m, const MwRecord *record, const char *action, GError **error)
{
    int64_t history;

    return mw_changes_history(m->context, mw_record_id(record), m->begun, &history, error) &&
           (history == 0 ||
            mw_changes_add(m->context, m->run, ++m->position, record, action, history, error));
}

static bool
move_record(Merge *m, const Link *link, MwRecord *record, GError **error)
{
    g_autoptr(MwRecord) meant = mw_record_copy(record);
    bool twin = false, gone = !mw_record_is_null(record, "deleted_at");

    if (link->field->kind->storage != MW_TEXT)
        mw_record_put(meant, link->field, MW_INT(m->merge->survivor));
    if (!gone && !mw_write_is_twin(m->context, meant, &twin, error))
        return false;
    if (twin)
        return mw_changes_drop(m->context, record, false, error) && note(m, record, "drop", error);
    return mw_changes_point(m->context, record, link->field, m->merge->survivor, error) &&
           note(m, record, "point", error);
}

static bool
move_links(Merge *m, const Link *link, GError **error)
{
    g_autoptr(MwFilter) filter =
        pointing(link, m->merge->entity, m->merge->ids, m->merge->survivor);
    MwOrder by_id = { &link->entity->fields[MW_FIELD_ID], false };
    MwCursor cursor = { 0 };
    MwQuery query = { .entity = link->entity,
                      .filter = filter,
                      .which = MW_LIVE_AND_DELETED,
                      .order = { by_id },
                      .n_order = 1,
                      .limit = PAGE };
    bool more = true;

    while (more) {
        g_autoptr(GPtrArray) page = mw_store_find(m->context->store, &query, &more, error);
        for (guint i = 0; page && i < page->len; i++) {
            cursor.id = mw_record_id(page->pdata[i]);
            cursor.values[0] = MW_INT(cursor.id);
            if (!move_record(m, link, page->pdata[i], error))
                return false;
        }
        if (!page)
            return false;
        query.after = &cursor;
    }
    return true;
}

static bool
move_all_links(Merge *m, GError **error)
{
    const MwMerge *merge = m->merge;
    g_autoptr(GArray) links = links_to(m->context, merge->entity);
    g_autoptr(GArray) counts =
        mw_merge_links(m->context, merge->entity, merge->ids, merge->survivor, error);
    int64_t all = 0;

    for (guint i = 0; counts && i < counts->len; i++)
        all += g_array_index(counts, MwMergeLinks, i).count;
    if (!counts)
        return false;
    if (all > MW_MERGE_LINKS_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("More than %d records point at those that would go. Keep the one that has "
                         "most of them."),
                       MW_MERGE_LINKS_MAX);
    for (guint i = 0; i < links->len; i++)
        if (!move_links(m, &g_array_index(links, Link, i), error))
            return false;
    return true;
}

/* ---- what stays, what goes --------------------------------------------------------------------------- */

static const MwRecord *
source_of(const Merge *m, const MwField *field)
{
    const int64_t *chosen =
        m->merge->choices ? g_hash_table_lookup(m->merge->choices, field->name) : NULL;

    for (guint i = 0; chosen && i < m->records->len; i++)
        if (mw_record_id(m->records->pdata[i]) == *chosen)
            return m->records->pdata[i];
    return mw_merge_default(m->records, field, m->merge->survivor);
}

/* Whether a link of the survivor to its own kind leads back to it once the others are it. */
static bool
leads_back(const Merge *m, const MwField *field, int64_t target, bool *back, GError **error)
{
    const char *table = m->merge->entity->name;
    g_autofree char *sql =
        g_strdup_printf("SELECT \"%s\" FROM \"%s\" WHERE id = $1", field->name, table);

    *back = has_id(m->merge->ids, target);
    for (int i = 0; target && !*back && i < CHAIN_MAX; i++) {
        MwValue id = MW_INT(target);
        g_auto(MwValue) next = MW_NOTHING;
        if (!mw_store_scalar(m->context->store, sql, &id, 1, &next, error))
            return false;
        target = next.is == MW_INTEGER ? next.integer : 0;
        *back = has_id(m->merge->ids, target);
    }
    return true;
}

/* Cleared before the links are moved, so that the undoing finds it free of circles again. */
static bool
clear_circles(Merge *m, GError **error)
{
    const MwEntity *entity = m->merge->entity;
    g_autoptr(MwRecord) stays =
        mw_record_read(m->context, entity, m->merge->survivor, MW_LIVE, error);

    for (size_t i = 1; stays && i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        bool back = false;
        if (g_strcmp0(field->target, entity->name) != 0 ||
            mw_record_value(stays, field)->is != MW_INTEGER)
            continue;
        if (!leads_back(m, field, mw_record_value(stays, field)->integer, &back, error) ||
            (back && (!mw_changes_point(m->context, stays, field, 0, error) ||
                      !note(m, stays, "point", error))))
            return false;
    }
    return stays != NULL;
}

static bool
choose(Merge *m, MwInput *input, const MwField *field, MwProblems *problems, GError **error)
{
    const MwEntity *entity = m->merge->entity;
    const MwRecord *source = source_of(m, field);
    const MwValue *value = mw_record_value(source, field);
    const MwField *currency = field->currency ? mw_entity_field(entity, field->currency) : NULL;
    bool back = false;

    if (field->target && g_str_equal(field->target, entity->name) && value->is == MW_INTEGER &&
        !leads_back(m, field, value->integer, &back, error))
        return false;
    if (!back && mw_record_id(source) != m->merge->survivor)
        mw_input_set_value(input, field, *value);
    if (currency && value->is != MW_NULL &&
        !mw_value_equal(mw_record_value(source, currency),
                        mw_record_value(source_of(m, currency), currency)))
        mw_problems_add(problems, field->name, "other_currency",
                        _("This amount is in another currency than the one you keep."));
    return true;
}

static bool
write_survivor(Merge *m, MwProblems *problems, GError **error)
{
    const MwEntity *entity = m->merge->entity;
    g_autoptr(MwInput) input = mw_input_new(entity);
    MwContext context = *m->context;

    context.links_found = true; /* they are what the records have */
    for (size_t i = 0; i < entity->n_fields; i++)
        if (mw_merge_chooses(m->context, entity, &entity->fields[i]) &&
            !choose(m, input, &entity->fields[i], problems, error))
            return false;
    if (mw_problems_any(problems))
        return true;
    g_autoptr(MwRecord) record =
        mw_record_write(&context, input, m->merge->survivor, problems, error);
    if (!record)
        return false;
    return mw_problems_any(problems) || note(m, record, "update", error);
}

/* What this user and others marked stays marked; what is deleted leads on, and what lives leads nowhere. */
static bool
lead_on(Merge *m, int64_t id, GError **error)
{
    MwValue merged[] = { MW_INT(id), MW_INT(m->merge->survivor), MW_INT(m->run) };
    MwValue marked[] = { MW_INT(m->merge->survivor), MW_INT(id) };

    return mw_store_run(m->context->store, "DELETE FROM merged WHERE record = $1", marked, 1, NULL,
                        NULL, error) &&
           mw_store_run(m->context->store,
                        "INSERT INTO merged (record, survivor, run) VALUES ($1, $2, $3) "
                        "ON CONFLICT (record) DO UPDATE SET survivor = excluded.survivor, "
                        "run = excluded.run",
                        merged, 3, NULL, NULL, error) &&
           mw_store_run(m->context->store,
                        "INSERT INTO visit (user_id, entity, record, at, marked_at) "
                        "SELECT user_id, entity, CAST($1 AS BIGINT), at, marked_at FROM visit "
                        "WHERE record = $2 AND marked_at IS NOT NULL "
                        "ON CONFLICT (user_id, record) DO UPDATE SET "
                        "marked_at = COALESCE(visit.marked_at, excluded.marked_at)",
                        marked, 2, NULL, NULL, error);
}

static bool
remove_others(Merge *m, GError **error)
{
    const MwMerge *merge = m->merge;

    for (guint i = 0; i < m->records->len; i++) {
        const MwRecord *record = m->records->pdata[i];
        int64_t id = mw_record_id(record);
        if (id == merge->survivor)
            continue;
        if (!mw_record_remove(m->context, merge->entity, id, 0, error) ||
            !note(m, record, "remove", error) || !lead_on(m, id, error))
            return false;
    }
    return mw_history_add(m->context, merge->entity->name, merge->survivor, "merge", "{}", error);
}

/* ---- all of it ------------------------------------------------------------------------------------- */

static int64_t
begin(Merge *m, GError **error)
{
    g_autoptr(GString) title = g_string_new(NULL);

    for (guint i = 0; i < m->records->len; i++)
        if (mw_record_id(m->records->pdata[i]) == m->merge->survivor)
            mw_record_title(m->records->pdata[i], title);
    for (guint i = 0; i < m->records->len; i++) {
        if (mw_record_id(m->records->pdata[i]) == m->merge->survivor)
            continue;
        g_string_append(title, " ← ");
        mw_record_title(m->records->pdata[i], title);
    }
    g_autoptr(MwInput) input =
        mw_bulk_input(m->context, m->merge->entity, "merge", "done", title->str);
    const MwEntity *run = mw_input_entity(input);
    mw_input_set_value(input, mw_entity_field(run, "records"), MW_INT(m->records->len));
    mw_input_set_value(input, mw_entity_field(run, "finished_at"), MW_INT(m->context->now));
    return m->run = mw_bulk_write(m->context, input, 0, error);
}

static bool
end(Merge *m, GError **error)
{
    const MwEntity *run = mw_catalog_entity(m->context->catalog, "bulk_change");
    g_autoptr(MwInput) input = mw_input_new(run);

    mw_input_set_value(input, mw_entity_field(run, "changed"), MW_INT(m->position));
    return mw_bulk_write(m->context, input, m->run, error) != 0;
}

int64_t
mw_merge(const MwContext *context, const MwMerge *merge, MwProblems *problems, GError **error)
{
    g_autoptr(GPtrArray) records =
        has_id(merge->ids, merge->survivor)
            ? mw_merge_read(context, merge->entity, merge->ids, merge->survivor, error)
            : mw_fail_null(error, MW_ERROR_INVALID, _("Say which of the records stays."));
    Merge m = { .context = context,
                .merge = merge,
                .records = records,
                .begun = mw_id_next(mw_company_ids(context->company)) };

    /* The others go before the one that stays takes over what only one may have. */
    if (!records || !begin(&m, error) || !clear_circles(&m, error) || !move_all_links(&m, error) ||
        !remove_others(&m, error) || !write_survivor(&m, problems, error))
        return 0;
    return mw_problems_any(problems) || !end(&m, error) ? 0 : m.run;
}

int64_t
mw_merged_into(const MwContext *context, int64_t id)
{
    int64_t into = 0;

    for (int i = 0; i < MW_MERGE_MAX; i++) {
        MwValue param = MW_INT(id);
        g_auto(MwValue) next = MW_NOTHING;
        if (!mw_store_scalar(context->store, "SELECT survivor FROM merged WHERE record = $1",
                             &param, 1, &next, NULL) ||
            next.is != MW_INTEGER)
            break;
        into = id = next.integer;
    }
    return into;
}
