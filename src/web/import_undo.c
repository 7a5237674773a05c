/* import_undo: a whole import taken back, by page and by REST: at once, or by a job when it is long. */
#include "base/i18n.h"
#include "web/import.h"
#include "web/pages.h"
#include "web/routes.h"

typedef struct {
    const MwRequest *request;
    MwUndone *undone;
    bool is_long;
} Undo;

static bool
undo_or_queue(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Undo *u = data;
    const MwContext *context = u->request->context;
    int64_t run = u->request->id;

    mw_undone_clear(u->undone); /* of a try before */
    return mw_import_undo_is_long(context, run, &u->is_long, error) &&
           (u->is_long ? mw_import_undo_queue(context, run, error)
                       : mw_import_undo(context, run, u->undone, error));
}

static bool
undo_by_page(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwUndone) undone = { 0 };
    Undo u = { request, &undone, false };

    if (!mw_store_atomically(request->context->store, undo_or_queue, &u, error))
        return false;
    g_autofree char *path =
        g_strdup_printf("/imports/%lld%s", (long long)request->id, u.is_long ? "" : "?done=undone");
    return mw_reply_see_other(reply, path);
}

static bool
undo_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwUndone) undone = { 0 };
    Undo u = { request, &undone, false };

    if (!mw_store_atomically(request->context->store, undo_or_queue, &u, error))
        return false;
    mw_import_reply(reply, request->id, u.is_long ? "undoing" : NULL,
                    u.is_long ? json_object() : mw_import_undone_json(&undone));
    return true;
}

const MwRoute mw_import_undo_routes[] = {
    { MW_POST, "/imports/{id}/undo", MW_FOR_USERS, 0, MW_RUN_SLOW, undo_by_page },
    { MW_POST, "/api/v1/imports/{id}/undo", MW_FOR_USERS, 0, MW_RUN_SLOW, undo_by_api },
    { .path = NULL },
};
