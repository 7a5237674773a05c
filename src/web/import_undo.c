/* import_undo: a whole import taken back, by page and by REST. */
#include "base/i18n.h"
#include "base/json.h"
#include "web/import.h"
#include "web/pages.h"
#include "web/routes.h"

/* In a transaction of its own: a large import takes its time. */
static bool
undo(const MwRequest *request, MwUndone *result, GError **error)
{
    const MwContext *context = request->context;

    if (!mw_store_begin(context->store, true, error))
        return false;
    if (mw_import_undo(context, request->id, result, error) &&
        mw_store_commit(context->store, error))
        return true;
    mw_store_rollback(context->store);
    return false;
}

/* What stays is told by name; nothing of it is lost. */
static bool
undo_by_page(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwUndone) result = { 0 };
    MwNode *page = mw_view_root(request->view);

    if (!undo(request, &result, error))
        return false;
    if (result.n_kept == 0) {
        g_autofree char *path =
            g_strdup_printf("/imports/%lld?done=undone", (long long)request->id);
        return mw_reply_see_other(reply, path);
    }
    mw_put_text(page, "title", _("The import is undone, but for these"));
    mw_put_crumb(page, _("Imports"), "/imports");
    mw_put_int(page, "id", request->id);
    mw_put_int(page, "removed", result.removed);
    mw_put_int(page, "restored", result.restored);
    mw_put_int(page, "n_kept", result.n_kept);
    MwNode *kept = mw_put_list(page, "kept");
    for (guint i = 0; i < result.kept->len; i++)
        mw_put_copy(mw_put_object(kept, NULL), "title", result.kept->pdata[i]);
    return mw_reply_page(request, reply, "import/undone", error);
}

static bool
undo_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwUndone) result = { 0 };
    GString *body = mw_reply_body(reply);

    if (!undo(request, &result, error))
        return false;
    g_string_append_printf(body, "{\"removed\":%lld,\"restored\":%lld,\"kept\":%lld,\"titles\":[",
                           (long long)result.removed, (long long)result.restored,
                           (long long)result.n_kept);
    for (guint i = 0; result.kept && i < result.kept->len; i++) {
        g_string_append(body, i > 0 ? "," : "");
        mw_json_string(result.kept->pdata[i], body);
    }
    g_string_append(body, "]}");
    mw_reply_type(reply, "application/json");
    return true;
}

const MwRoute mw_import_undo_routes[] = {
    { MW_POST, "/imports/{id}/undo", MW_FOR_USERS, 0, MW_RUN_SLOW, undo_by_page },
    { MW_POST, "/api/v1/imports/{id}/undo", MW_FOR_USERS, 0, MW_RUN_SLOW, undo_by_api },
    { .path = NULL },
};
