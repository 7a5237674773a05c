/* undo: a whole import taken back, at once or by steps; the mechanism is record/changes.h. */
#include <jansson.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "exchange/importer.h"
#include "record/job.h"
#include "record/work.h"

enum { STEP = 500 /* items */, TITLES_MAX = 100 };

static void
set(MwInput *input, const char *name, MwValue value)
{
    mw_input_set_value(input, mw_entity_field(mw_input_entity(input), name), value);
}

static bool
write_run(const MwContext *context, int64_t run, MwInput *input, GError **error)
{
    g_autoptr(MwActor) nobody = mw_company_system(context->company);
    g_auto(MwContext) system = { 0 };

    mw_context_begin(&system, context->company, context->store, nobody, "import");
    return mw_run_write(&system, input, run, error) != 0;
}

/* ---- what came of it -------------------------------------------------------------------- */

json_t *
mw_import_undone_json(const MwUndone *undone)
{
    json_t *titles = json_array();

    for (guint i = 0; undone->kept && i < undone->kept->len; i++)
        json_array_append_new(titles, json_string(undone->kept->pdata[i]));
    return json_pack("{s:I,s:I,s:I,s:o}", "removed", (json_int_t)undone->removed, "restored",
                     (json_int_t)undone->restored, "kept", (json_int_t)undone->n_kept, "titles",
                     titles);
}

static json_t *
report_of(const MwRecord *run)
{
    const char *text = mw_record_text(run, "report");
    json_t *report = json_loads(text ? text : "{}", 0, NULL);

    return report ? report : json_object();
}

/* What an earlier step came to: it stands in the report of the run, as "undo". The number of items that were seen to. */
static int64_t
add_so_far(const json_t *report, MwUndone *undone)
{
    const json_t *so_far = json_object_get(report, "undo"), *title;
    size_t i;

    undone->removed += json_integer_value(json_object_get(so_far, "removed"));
    undone->restored += json_integer_value(json_object_get(so_far, "restored"));
    undone->n_kept += json_integer_value(json_object_get(so_far, "kept"));
    json_array_foreach(json_object_get(so_far, "titles"), i, title)
    {
        if (undone->kept->len < TITLES_MAX)
            g_ptr_array_add(undone->kept, g_strdup(json_string_value(title)));
    }
    return json_integer_value(json_object_get(so_far, "done"));
}

/* `done` of `all` items are seen to; the same: all of it is undone. */
static bool
write_so_far(const MwContext *context, int64_t run, json_t *report, const MwUndone *undone,
             int64_t done, int64_t all, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "import_run"));
    json_t *so_far = mw_import_undone_json(undone);

    json_object_set_new(so_far, "done", json_integer(done));
    json_object_set_new(report, "undo", so_far);
    char *text = json_dumps(report, JSON_COMPACT);
    set(input, "report", MW_BORROW(text));
    set(input, "status", MW_BORROW(done < all ? "undoing" : "undone"));
    set(input, "progress", MW_INT(all > 0 ? done * 10000 / all : 10000));
    if (done >= all)
        set(input, "undone_at", MW_INT(context->now));
    bool written = write_run(context, run, input, error);
    free(text);
    return written;
}

/* ---- at once ------------------------------------------------------------------------------ */

bool
mw_import_undo_in_time(const MwContext *context, const MwRecord *run)
{
    return mw_record_is_null(run, "finished_at") ||
           g_strcmp0(mw_record_text(run, "status"), "failed") == 0 ||
           mw_record_int(run, "finished_at") >= context->now - MW_IMPORT_KEPT_DAYS * MW_DAY_MS;
}

/* The run, if it can be undone. */
static MwRecord *
read_run(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwRecord) record = mw_run_read(context, run, error);
    const char *status = record ? mw_record_text(record, "status") : NULL;

    if (record && g_strcmp0(status, "done") != 0 && g_strcmp0(status, "failed") != 0 &&
        g_strcmp0(status, "undoing") != 0 && g_strcmp0(status, "undo_failed") != 0)
        return mw_fail_null(error, MW_ERROR_CONFLICT,
                            _("Only an import that has ended can be undone."));
    if (record && g_strcmp0(status, "undoing") != 0 && !mw_import_undo_in_time(context, record))
        return mw_fail_null(error, MW_ERROR_CONFLICT, _("An import can be undone for %d days."),
                            MW_IMPORT_KEPT_DAYS);
    return g_steal_pointer(&record);
}

