#include "record/bulk.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "record/job.h"

enum { REASONS_MAX = 50, ITEM_COLUMNS = 6 };

/* ---- the run --------------------------------------------------------------------------- */

static const MwEntity *
run_entity(const MwContext *context)
{
    return mw_catalog_entity(context->catalog, "bulk_change");
}

static void
set(MwInput *input, const char *name, MwValue value)
{
    mw_input_set_value(input, mw_entity_field(mw_input_entity(input), name), value);
}

int64_t
mw_bulk_write(const MwContext *context, const MwInput *input, int64_t run, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwContext) system = { 0 };

    mw_context_begin(&system, context->company, context->store, nobody, context->source);
    g_autoptr(MwRecord) record = mw_record_write(&system, input, run, problems, error);
    if (record && mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INTERNAL, "bulk_change: %s", text);
    }
    return record ? mw_record_id(record) : 0;
}

MwInput *
mw_bulk_input(const MwContext *context, const MwEntity *entity, const char *action,
              const char *status, const char *title)
{
    MwInput *input = mw_input_new(run_entity(context));
    int64_t user = mw_actor_user(context->actor), team = mw_actor_team(context->actor);
    g_autofree char *cut = g_utf8_substring(title, 0, MIN(500, g_utf8_strlen(title, -1)));

    set(input, "title", MW_BORROW(cut));
    set(input, "entity", MW_BORROW(entity->name));
    set(input, "action", MW_BORROW(action));
    set(input, "status", MW_BORROW(status));
    set(input, "owner", user ? MW_INT(user) : MW_NOTHING);
    set(input, "team", team ? MW_INT(team) : MW_NOTHING);
    return input;
}

/* ---- beginning --------------------------------------------------------------------------- */

/* "Accounts: Owner, Region". */
static char *
title_of(const MwBulk *bulk, const json_t *values)
{
    GString *title = g_string_new(mw_entity_plural(bulk->entity));
    const char *name, *join = ": ";
    json_t *value;

    json_object_foreach((json_t *)values, name, value)
    {
        const MwField *field = mw_entity_field(bulk->entity, name);
        if (!field)
            continue;
        g_string_append_printf(title, "%s%s", join, mw_field_label(field));
        join = ", ";
    }
    return g_string_free(title, false);
}

static bool
keep_waiting(const MwContext *context, const MwBulk *bulk, int64_t run, GError **error)
{
    size_t n = bulk->ids->len;
    g_autofree MwValue *values = g_new(MwValue, n * ITEM_COLUMNS);
    g_autofree const MwValue **rows = g_new(const MwValue *, n);

    for (size_t i = 0; i < n; i++) {
        MwValue *row = values + i * ITEM_COLUMNS;
        row[0] = MW_INT(run);
        row[1] = MW_INT((int64_t)i + 1);
        row[2] = MW_INT(g_array_index(bulk->ids, int64_t, i));
        row[3] = MW_BORROW(bulk->entity->name);
        row[4] = MW_BORROW("waiting");
        row[5] = MW_INT(0);
        rows[i] = row;
    }
    return mw_store_insert_rows(
        context->store,
        "INSERT INTO change_item (run, position, record, entity, action, history) VALUES ",
        ITEM_COLUMNS, rows, n, error);
}

/* Whether the actor may at all do to such records what `action` says: an edit, a merge, or else a removal or restoring. */
static bool
may(const MwContext *context, const MwEntity *entity, const char *action, GError **error)
{
    bool removes = g_str_equal(action, "remove") || g_str_equal(action, "restore");

    if (entity && mw_actor_may(context->actor, entity, removes ? MW_MAY_REMOVE : MW_MAY_UPDATE))
        return true;
    return mw_fail(error, MW_ERROR_DENIED, _("You may not do this: %s."),
                   entity ? mw_entity_plural(entity) : "");
}

int64_t
mw_bulk_begin(const MwContext *context, const MwBulk *bulk, GError **error)
{
    if (!may(context, bulk->entity, bulk->action, error))
        return 0;
    if (bulk->values && strlen(bulk->values) > MW_BULK_VALUES_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("At most %d kB of values can be given for many records."),
                       MW_BULK_VALUES_MAX / 1000);
    json_t *values = json_loads(bulk->values ? bulk->values : "{}", 0, NULL);
    g_autofree char *title = title_of(bulk, values);
    bool sound = bulk->ids->len <= MW_BULK_MAX && json_is_object(values);

    json_decref(values);
    if (!sound)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %d records can be changed at once."),
                       MW_BULK_MAX);
    g_autoptr(MwInput) input = mw_bulk_input(context, bulk->entity, bulk->action, "queued", title);
    set(input, "records", MW_INT(bulk->ids->len));
    set(input, "input", MW_BORROW(bulk->values ? bulk->values : "{}"));
    int64_t run = mw_bulk_write(context, input, 0, error);
    return run && (bulk->ids->len == 0 || keep_waiting(context, bulk, run, error)) ? run : 0;
}

