/* import_result: an import at work, and what came of it. */
#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/i18n.h"
#include "web/cells.h"
#include "web/import.h"
#include "web/routes.h"

/* An import that waits or runs, or why it failed. */
static bool
show_work(const MwRequest *request, MwReply *reply, const MwRecord *run, GError **error)
{
    MwNode *page = mw_view_root(request->view);
    const MwContext *context = request->context;
    bool half = g_strcmp0(mw_record_text(run, "status"), "undo_failed") == 0, maps = false;
    bool failed = half || g_strcmp0(mw_record_text(run, "status"), "failed") == 0;
    int64_t progress = 0;

    if (!half && (failed ? !mw_import_maps(context, run, &maps, error)
                         : !mw_import_progress(context, request->id, &progress, error)))
        return false;
    const char *message = mw_record_text(run, "message");
    mw_put_copy(page, "title", mw_record_text(run, "file_name"));
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_put_format(page, "progress_url", "/imports/%lld", (long long)request->id);
    mw_put_int(page, "percent", MAX(progress, mw_record_int(run, "progress")) / 100);
    mw_put_int(page, "id", request->id);
    mw_put_copy(page, "failure", !failed ? NULL : message ? message : _("It was given up."));
    mw_put_bool(page, "own",
                mw_record_int(run, "source") &&
                    mw_record_int(run, "owner") == mw_actor_user(context->actor));
    mw_put_bool(page, "maps", maps);
    mw_put_bool(page, "undoing", g_strcmp0(mw_record_text(run, "status"), "undoing") == 0);
    if (request->fragment && failed)
        mw_reply_header(reply, "HX-Refresh", "true");
    return mw_reply_page(request, reply, request->fragment ? "admin/progress" : "import/work",
                         error);
}

typedef struct {
    MwNode *list;
    bool any;
} Rejects;

static bool
put_reject(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Rejects *rejects = data;
    MwNode *item = mw_put_object(rejects->list, NULL);
    rejects->any = true;
    const char *raw = *c[2].text == '=' ? c[2].text + 1 : "…";
    g_autofree char *text = g_utf8_substring(raw, 0, MIN(120, g_utf8_strlen(raw, -1)));

    mw_put_format(item, "line", "%lld", (long long)c[0].integer);
    mw_put_copy(item, "reason", c[1].text);
    mw_put_copy(item, "raw", text);
    return true;
}

void
mw_import_put_counts(MwNode *item, const char *what, int64_t created, int64_t updated)
{
    g_autofree char *fresh = mw_decimal_format(created, 0, 0, true);
    g_autofree char *changed = mw_decimal_format(updated, 0, 0, true);

    mw_put_format(item, "text", _("%s: %s new, %s changed"), what, fresh, changed);
}

/* How many of each entity, and what the rows did not agree in. */
static void
put_report(const MwRequest *request, MwNode *page, const MwRecord *run, const MwShape *shape)
{
    const MwCatalog *catalog = request->context->catalog;
    const char *text = mw_record_text(run, "report"), *name;
    json_t *report = json_loads(text ? text : "{}", 0, NULL), *number, *warning;
    const json_t *updated = json_object_get(report, "updated");
    const json_t *undo = json_object_get(report, "undo");
    MwNode *counts = mw_put_list(page, "counts"), *warnings = mw_put_list(page, "warnings");
    MwNode *kept = mw_put_list(page, "kept");
    size_t i;

    json_object_foreach(json_object_get(report, "created"), name, number)
    {
        const MwEntity *entity = mw_catalog_entity(catalog, name);
        MwNode *item = mw_put_object(counts, NULL);
        mw_import_put_counts(item, entity ? mw_entity_plural(entity) : name,
                             json_integer_value(number),
                             json_integer_value(json_object_get(updated, name)));
    }
    json_array_foreach(json_object_get(report, "warnings"), i, warning)
    {
        MwNode *item = mw_put_object(warnings, NULL);
        const char *key = json_string_value(json_object_get(warning, "field"));
        g_autofree char *label = shape && key ? mw_shape_label(shape, catalog, key) : NULL;
        mw_put_copy(item, "field", label ? label : key);
        mw_put_copy(item, "message", json_string_value(json_object_get(warning, "message")));
        mw_put_count(item, "count", json_integer_value(json_object_get(warning, "count")));
    }
    mw_put_bool(page, "undone", undo != NULL); /* earlier versions did not tell */
    mw_put_count(page, "removed", json_integer_value(json_object_get(undo, "removed")));
    mw_put_count(page, "restored", json_integer_value(json_object_get(undo, "restored")));
    mw_put_count(page, "n_kept", json_integer_value(json_object_get(undo, "kept")));
    json_array_foreach(json_object_get(undo, "titles"), i, warning)
    {
        mw_put_copy(mw_put_object(kept, NULL), "title", json_string_value(warning));
    }
    json_decref(report);
}

/* Until when the file and what was rejected of it are there. */
static void
put_kept(const MwRequest *request, MwNode *page, const MwRecord *run, bool rejects)
{
    int64_t until = mw_record_int(run, "finished_at") + MW_IMPORT_KEPT_DAYS * MW_DAY_MS;
    g_autofree char *shown = mw_instant_format(until, request->context->locale.zone, MW_CLOCK_LONG);
    bool file = mw_record_int(run, "source"), once = mw_record_int(run, "rejected") > 0;
    const char *kept = file && rejects ? _("The file and its rejected rows are kept until %s.")
                       : file          ? _("The file is kept until %s.")
                       : rejects       ? _("The rejected rows are kept until %s.")
                       : once          ? _("The rejected rows are kept no longer.")
                                       : NULL;

    if (kept)
        mw_put_format(page, "kept_until", kept, shown);
    else
        mw_put_text(page, "kept_until", NULL);
}

