#include "record/changes.h"

#include <jansson.h>

#include "base/i18n.h"
#include "record/derivation.h"
#include "record/history.h"
#include "record/write.h"

enum { ITEMS_AT_ONCE = 500, KEPT_MAX = 100 };

typedef struct {
    const MwContext *context;
    MwUndone *undo;
    int64_t run, begun; /* begun: an id; greater ones of the history are of this undoing */
    GArray *items;      /* of Item */
    bool marks;         /* items that are done with are "undone" */
} Undo;

typedef struct {
    int64_t position, record, history;
    const MwEntity *entity;
    char action[12];
} Item;

void
mw_undone_clear(MwUndone *undone)
{
    g_clear_pointer(&undone->kept, g_ptr_array_unref);
}

/* ---- what was done ------------------------------------------------------------------ */

bool
mw_changes_add(const MwContext *context, int64_t run, int64_t position, const MwRecord *record,
               const char *action, int64_t history, GError **error)
{
    MwValue row[] = { MW_INT(run),
                      MW_INT(position),
                      MW_INT(mw_record_id(record)),
                      MW_BORROW(record->entity->name),
                      MW_BORROW(action),
                      MW_INT(history) };

    return mw_store_run(context->store,
                        "INSERT INTO change_item (run, position, record, entity, action, history) "
                        "VALUES ($1, $2, $3, $4, $5, $6)",
                        row, G_N_ELEMENTS(row), NULL, NULL, error);
}

bool
mw_changes_history(const MwContext *context, int64_t record, int64_t begun, int64_t *history,
                   GError **error)
{
    MwValue params[] = { MW_INT(record), MW_INT(begun) };
    g_auto(MwValue) last = MW_NOTHING;

    if (!mw_store_scalar(context->store,
                         "SELECT MAX(id) FROM history WHERE record = $1 AND id > $2 "
                         "AND action NOT IN " MW_HISTORY_FOLLOWS,
                         params, 2, &last, error))
        return false;
    *history = last.is == MW_INTEGER ? last.integer : 0;
    return true;
}

static int64_t
id_in(const MwValue *value)
{
    if (value->is == MW_TEXT)
        return g_ascii_strtoll(value->text, NULL, 10);
    return value->is == MW_INTEGER ? value->integer : 0;
}

bool
mw_changes_point(const MwContext *context, MwRecord *record, const MwField *field, int64_t target,
                 GError **error)
{
    g_autoptr(MwRecord) before = mw_record_copy(record);
    char text[24];
    MwValue value = target ? MW_INT(target) : MW_NOTHING;
    MwContext moving = *context;

    if (target && field->kind->storage == MW_TEXT) {
        g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, target);
        mw_value_set_text(&value, text);
    }
    mw_record_put(record, field, value);
    moving.moves_links = true;
    /* Told also of fields that otherwise are not: it is what the undoing reads. */
    g_autofree char *changes =
        g_strdup_printf("{\"%s\":[\"%" G_GINT64_FORMAT "\",\"%" G_GINT64_FORMAT "\"]}", field->name,
                        id_in(mw_record_value(before, field)), target);
    return mw_store_update(context->store, record, mw_record_version(record), error) &&
           mw_history_add(context, record->entity->name, mw_record_id(record), "merge", changes,
                          error) &&
           mw_derive_after(&moving, record, before, error) &&
           mw_write_notice(context, record->entity, error);
}

static bool
keep_item(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Undo *u = data;
    Item item = {
        .position = columns[0].integer,
        .record = columns[1].integer,
        .entity = mw_catalog_entity(u->context->catalog, columns[2].text),
        .history = columns[4].integer,
    };

    g_strlcpy(item.action, columns[3].text, sizeof item.action);
    g_array_append_val(u->items, item);
    return true;
}

static bool
read_items(Undo *u, int64_t before, unsigned limit, GError **error)
{
    MwValue params[] = { MW_INT(u->run), MW_INT(before), MW_INT(limit) };

    g_array_set_size(u->items, 0);
    return mw_store_run(u->context->store,
                        "SELECT position, record, entity, action, history FROM change_item "
                        "WHERE run = $1 AND position < $2 AND action <> 'undone' "
                        "ORDER BY position DESC LIMIT $3",
                        params, 3, keep_item, u, error);
}

bool
mw_changes_drop(const MwContext *context, MwRecord *record, bool back, GError **error)
{
    g_autoptr(MwRecord) before = mw_record_copy(record);

    mw_record_put(record, &record->entity->fields[MW_FIELD_DELETED],
                  back ? MW_NOTHING : MW_INT(context->now));
    return mw_store_update(context->store, record, mw_record_version(record), error) &&
           mw_history_add(context, record->entity->name, mw_record_id(record),
                          back ? "restore" : "remove", "{}", error) &&
           mw_write_index(context, record, error) &&
           mw_derive_after(context, record, before, error) &&
           mw_write_notice(context, record->entity, error);
}