/* ---- one record ------------------------------------------------------------------------------ */

static MwInput *
input_of(const MwEntity *entity, const json_t *values)
{
    MwInput *input = mw_input_new(entity);
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)values, name, value)
        mw_input_set(input, name, json_string_value(value));
    return input;
}

MwRecord *
mw_bulk_check(const MwContext *context, const MwBulk *bulk, int64_t id, MwProblems *problems,
              GError **error)
{
    json_t *values = json_loads(bulk->values ? bulk->values : "{}", 0, NULL);
    g_autoptr(MwInput) input = input_of(bulk->entity, values);

    json_decref(values);
    return mw_record_check(context, input, id, problems, error);
}

typedef struct {
    const MwContext *context;
    const MwEntity *entity;
    int64_t run, begun;
    const char *action;
    MwInput *input;
    MwBulkState *state;
    GString *reasons;
} Bulk;

typedef struct {
    int64_t position, record;
} Waiting;

static bool
keep_position(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Waiting one = { columns[0].integer, columns[1].integer };

    g_array_append_val((GArray *)data, one);
    return true;
}

static bool
note_item(const Bulk *bulk, const Waiting *item, const char *action, int64_t history,
          GError **error)
{
    MwValue params[] = { MW_BORROW(action), MW_INT(history), MW_INT(bulk->run),
                         MW_INT(item->position) };

    return mw_store_run(bulk->context->store,
                        "UPDATE change_item SET action = $1, history = $2 "
                        "WHERE run = $3 AND position = $4",
                        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

static bool
skip(Bulk *bulk, const Waiting *item, const char *reason, GError **error)
{
    g_autoptr(MwRecord) record =
        mw_record_read(bulk->context, bulk->entity, item->record, MW_LIVE_AND_DELETED, NULL);
    g_autoptr(GString) title = g_string_new(NULL);

    /* Of the whole run, not of each batch: all of them have to fit its message. */
    if (++bulk->state->skipped <= REASONS_MAX && record) {
        mw_record_title(record, title);
        g_string_append_printf(bulk->reasons, "%s%s: %s", bulk->reasons->len > 0 ? "\n" : "",
                               title->str, reason);
    }
    return note_item(bulk, item, "skipped", 0, error);
}

static bool
edit(Bulk *bulk, const Waiting *item, MwProblems *problems, const char **action, GError **error)
{
    g_autoptr(MwRecord) record =
        mw_record_write(bulk->context, bulk->input, item->record, problems, error);

    *action = "update";
    return record != NULL;
}

static bool
do_item(Bulk *bulk, const Waiting *item, MwProblems *problems, const char **action, GError **error)
{
    *action = bulk->action;
    if (g_str_equal(bulk->action, "edit"))
        return edit(bulk, item, problems, action, error);
    if (g_str_equal(bulk->action, "remove"))
        return mw_record_remove(bulk->context, bulk->entity, item->record, 0, error);
    return mw_record_restore(bulk->context, bulk->entity, item->record, error);
}

/* One that cannot be written is left alone, with nothing of it kept. */
static bool
change_item(Bulk *bulk, const Waiting *item, GError **error)
{
    MwStore *store = bulk->context->store;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) local = NULL;
    const char *action;
    int64_t history;

    if (!mw_store_mark(store, error))
        return false;
    if (!do_item(bulk, item, problems, &action, &local)) {
        bool refusal = local->domain == MW_ERROR &&
                       (local->code == MW_ERROR_DENIED || local->code == MW_ERROR_NOT_FOUND ||
                        local->code == MW_ERROR_CONFLICT || local->code == MW_ERROR_INVALID);
        if (!refusal) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        return mw_store_back_to_mark(store, error) && skip(bulk, item, local->message, error);
    }
    if (!mw_store_forget_mark(store, error))
        return false;
    if (mw_problems_any(problems))
        return skip(bulk, item, mw_problems_get(problems, 0)->message, error);
    if (!mw_changes_history(bulk->context, item->record, bulk->begun, &history, error))
        return false;
    bulk->state->changed += history != 0;
    return note_item(bulk, item, history ? action : "same", history, error);
}

/* ---- all of them -------------------------------------------------------------------------------- */

static bool
keep_state(const Bulk *bulk, const MwRecord *run, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(run->entity);
    const char *message = mw_record_text(run, "message");
    g_autofree char *all = message && bulk->reasons->len > 0
                               ? g_strdup_printf("%s\n%s", message, bulk->reasons->str)
                               : g_strdup(message ? message : bulk->reasons->str);

    set(input, "changed", MW_INT(bulk->state->changed));
    set(input, "skipped", MW_INT(bulk->state->skipped));
    set(input, "status", MW_BORROW(bulk->state->done ? "done" : "running"));
    if (bulk->reasons->len > 0)
        set(input, "message", MW_BORROW(all));
    if (bulk->state->done)
        set(input, "finished_at", MW_INT(bulk->context->now));
    return mw_bulk_write(bulk->context, input, mw_record_id(run), error) != 0;
}

static bool
change_items(Bulk *bulk, unsigned limit, GError **error)
{
    g_autoptr(GArray) items = g_array_new(false, false, sizeof(Waiting));
    MwValue params[] = { MW_INT(bulk->run), MW_INT(limit) };

    if (!mw_store_run(bulk->context->store,
                      "SELECT position, record FROM change_item WHERE run = $1 "
                      "AND action = 'waiting' ORDER BY position LIMIT $2",
                      params, 2, keep_position, items, error))
        return false;
    for (guint i = 0; i < items->len; i++)
        if (!change_item(bulk, &g_array_index(items, Waiting, i), error))
            return false;
    bulk->state->checked = items->len;
    bulk->state->done = items->len < limit;
    return true;
}

bool
mw_bulk_go_on(const MwContext *context, int64_t run, unsigned limit, MwBulkState *state,
              GError **error)
{
    g_autoptr(MwRecord) record = mw_record_read(context, run_entity(context), run, MW_LIVE, error);

    *state = (MwBulkState){ 0 };
    if (!record)
        return false;
    const char *status = mw_record_text(record, "status"), *text = mw_record_text(record, "input");
    const MwEntity *entity = mw_catalog_entity(context->catalog, mw_record_text(record, "entity"));
    if (!entity || (!g_str_equal(status, "queued") && !g_str_equal(status, "running")))
        return mw_fail(error, MW_ERROR_CONFLICT, _("This bulk change has ended."));
    json_t *values = json_loads(text ? text : "{}", 0, NULL);
    g_autoptr(MwInput) input = input_of(entity, values);
    g_autoptr(GString) reasons = g_string_new(NULL);
    json_decref(values);
    *state = (MwBulkState){ .records = mw_record_int(record, "records"),
                            .changed = mw_record_int(record, "changed"),
                            .skipped = mw_record_int(record, "skipped") };
    Bulk bulk = { .context = context,
                  .entity = entity,
                  .run = run,
                  .begun = mw_id_next(mw_company_ids(context->company)),
                  .action = mw_record_text(record, "action"),
                  .input = input,
                  .state = state,
                  .reasons = reasons };
    return change_items(&bulk, limit, error) && keep_state(&bulk, record, error);
}

/* What lives again leads nowhere any more. */
static bool
forget_merged(const MwContext *context, const MwRecord *run, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, mw_record_text(run, "entity"));
    g_autoptr(GString) sql =
        g_string_new("DELETE FROM merged WHERE run = $1 AND record IN (SELECT id FROM ");
    MwValue id = MW_INT(mw_record_id(run));

    if (!entity)
        return true;
    mw_sql_name(sql, entity->name);
    g_string_append(sql, " WHERE deleted_at IS NULL)");
    return mw_store_run(context->store, sql->str, &id, 1, NULL, NULL, error);
}