bool
mw_import_undo(const MwContext *context, int64_t run, MwUndone *undone, GError **error)
{
    g_autoptr(MwRecord) record = read_run(context, run, error);

    *undone = (MwUndone){ 0 };
    if (!record || !mw_changes_undo(context, run, undone, error))
        return false;
    json_t *report = report_of(record);
    bool written = write_so_far(context, run, report, undone, 0, 0, error);
    json_decref(report);
    return written;
}

/* ---- by steps ------------------------------------------------------------------------------- */

/* The number of items, as far as their positions tell. */
static bool
count_items(const MwContext *context, int64_t run, int64_t *all, GError **error)
{
    MwValue which = MW_INT(run);
    g_auto(MwValue) last = MW_NOTHING;

    if (!mw_store_scalar(
            context->store,
            "SELECT position FROM change_item WHERE run = $1 ORDER BY position DESC LIMIT 1",
            &which, 1, &last, error))
        return false;
    *all = last.is == MW_INTEGER ? last.integer + 1 : 0;
    return true;
}

bool
mw_import_undo_is_long(const MwContext *context, int64_t run, bool *is_long, GError **error)
{
    int64_t all;

    if (!count_items(context, run, &all, error))
        return false;
    *is_long = all > MW_IMPORT_UNDO_AT_ONCE;
    return true;
}

bool
mw_import_undo_queue(const MwContext *context, int64_t run, GError **error)
{
    g_autoptr(MwRecord) record = read_run(context, run, error);
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "import_run"));
    g_autofree char *payload =
        g_strdup_printf("{\"run\":\"%" G_GINT64_FORMAT "\",\"user\":\"%" G_GINT64_FORMAT "\"}", run,
                        mw_actor_user(context->actor));

    if (!record)
        return false;
    if (g_strcmp0(mw_record_text(record, "status"), "undoing") == 0)
        return true; /* somebody was quicker */
    set(input, "status", MW_BORROW("undoing"));
    set(input, "progress", MW_INT(0));
    return write_run(context, run, input, error) &&
           mw_job_add(context, "import_undo", payload, context->now, error) > 0;
}

bool
mw_import_undo_failed(const MwContext *context, int64_t run, const char *reason, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "import_run"));

    set(input, "status", MW_BORROW("undo_failed"));
    set(input, "message", MW_BORROW(reason));
    return write_run(context, run, input, error);
}

typedef struct {
    int64_t run, user;
    int64_t done, all;    /* items */
    int64_t before, next; /* positions at which this step and the next begin */
    MwUndone *undone;
    bool more;
    const char *language; /* of who asked, where he is no user */
} Undoing;

static bool
undo_some(const MwContext *context, Undoing *u, GError **error)
{
    g_autoptr(MwRecord) record = read_run(context, u->run, error);

    if (!record || !count_items(context, u->run, &u->all, error))
        return false;
    mw_undone_clear(u->undone); /* of a step before */
    int64_t before = u->before;
    if (!mw_changes_undo_some(context, u->run, STEP, &before, u->undone, &u->more, error))
        return false;
    u->next = before;
    json_t *report = report_of(record);
    int64_t done = add_so_far(report, u->undone) + STEP;
    u->done = u->more ? MIN(done, u->all - 1) : u->all;
    bool written = write_so_far(context, u->run, report, u->undone, u->done, u->all, error);
    json_decref(report);
    return written;
}

/* As who asked, in his language. */
static bool
undo_step(const MwContext *system, void *data, GError **error)
{
    Undoing *u = data;
    g_auto(MwContext) context = { 0 };
    g_autoptr(MwActor) actor =
        u->user ? mw_company_actor(system->company, system->store, u->user, error)
                : mw_company_system(system->company);

    if (!actor)
        return false;
    mw_context_begin(&context, system->company, system->store, actor, system->source);
    if (!u->user) /* at a command: in the language of the terminal */
        context.locale.language = u->language;
    mw_context_use_language(&context);
    return undo_some(&context, u, error);
}

bool
mw_import_undo_run(MwCompany *company, MwStore *store, int64_t run, int64_t user,
                   MwImportProgress progress, void *data, MwUndone *undone, GError **error)
{
    Undoing u = { .run = run,
                  .user = user,
                  .before = INT64_MAX,
                  .undone = undone,
                  .language = mw_i18n_language() };

    *undone = (MwUndone){ 0 };
    do {
        if (!mw_work_atomically(company, store, undo_step, &u, error))
            return false;
        u.before = u.next; /* that step is committed */
        if (!progress(u.done, u.all, data) && u.more)
            return mw_fail(error, MW_ERROR_UNAVAILABLE, _("Stopped before the end."));
    } while (u.more);
    return true;
}
