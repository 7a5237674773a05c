/* bulk_change: a bulk change or merge at work, what came of it, and its undoing, by page and by REST. */
#include "base/i18n.h"
#include "base/json.h"
#include "record/bulk.h"
#include "web/admin.h"
#include "web/cells.h"
#include "web/pages.h"
#include "web/routes.h"

enum { SHOWN_MAX = 100 };

static MwRecord *
read_run(const MwRequest *request, GError **error)
{
    const MwContext *context = request->context;

    return mw_record_read(context, mw_catalog_entity(context->catalog, "bulk_change"), request->id,
                          MW_LIVE, error);
}

/* ---- the records it changed ----------------------------------------------------------- */

static bool
keep_id(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, columns[0].integer);
    return true;
}

static bool
put_records(const MwRequest *request, MwNode *page, const MwEntity *entity, GError **error)
{
    const MwContext *context = request->context;
    MwValue params[] = { MW_INT(request->id), MW_BORROW(entity->name), MW_INT(SHOWN_MAX) };
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    MwNode *list = mw_put_list(page, "changes");

    if (!mw_store_run(context->store,
                      "SELECT record FROM change_item WHERE run = $1 AND entity = $2 AND action "
                      "NOT IN ('waiting', 'skipped', 'same') ORDER BY position LIMIT $3",
                      params, 3, keep_id, ids, error))
        return false;
    mw_titles_only_seen(titles);
    for (guint i = 0; i < ids->len; i++)
        mw_titles_want_id(titles, entity, g_array_index(ids, int64_t, i));
    if (!mw_titles_read(titles, error))
        return false;
    for (guint i = 0; i < ids->len; i++) {
        int64_t id = g_array_index(ids, int64_t, i);
        const char *title = mw_titles_get(titles, entity, id);
        if (!title)
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, entity->path, id);
        mw_put_copy(item, "title", title);
    }
    return true;
}

static bool
put_run(const MwRequest *request, MwNode *page, const MwRecord *run, GError **error)
{
    static const char *const shown[] = { "status", "action",      "records", "changed", "skipped",
                                         "kept",   "finished_at", "message", NULL };
    const MwEntity *entity =
        mw_catalog_entity(request->context->catalog, mw_record_text(run, "entity"));

    mw_put_copy(page, "title", mw_record_text(run, "title"));
    mw_put_crumb(page, _("Bulk changes"), "/bulk-changes");
    mw_put_int(page, "id", request->id);
    for (const char *const *name = shown; *name; name++)
        mw_cell_put_shown(request->context, page, run, *name);
    mw_put_int(page, "kept_days", MW_BULK_KEPT_DAYS);
    mw_put_text(page, "records_path", entity ? entity->path : NULL);
    mw_put_text(page, "plural", entity ? mw_entity_plural(entity) : NULL);
    mw_flash_put(request);
    return !entity || put_records(request, page, entity, error);
}

/* How far the change, or its undoing, is. */
static bool
put_progress(const MwRequest *request, MwNode *page, const MwRecord *run, bool *works,
             GError **error)
{
    const char *status = mw_record_text(run, "status");
    bool undoes = g_str_equal(status, "undoing"), ended;
    int64_t all = mw_record_int(run, undoes ? "changed" : "records");
    int64_t done = undoes ? mw_bulk_undone(request->context, request->id, error)
                          : mw_record_int(run, "changed") + mw_record_int(run, "skipped");

    if (done < 0 || !mw_bulk_ended(request->context, run, &ended, error))
        return false;
    *works = !ended && (undoes || g_str_equal(status, "queued") || g_str_equal(status, "running"));
    mw_put_format(page, "progress_url", "/bulk-changes/%" G_GINT64_FORMAT, request->id);
    mw_put_int(page, "percent", all > 0 ? MIN(done * 100 / all, 100) : 100);
    mw_put_bool(page, "works", *works);
    mw_put_bool(page, "undoes", undoes);
    mw_put_bool(page, "can_undo", ended && mw_bulk_kept(request->context, run));
    return true;
}

static bool
show_change(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) run = read_run(request, error);
    MwNode *page = mw_view_root(request->view);
    bool works;

    if (!run || !put_progress(request, page, run, &works, error))
        return false;
    if (request->fragment && !works)
        mw_reply_header(reply, "HX-Refresh", "true");
    if (request->fragment)
        return mw_reply_page(request, reply, "admin/progress", error);
    return put_run(request, page, run, error) &&
           mw_reply_page(request, reply, "bulk/change", error);
}

/* ---- undoing ----------------------------------------------------------------------------- */

/* In a transaction of its own: a large one takes its time. */
static bool
undo(const MwRequest *request, MwUndone *undone, GError **error)
{
    const MwContext *context = request->context;

    if (!mw_store_begin(context->store, true, error))
        return false;
    if (mw_bulk_undo(context, request->id, undone, error) && mw_store_commit(context->store, error))
        return true;
    mw_store_rollback(context->store);
    return false;
}

static bool
undo_by_page(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwUndone) undone = { 0 };
    const char *back = mw_form_param(request, "_back");
    MwNode *page = mw_view_root(request->view);

    if (!undo(request, &undone, error))
        return false;
    g_autofree char *path = g_strdup_printf("/bulk-changes/%" G_GINT64_FORMAT, request->id);
    if (undone.later)
        return mw_reply_see_other(reply, path);
    if (undone.n_kept == 0) {
        bool local = back && back[0] == '/' && back[1] != '/' && back[1] != '\\';
        return mw_reply_done(reply, local ? back : path, "undone");
    }
    mw_put_text(page, "title", _("Undone, but for these"));
    mw_put_crumb(page, _("Bulk changes"), "/bulk-changes");
    mw_put_int(page, "removed", undone.removed);
    mw_put_int(page, "restored", undone.restored);
    mw_put_int(page, "n_kept", undone.n_kept);
    MwNode *kept = mw_put_list(page, "kept");
    for (guint i = 0; i < undone.kept->len; i++)
        mw_put_copy(mw_put_object(kept, NULL), "title", undone.kept->pdata[i]);
    return mw_reply_page(request, reply, "import/undone", error);
}

static bool
undo_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwUndone) undone = { 0 };
    GString *body = mw_reply_body(reply);

    if (!undo(request, &undone, error))
        return false;
    g_string_append_printf(body, "{\"removed\":%lld,\"restored\":%lld,\"kept\":%lld,\"titles\":[",
                           (long long)undone.removed, (long long)undone.restored,
                           (long long)undone.n_kept);
    for (guint i = 0; i < undone.kept->len; i++) {
        g_string_append(body, i > 0 ? "," : "");
        mw_json_string(undone.kept->pdata[i], body);
    }
    g_string_append_printf(body, "],\"done\":%s}", undone.later ? "false" : "true");
    mw_reply_status(reply, undone.later ? 202 : 200);
    mw_reply_type(reply, "application/json");
    return true;
}

const MwRoute mw_bulk_change_routes[] = {
    { MW_GET, "/bulk-changes/{id}", MW_FOR_USERS, 0, MW_RUN_READ, show_change },
    { MW_POST, "/bulk-changes/{id}/undo", MW_FOR_USERS, 0, MW_RUN_SLOW, undo_by_page },
    { MW_POST, "/api/v1/bulk-changes/{id}/undo", MW_FOR_USERS, 0, MW_RUN_SLOW, undo_by_api },
    { .path = NULL },
};