/* ---- what stays --------------------------------------------------------------------- */

/* Whether nobody else has changed it since: only the import, its undoing, or engines. */
static bool
is_ours(const Undo *u, const Item *item, bool *ours, GError **error)
{
    MwValue params[] = { MW_INT(item->record), MW_INT(item->history), MW_INT(u->begun),
                         MW_INT(u->run) };
    g_auto(MwValue) later = MW_NOTHING;

    if (!mw_store_scalar(
            u->context->store,
            "SELECT h.id FROM history h WHERE h.record = $1 AND h.id > $2 "
            "AND h.id < $3 AND h.action <> 'create' AND h.action NOT IN " MW_HISTORY_FOLLOWS
            " AND NOT EXISTS "
            "(SELECT 1 FROM change_item i WHERE i.run = $4 AND i.history = h.id) "
            "LIMIT 1",
            params, 4, &later, error))
        return false;
    *ours = later.is == MW_NULL;
    return true;
}

/* Whether a living record of others points at it. */
static bool
is_referred(const Undo *u, const Item *item, bool *referred, GError **error)
{
    size_t n;
    const MwLinkFrom *links = mw_catalog_links_to(u->context->catalog, item->entity, &n);

    *referred = false;
    for (size_t i = 0; i < n && !*referred; i++) {
        const MwEntity *from = links[i].entity;
        const char *master = from->master;
        g_autoptr(MwFilter) filter =
            mw_filter_test(links[i].field, MW_TEST_EQ, MW_INT(item->record));
        MwQuery query = { .entity = from, .filter = filter };
        if ((master && g_str_equal(master, links[i].field->name)) ||
            links[i].field->flags & MW_QUIET)
            continue; /* its own lines go with it */
        int64_t count = mw_store_count(u->context->store, &query, error);
        if (count < 0)
            return false;
        *referred = count > 0;
    }
    return true;
}

static void
note_kept(Undo *u, const MwRecord *record, const char *reason)
{
    g_autoptr(GString) title = g_string_new(NULL);

    u->undo->n_kept++;
    if (u->undo->kept->len >= KEPT_MAX)
        return;
    g_string_printf(title, "%s: ", mw_entity_label(record->entity));
    mw_record_title(record, title);
    g_string_append_printf(title, " – %s", reason);
    g_ptr_array_add(u->undo->kept, g_string_free(g_steal_pointer(&title), false));
}

/* What a right or a rule refuses stays; what the surroundings spoil is an error. */
static bool
keep_refused(Undo *u, const MwRecord *record, GError *refusal, GError **error)
{
    if (refusal->domain != MW_ERROR ||
        (refusal->code != MW_ERROR_DENIED && refusal->code != MW_ERROR_CONFLICT &&
         refusal->code != MW_ERROR_NOT_FOUND)) {
        g_propagate_error(error, refusal);
        return false;
    }
    note_kept(u, record, refusal->message);
    g_error_free(refusal);
    return true;
}

/* ---- setting back ------------------------------------------------------------------------ */

static void
set_back_field(MwInput *input, const MwField *field, const json_t *before)
{
    char *text = NULL;

    if (json_is_string(before)) {
        mw_input_set_field(input, field, json_string_value(before));
        return;
    }
    if (!json_is_null(before))
        text = json_dumps(before, JSON_ENCODE_ANY | JSON_COMPACT);
    mw_input_set_field(input, field, text);
    free(text);
}

static bool
settable(const MwContext *context, const MwEntity *entity, const MwField *field)
{
    return field && mw_actor_edits(context->actor, entity, field);
}

/* A line that the import took away comes again, as a new one with the same content. */
static bool
give_line_back(Undo *u, MwInput *input, const MwEntity *detail, int64_t id, GError **error)
{
    MwQuery query = { .entity = detail, .which = MW_LIVE_AND_DELETED };
    g_autoptr(MwRecord) line = mw_store_get(u->context->store, &query, id, error);

    if (!line)
        return false;
    MwInput *again = mw_input_add_detail(input, detail, 0, false);
    for (size_t i = 1; i < detail->n_fields; i++) {
        const MwField *field = &detail->fields[i];
        if (settable(u->context, detail, field) && !g_str_equal(field->name, detail->master))
            mw_input_set_value(again, field, line->values[i]);
    }
    return true;
}