static bool
put_rejects(const MwRequest *request, MwNode *page, const MwRecord *run, GError **error)
{
    MwValue id = MW_INT(request->id);
    Rejects rejects = { mw_put_list(page, "rejects"), false };

    if (!mw_store_run(request->context->store,
                      "SELECT line, reason, raw FROM import_reject WHERE run = $1 AND line > 0 "
                      "ORDER BY line LIMIT 50",
                      &id, 1, put_reject, &rejects, error))
        return false;
    mw_put_bool(page, "any_rejected", rejects.any);
    put_kept(request, page, run, rejects.any);
    return true;
}

/* The list of what its owner wrote while it ran. */
static void
put_imported(MwNode *page, const MwRecord *run, const MwEntity *entity)
{
    const char *what = mw_record_int(run, "created") > 0 ? "created" : "updated";
    /* The instant of a transaction is that of its beginning, a moment before the run is marked as started. */
    g_autofree char *from = mw_instant_rfc3339(mw_record_int(run, "started_at") - 1000);
    g_autofree char *to = mw_instant_rfc3339(mw_record_int(run, "finished_at"));

    mw_put_format(page, "records", "/%s?%s_by=eq.%" G_GINT64_FORMAT "&%s_at=gte.%s&%s_at=lte.%s",
                  entity->path, what, mw_record_int(run, "owner"), what, from, what, to);
}

/* Until when it can be taken back. */
static void
put_undo_until(const MwRequest *request, MwNode *page, const MwRecord *run, bool could,
               bool in_time)
{
    int64_t until = mw_record_int(run, "finished_at") + MW_IMPORT_KEPT_DAYS * MW_DAY_MS;
    g_autofree char *shown = mw_instant_format(until, request->context->locale.zone, MW_CLOCK_LONG);

    if (!could)
        mw_put_text(page, "undo_until", NULL);
    else
        mw_put_format(page, "undo_until",
                      in_time ? _("This import can be undone until %s.")
                              : _("This import could be undone until %s."),
                      shown);
}

static bool
show_result(const MwRequest *request, MwReply *reply, const MwRecord *run, GError **error)
{
    static const char *const shown[] = { "file_name", "status",   "rows",       "created",
                                         "updated",   "rejected", "started_at", "finished_at",
                                         "message",   NULL };
    MwNode *page = mw_view_root(request->view);
    MwShape shape;

    if (!put_rejects(request, page, run, error))
        return false;
    mw_put_copy(page, "title", mw_record_text(run, "file_name"));
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_put_done(request, page);
    mw_put_int(page, "id", request->id);
    bool done = g_strcmp0(mw_record_text(run, "status"), "done") == 0;
    bool any = mw_record_int(run, "created") > 0 || mw_record_int(run, "updated") > 0;
    for (const char *const *name = shown; *name; name++)
        if (done && !any && g_str_equal(*name, "status"))
            mw_put_text(page, "status", _("Nothing was taken in"));
        else
            mw_cell_put_shown(request->context, page, run, *name);
    bool shaped =
        mw_shape_find(request->context->catalog, mw_record_text(run, "entity"), &shape, NULL);
    put_report(request, page, run, shaped ? &shape : NULL);
    bool in_time = mw_import_undo_in_time(request->context, run);
    mw_put_bool(page, "can_undo", done && any && in_time);
    put_undo_until(request, page, run, done && any, in_time);
    mw_put_bool(page, "mappable",
                mw_record_int(run, "source") &&
                    mw_record_int(run, "owner") == mw_actor_user(request->context->actor));
    if (done && any && shaped)
        put_imported(page, run, shape.entity);
    else
        mw_put_text(page, "records", NULL);
    return mw_reply_page(request, reply, "import/result", error);
}

/* Of one run by its id: its mapping, its progress, or what came of it. */
static bool
show_run(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwRecord) run = mw_record_read(
        context, mw_catalog_entity(context->catalog, "import_run"), request->id, MW_LIVE, error);
    const char *status = run ? mw_record_text(run, "status") : NULL;

    if (!run)
        return false;
    if (g_strcmp0(status, "mapping") == 0) {
        g_autofree char *next = g_strdup_printf("/imports/%lld/mapping", (long long)request->id);
        return mw_reply_see_other(reply, next);
    }
    bool over = g_strcmp0(status, "done") == 0 || g_strcmp0(status, "undone") == 0;
    if (over && request->fragment)
        mw_reply_header(reply, "HX-Refresh", "true");
    return over && !request->fragment ? show_result(request, reply, run, error)
                                      : show_work(request, reply, run, error);
}

static bool
again(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autofree char *next = g_strdup_printf("/imports/%lld", (long long)request->id);

    return mw_import_again(request->context, request->id, error) && mw_reply_see_other(reply, next);
}

const MwRoute mw_import_result_routes[] = {
    { MW_GET, "/imports/{id}", MW_FOR_USERS, 0, MW_RUN_READ, show_run },
    { MW_POST, "/imports/{id}/again", MW_FOR_USERS, 0, MW_RUN_WRITE, again },
    { .path = NULL },
};
