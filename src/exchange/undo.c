/* undo: a whole import taken back, the last thing first. */
#include <jansson.h>

#include "base/i18n.h"
#include "exchange/importer.h"
#include "record/history.h"

enum { ITEMS_AT_ONCE = 500, KEPT_MAX = 100 };

typedef struct {
    const MwContext *context;
    MwImportUndo *undo;
    int64_t run, begun; /* begun: an id; greater ones of the history are of this undoing */
    GArray *items;      /* of Item */
} Undo;

typedef struct {
    int64_t position, record, history;
    const MwEntity *entity;
    bool update;
} Item;

void
mw_import_undo_clear(MwImportUndo *undo)
{
    g_clear_pointer(&undo->kept, g_ptr_array_unref);
}

static bool
keep_item(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Undo *u = data;
    Item item = {
        .position = columns[0].integer,
        .record = columns[1].integer,
        .entity = mw_catalog_entity(u->context->catalog, columns[2].text),
        .update = g_str_equal(columns[3].text, "update"),
        .history = columns[4].integer,
    };

    g_array_append_val(u->items, item);
    return true;
}

static bool
read_items(Undo *u, int64_t before, GError **error)
{
    MwValue params[] = { MW_INT(u->run), MW_INT(before), MW_INT(ITEMS_AT_ONCE) };

    g_array_set_size(u->items, 0);
    return mw_store_run(u->context->store,
                        "SELECT position, record, entity, action, history FROM import_item "
                        "WHERE run = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
                        params, 3, keep_item, u, error);
}

/* ---- what stays --------------------------------------------------------------------- */

/* Whether nobody else has changed it since: only the import, its undoing, or engines. */
static bool
is_ours(const Undo *u, const Item *item, bool *ours, GError **error)
{
    MwValue params[] = { MW_INT(item->record), MW_INT(item->history), MW_INT(u->begun),
                         MW_INT(u->run) };
    g_auto(MwValue) later = MW_NOTHING;

    if (!mw_store_scalar(u->context->store,
                         "SELECT h.id FROM history h WHERE h.record = $1 AND h.id > $2 "
                         "AND h.id < $3 AND h.action NOT IN ('derive', 'create') AND NOT EXISTS "
                         "(SELECT 1 FROM import_item i WHERE i.run = $4 AND i.history = h.id) "
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
note_kept(Undo *u, const MwRecord *record)
{
    g_autoptr(GString) title = g_string_new(NULL);

    u->undo->n_kept++;
    if (u->undo->kept->len >= KEPT_MAX)
        return;
    g_string_printf(title, "%s: ", mw_entity_label(record->entity));
    mw_record_title(record, title);
    g_ptr_array_add(u->undo->kept, g_string_free(g_steal_pointer(&title), false));
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

static bool
set_back(Undo *u, const Item *item, const MwRecord *record, GError **error)
{
    MwValue id = MW_INT(item->history);
    g_auto(MwValue) text = MW_NOTHING;
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!mw_store_scalar(u->context->store, "SELECT changes FROM history WHERE id = $1", &id, 1,
                         &text, error))
        return false;
    json_t *changes = json_loads(text.is == MW_TEXT ? text.text : "{}", 0, NULL);
    g_autoptr(MwInput) input = input_back(u, item, changes, error);
    json_decref(changes);
    g_autoptr(MwRecord) back =
        input ? mw_record_write(u->context, input, item->record, problems, error) : NULL;
    if (!back)
        return false;
    if (mw_problems_any(problems))
        note_kept(u, record);
    else
        u->undo->restored++;
    return true;
}

static bool
remove_made(Undo *u, const Item *item, const MwRecord *record, GError **error)
{
    bool referred;

    if (!is_referred(u, item, &referred, error))
        return false;
    if (referred) {
        note_kept(u, record);
        return true;
    }
    u->undo->removed++;
    return mw_record_remove(u->context, item->entity, item->record, 0, error);
}

static bool
undo_item(Undo *u, const Item *item, GError **error)
{
    g_autoptr(GError) local = NULL;
    bool ours;

    if (!item->entity)
        return true;
    g_autoptr(MwRecord) record =
        mw_record_read(u->context, item->entity, item->record, MW_LIVE, &local);
    if (g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND))
        return true; /* gone already */
    if (!record) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (!is_ours(u, item, &ours, error))
        return false;
    if (!ours) {
        note_kept(u, record);
        return true;
    }
    return item->update ? set_back(u, item, record, error) : remove_made(u, item, record, error);
}

static bool
mark_undone(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_auto(MwContext) system = { 0 };

    mw_context_begin(&system, context->company, context->store, nobody, "import");
    const MwEntity *entity = mw_catalog_entity(system.catalog, "import_run");
    g_autoptr(MwInput) input = mw_input_new(entity);
    mw_input_set_value(input, mw_entity_field(entity, "status"), MW_BORROW("undone"));
    mw_input_set_value(input, mw_entity_field(entity, "undone_at"), MW_INT(context->now));
    return mw_run_write(&system, input, run, error) != 0;
}

bool
mw_import_undo(const MwContext *context, int64_t run, MwImportUndo *undo, GError **error)
{
    g_autoptr(GArray) items = g_array_new(false, true, sizeof(Item));
    Undo u = { .context = context,
               .undo = undo,
               .run = run,
               .begun = mw_id_next(mw_company_ids(context->company)),
               .items = items };
    g_autoptr(MwRecord) record = mw_run_read(context, run, error);
    int64_t before = INT64_MAX;

    *undo = (MwImportUndo){ .kept = g_ptr_array_new_with_free_func(g_free) };
    if (!record)
        return false;
    if (g_strcmp0(mw_record_text(record, "status"), "done") != 0 &&
        g_strcmp0(mw_record_text(record, "status"), "failed") != 0)
        return mw_fail(error, MW_ERROR_CONFLICT, _("Only an import that has ended can be undone."));
    do {
        if (!read_items(&u, before, error))
            return false;
        for (guint i = 0; i < items->len; i++) {
            const Item *item = &g_array_index(items, Item, i);
            before = item->position;
            if (!undo_item(&u, item, error))
                return false;
        }
    } while (items->len == ITEMS_AT_ONCE);
    return mark_undone(context, run, error);
}