/* Lines are told as [id, "remove"], or [id, {…}] of one that was made or changed. */
static bool
set_back_lines(Undo *u, MwInput *input, const MwEntity *detail, const json_t *lines, GError **error)
{
    const json_t *line;
    size_t i;

    json_array_foreach(lines, i, line)
    {
        const char *id_text = json_string_value(json_array_get(line, 0));
        int64_t id = g_ascii_strtoll(id_text ? id_text : "", NULL, 10);
        if (json_is_string(json_array_get(line, 1))) {
            if (!give_line_back(u, input, detail, id, error))
                return false;
        } else if (id) {
            mw_input_add_detail(input, detail, id, true); /* an import only makes lines */
        }
    }
    return true;
}

static MwInput *
input_back(Undo *u, const Item *item, const json_t *changes, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(item->entity);
    const char *name;
    json_t *change;

    mw_input_import(input);
    json_object_foreach((json_t *)changes, name, change)
    {
        const MwField *field = mw_entity_field(item->entity, name);
        const MwEntity *detail = field ? NULL : mw_catalog_entity(u->context->catalog, name);
        if (detail && detail->master && !set_back_lines(u, input, detail, change, error))
            return NULL;
        if (settable(u->context, item->entity, field))
            set_back_field(input, field, json_array_get(change, 0));
    }
    return g_steal_pointer(&input);
}

/* The changes that a row of the history tells; a new reference. */
static json_t *
changes_of(const Undo *u, int64_t history, GError **error)
{
    MwValue id = MW_INT(history);
    g_auto(MwValue) text = MW_NOTHING;

    if (!mw_store_scalar(u->context->store, "SELECT changes FROM history WHERE id = $1", &id, 1,
                         &text, error))
        return NULL;
    json_t *changes = text.is == MW_TEXT ? json_loads(text.text, 0, NULL) : NULL;
    return changes ? changes : json_object();
}

static bool
set_back(Undo *u, const Item *item, const MwRecord *record, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    json_t *changes = changes_of(u, item->history, error);
    GError *local = NULL;

    if (!changes)
        return false;
    g_autoptr(MwInput) input = input_back(u, item, changes, error);
    json_decref(changes);
    if (!input)
        return false;
    g_autoptr(MwRecord) back = mw_record_write(u->context, input, item->record, problems, &local);
    if (!back)
        return keep_refused(u, record, local, error);
    if (mw_problems_any(problems))
        note_kept(u, record, mw_problems_get(problems, 0)->message);
    else
        u->undo->restored++;
    return true;
}

static bool
remove_again(Undo *u, const Item *item, const MwRecord *record, GError **error)
{
    GError *local = NULL;

    if (!mw_record_remove(u->context, item->entity, item->record, 0, &local))
        return keep_refused(u, record, local, error);
    u->undo->removed++;
    return true;
}

static bool
remove_made(Undo *u, const Item *item, const MwRecord *record, GError **error)
{
    bool referred;

    if (!is_referred(u, item, &referred, error))
        return false;
    if (!referred)
        return remove_again(u, item, record, error);
    note_kept(u, record, _("others refer to it"));
    return true;
}

static bool
restore(Undo *u, const Item *item, const MwRecord *record, GError **error)
{
    GError *local = NULL;

    if (!mw_record_restore(u->context, item->entity, item->record, &local))
        return keep_refused(u, record, local, error);
    u->undo->restored++;
    return true;
}

/* Whether a record is there for links to point at. */
static bool
lives(const Undo *u, const char *entity, int64_t id, bool *is, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT id FROM ");
    MwValue param = MW_INT(id);
    g_auto(MwValue) found = MW_NOTHING;

    mw_sql_name(sql, entity);
    g_string_append(sql, " WHERE id = $1 AND deleted_at IS NULL");
    if (!mw_store_scalar(u->context->store, sql->str, &param, 1, &found, error))
        return false;
    *is = found.is == MW_INTEGER;
    return true;
}

/* A link goes back to where it pointed, unless somebody has moved it since, or that is gone for good. */
static bool
point_back(Undo *u, const Item *item, MwRecord *record, GError **error)
{
    json_t *changes = changes_of(u, item->history, error), *pair;
    const char *name;
    bool done = changes != NULL, back = false;

    json_object_foreach(changes, name, pair)
    {
        const MwField *field = mw_entity_field(item->entity, name);
        const char *was = json_string_value(json_array_get(pair, 0));
        const char *now = json_string_value(json_array_get(pair, 1));
        const char *target =
            field && field->target ? field->target : mw_record_text(record, "entity");
        if (!field || !was || !now || !target ||
            id_in(mw_record_value(record, field)) != g_ascii_strtoll(now, NULL, 10))
            continue; /* no more, or moved on */
        int64_t id = g_ascii_strtoll(was, NULL, 10);
        done = done && lives(u, target, id, &back, error) &&
               (!back || mw_changes_point(u->context, record, field, id, error));
    }
    json_decref(changes);
    if (done && !back)
        note_kept(u, record, _("somebody has changed it since"));
    else if (done)
        u->undo->restored++;
    return done;
}