bool
mw_bulk_ended(const MwContext *context, const MwRecord *run, bool *ended, GError **error)
{
    const char *status = mw_record_text(run, "status");
    g_autofree char *payload =
        g_strdup_printf("{\"run\":\"%" G_GINT64_FORMAT "\"%%", mw_record_id(run));
    MwValue param = MW_BORROW(payload);
    g_auto(MwValue) works = MW_NOTHING;

    *ended = g_strcmp0(status, "done") == 0;
    if (*ended || (g_strcmp0(status, "running") != 0 && g_strcmp0(status, "undoing") != 0))
        return true;
    if (!mw_store_scalar(context->store,
                         "SELECT 1 FROM job WHERE kind IN ('bulk', 'bulk_undo') AND payload LIKE "
                         "$1 AND status IN ('queued', 'running') AND deleted_at IS NULL LIMIT 1",
                         &param, 1, &works, error))
        return false;
    *ended = works.is == MW_NULL;
    return true;
}

/* ---- undoing ------------------------------------------------------------------------------------ */

bool
mw_bulk_kept(const MwContext *context, const MwRecord *run)
{
    return mw_record_int(run, "created_at") > context->now - MW_BULK_KEPT_DAYS * MW_DAY_MS;
}

/* What stays as it is is told behind what was told before. */
static bool
keep_undone(const MwContext *context, const MwRecord *run, const MwUndone *undone,
            const char *status, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(run->entity);
    const char *before = mw_record_text(run, "message");
    int64_t kept = mw_record_int(run, "kept");
    g_autoptr(GString) message = g_string_new(before);

    for (guint i = 0; i < undone->kept->len && kept + i < REASONS_MAX; i++)
        g_string_append_printf(message, "%s%s", message->len > 0 ? "\n" : "",
                               (char *)undone->kept->pdata[i]);
    set(input, "status", MW_BORROW(status));
    set(input, "kept", MW_INT(kept + undone->n_kept));
    if (message->len > 0)
        set(input, "message", MW_BORROW(message->str));
    if (g_str_equal(status, "undone"))
        set(input, "undone_at", MW_INT(context->now));
    return mw_bulk_write(context, input, mw_record_id(run), error) != 0;
}