static bool
bring_back(Undo *u, MwRecord *record, GError **error)
{
    bool twin;

    if (!mw_write_is_twin(u->context, record, &twin, error))
        return false;
    if (twin) {
        note_kept(u, record, _("somebody has changed it since"));
        return true;
    }
    u->undo->restored++;
    return mw_changes_drop(u->context, record, true, error);
}

static bool
undo_record(Undo *u, const Item *item, MwRecord *record, GError **error)
{
    bool gone = !mw_record_is_null(record, "deleted_at"), ours = true;

    if (g_str_equal(item->action, "point"))
        return point_back(u, item, record, error);
    if (g_str_equal(item->action, "drop"))
        return !gone || bring_back(u, record, error);
    if (g_str_equal(item->action, "remove"))
        return !gone || restore(u, item, record, error);
    if (gone)
        return true; /* nothing is left to take back */
    if (g_str_equal(item->action, "restore"))
        return remove_again(u, item, record, error);
    if (!is_ours(u, item, &ours, error))
        return false;
    if (!ours) {
        note_kept(u, record, _("somebody has changed it since"));
        return true;
    }
    return g_str_equal(item->action, "update") ? set_back(u, item, record, error)
                                               : remove_made(u, item, record, error);
}

/* The record as it is, also one that only a merge could reach: it was moved past the rights. */
static MwRecord *
read_item(const Undo *u, const Item *item, GError **error)
{
    MwQuery query = { .entity = item->entity, .which = MW_LIVE_AND_DELETED };

    return g_str_equal(item->action, "point") || g_str_equal(item->action, "drop")
               ? mw_store_get(u->context->store, &query, item->record, error)
               : mw_record_read(u->context, item->entity, item->record, MW_LIVE_AND_DELETED, error);
}

static bool
undo_item(Undo *u, const Item *item, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (!item->entity || g_str_equal(item->action, "waiting") ||
        g_str_equal(item->action, "skipped") || g_str_equal(item->action, "same"))
        return true;
    g_autoptr(MwRecord) record = read_item(u, item, &local);
    if (g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND))
        return true; /* gone already, or out of reach by now */
    if (!record) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return undo_record(u, item, record, error);
}

static bool
mark_undone(const Undo *u, const Item *item, GError **error)
{
    MwValue params[] = { MW_INT(u->run), MW_INT(item->position) };

    return mw_store_run(u->context->store,
                        "UPDATE change_item SET action = 'undone' WHERE run = $1 AND position = $2",
                        params, 2, NULL, NULL, error);
}

/* Those before a position, from the last to the first; that of the last one that was seen to. */
static bool
undo_items(Undo *u, unsigned limit, int64_t *before, GError **error)
{
    if (!read_items(u, *before, limit, error))
        return false;
    for (guint i = 0; i < u->items->len; i++) {
        const Item *item = &g_array_index(u->items, Item, i);
        *before = item->position;
        if (!undo_item(u, item, error) || (u->marks && !mark_undone(u, item, error)))
            return false;
    }
    return true;
}

static Undo
undo_begin(const MwContext *context, int64_t run, GArray *items, MwUndone *undone)
{
    *undone = (MwUndone){ .kept = g_ptr_array_new_with_free_func(g_free) };
    return (Undo){ .context = context,
                   .undo = undone,
                   .run = run,
                   .begun = mw_id_next(mw_company_ids(context->company)),
                   .items = items };
}

bool
mw_changes_undo(const MwContext *context, int64_t run, MwUndone *undone, GError **error)
{
    g_autoptr(GArray) items = g_array_new(false, true, sizeof(Item));
    Undo u = undo_begin(context, run, items, undone);
    int64_t before = INT64_MAX;

    do {
        if (!undo_items(&u, ITEMS_AT_ONCE, &before, error))
            return false;
    } while (items->len == ITEMS_AT_ONCE);
    return true;
}

bool
mw_changes_undo_some(const MwContext *context, int64_t run, unsigned limit, int64_t *before,
                     MwUndone *undone, bool *more, GError **error)
{
    g_autoptr(GArray) items = g_array_new(false, true, sizeof(Item));
    Undo u = undo_begin(context, run, items, undone);

    u.marks = true;
    if (!undo_items(&u, limit, before, error))
        return false;
    *more = items->len == limit;
    return true;
}