static bool
undo_later(const MwContext *context, const MwRecord *run, MwUndone *undone, GError **error)
{
    g_autofree char *payload =
        g_strdup_printf("{\"run\":\"%" G_GINT64_FORMAT "\",\"user\":\"%" G_GINT64_FORMAT "\"}",
                        mw_record_id(run), mw_actor_user(context->actor));

    *undone = (MwUndone){ .later = true, .kept = g_ptr_array_new_with_free_func(g_free) };
    return keep_undone(context, run, undone, "undoing", error) &&
           mw_job_add(context, "bulk_undo", payload, context->now, error) != 0;
}

/* The run, where the actor may undo it. */
static MwRecord *
read_undoable(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwRecord) record = mw_record_read(context, run_entity(context), run, MW_LIVE, error);
    bool ended;

    if (!record ||
        !may(context, mw_catalog_entity(context->catalog, mw_record_text(record, "entity")),
             mw_record_text(record, "action"), error) ||
        !mw_bulk_ended(context, record, &ended, error))
        return NULL;
    if (!ended)
        return mw_fail_null(error, MW_ERROR_CONFLICT,
                            _("Only a bulk change that has ended can be undone, and only once."));
    if (!mw_bulk_kept(context, record))
        return mw_fail_null(error, MW_ERROR_CONFLICT,
                            _("A bulk change can be undone for %d days, and this one is older."),
                            MW_BULK_KEPT_DAYS);
    return g_steal_pointer(&record);
}

bool
mw_bulk_undo(const MwContext *context, int64_t run, MwUndone *undone, GError **error)
{
    g_autoptr(MwRecord) record = read_undoable(context, run, error);

    *undone = (MwUndone){ 0 };
    if (!record)
        return false;
    bool merge = g_strcmp0(mw_record_text(record, "action"), "merge") == 0;
    if (!merge && mw_record_int(record, "records") > MW_BULK_AT_ONCE)
        return undo_later(context, record, undone, error);
    return mw_changes_undo(context, run, undone, error) && forget_merged(context, record, error) &&
           keep_undone(context, record, undone, "undone", error);
}

bool
mw_bulk_undo_go_on(const MwContext *context, int64_t run, unsigned limit, bool *done,
                   GError **error)
{
    g_autoptr(MwRecord) record = mw_record_read(context, run_entity(context), run, MW_LIVE, error);
    g_auto(MwUndone) undone = { 0 };
    bool more = false;

    if (!record)
        return false;
    *done = g_strcmp0(mw_record_text(record, "status"), "undone") == 0;
    if (*done)
        return true;
    if (g_strcmp0(mw_record_text(record, "status"), "undoing") != 0)
        return mw_fail(error, MW_ERROR_CONFLICT, _("This bulk change has ended."));
    int64_t before = INT64_MAX; /* there are at most MW_BULK_MAX */
    if (!mw_changes_undo_some(context, run, limit, &before, &undone, &more, error))
        return false;
    *done = !more;
    return keep_undone(context, record, &undone, more ? "undoing" : "undone", error);
}

int64_t
mw_bulk_undone(const MwContext *context, int64_t run, GError **error)
{
    MwValue param = MW_INT(run);
    g_auto(MwValue) count = MW_NOTHING;

    return mw_store_scalar(context->store,
                           "SELECT COUNT(*) FROM change_item WHERE run = $1 AND action = 'undone'",
                           &param, 1, &count, error)
               ? count.integer
               : -1;
}
