/* favourites: see favourites.h; marking by page and by REST, the group of the navigation, the page of all of them. */
#include "web/favourites.h"

#include <jansson.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "web/call.h"
#include "web/pages.h"
#include "web/routes.h"

enum { LOOKED_AT = 3 }; /* times as many as are shown: some may be gone, or out of sight */

/* ---- reading ------------------------------------------------------------------------ */

const GArray *
mw_favourites(const MwRequest *request, GError **error)
{
    MwCall *call = (MwCall *)mw_call_of(request);

    if (!call->favourites)
        call->favourites = mw_wanted_read(
            request->context,
            "SELECT entity, record, marked_at FROM visit WHERE user_id = $1 AND marked_at IS NOT "
            "NULL ORDER BY marked_at DESC, record DESC LIMIT $2",
            MW_FAVOURITES_MAX, error);
    return call->favourites;
}

GPtrArray *
mw_favourites_find(const MwRequest *request, unsigned limit, GError **error)
{
    const GArray *all = mw_favourites(request, error);
    g_autoptr(GArray) wanted = g_array_new(false, false, sizeof(MwWanted));

    if (!all)
        return NULL;
    g_array_append_vals(wanted, all->data, MIN(all->len, limit * LOOKED_AT));
    GPtrArray *found = mw_found_read(request->context, wanted, error);
    if (found && found->len > limit)
        g_ptr_array_set_size(found, (gint)limit);
    return found;
}

/* ---- showing -------------------------------------------------------------------------- */

void
mw_star_put(MwNode *node, const MwEntity *entity, int64_t id, const GArray *favourites)
{
    bool marked = false;

    for (guint i = 0; i < favourites->len && !marked; i++)
        marked = g_array_index(favourites, MwWanted, i).id == id;
    mw_put_bool(node, "marked", marked);
    mw_put_format(node, "star_at", "/%s/%" G_GINT64_FORMAT "/favourite", entity->path, id);
    mw_put_int(node, "star_id", id);
}

void
mw_favourites_put_nav(const MwRequest *request, MwNode *page)
{
    g_autoptr(GError) ignored = NULL; /* the page itself says so when the database is away */
    g_autoptr(GPtrArray) found = mw_store_in_transaction(request->context->store)
                                     ? mw_favourites_find(request, MW_FAVOURITES_IN_NAV, &ignored)
                                     : NULL;

    mw_put_bool(page, "any_marked", found && found->len > 0);
    if (found)
        mw_found_put(page, "marked_records", found);
    else
        mw_put_list(page, "marked_records");
}

static bool
show_favourites(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "favourites");
    const GArray *all = mw_favourites(request, error);
    g_autoptr(GPtrArray) found = all ? mw_found_read(request->context, all, error) : NULL;

    if (!found)
        return false;
    MwNode *items = mw_put_list(node, "records");
    for (guint i = 0; i < found->len; i++) {
        MwNode *item = mw_put_object(items, NULL);
        mw_found_put_one(item, found->pdata[i]);
        mw_star_put(item, ((const MwFound *)found->pdata[i])->entity,
                    ((const MwFound *)found->pdata[i])->id, all);
    }
    mw_put_bool(node, "any", found->len > 0);
    mw_put_text(root, "title", _("Favourites"));
    return mw_reply_page(request, reply, "favourites/page", error);
}

/* ---- marking -------------------------------------------------------------------------- */

static bool
unmark(const MwRequest *request, GError **error)
{
    MwValue params[] = { MW_INT(mw_actor_user(request->context->actor)), MW_INT(request->id) };

    return mw_store_run(request->context->store,
                        "UPDATE visit SET marked_at = NULL WHERE user_id = $1 AND record = $2",
                        params, 2, NULL, NULL, error);
}

static bool
mark(const MwRequest *request, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwRecord) record =
        mw_record_read(context, request->entity, request->id, MW_LIVE, error);
    MwValue params[] = { MW_INT(mw_actor_user(context->actor)), MW_INT(request->id),
                         MW_BORROW(request->entity->name), MW_INT(context->now) };
    g_auto(MwValue) others = MW_NOTHING;

    if (!record || !mw_store_scalar(context->store,
                                    "SELECT COUNT(*) FROM visit WHERE user_id = $1 AND "
                                    "marked_at IS NOT NULL AND record <> $2",
                                    params, 2, &others, error))
        return false;
    if (others.integer >= MW_FAVOURITES_MAX)
        return mw_fail(error, MW_ERROR_CONFLICT,
                       _("You have %d favourites, and more cannot be kept: take one off first."),
                       MW_FAVOURITES_MAX);
    return mw_store_run(context->store,
                        "INSERT INTO visit (user_id, record, at, entity, marked_at) "
                        "VALUES ($1, $2, 0, $3, $4) ON CONFLICT (user_id, record) "
                        "DO UPDATE SET marked_at = COALESCE(visit.marked_at, excluded.marked_at)",
                        params, G_N_ELEMENTS(params), NULL, NULL, error);
}

/* Back to the list whose row had the star, or to the record. */
static bool
go_back(const MwRequest *request, MwReply *reply)
{
    const char *list = mw_form_param(request, "_list"), *all = mw_form_param(request, "_all");
    char path[MW_RECORD_PATH_SIZE];

    if (all)
        return mw_reply_see_other(reply, "/favourites");
    if (!list)
        return mw_reply_see_other(reply, mw_record_path(request->entity, request->id, path));
    g_autofree char *back =
        g_strdup_printf("/%s%s%s", request->entity->path, *list ? "?" : "", list);
    return mw_reply_see_other(reply, back);
}

static bool
mark_by_page(const MwRequest *request, MwReply *reply, GError **error)
{
    bool marks = g_strcmp0(mw_form_param(request, "favourite"), "1") == 0;

    if (marks ? !mark(request, error) : !unmark(request, error))
        return false;
    if (!request->fragment)
        return go_back(request, reply);
    MwNode *root = mw_view_root(request->view);
    const GArray *all = mw_favourites(request, error);
    if (!all)
        return false;
    mw_star_put(root, request->entity, request->id, all);
    mw_favourites_put_nav(request, root);
    return mw_reply_page(request, reply, "favourites/changed", error);
}

/* ---- REST ------------------------------------------------------------------------------- */

static bool
list_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    const GArray *all = mw_favourites(request, error);
    g_autoptr(GPtrArray) found = all ? mw_found_read(request->context, all, error) : NULL;
    json_t *data = json_array();

    for (guint i = 0; found && i < found->len; i++) {
        const MwFound *item = found->pdata[i];
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, item->id);
        g_autofree char *at = mw_instant_rfc3339(item->at);
        json_array_append_new(data, json_pack("{s:s,s:s,s:s,s:s}", "entity", item->entity->name,
                                              "id", id, "title", item->title, "marked_at", at));
    }
    return mw_reply_json(reply, json_pack("{s:o}", "data", data)) && found;
}

static bool
done_by_api(MwReply *reply, bool done)
{
    mw_reply_status(reply, 204);
    return done;
}

static bool
mark_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    return done_by_api(reply, mark(request, error));
}

static bool
unmark_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    return done_by_api(reply, unmark(request, error));
}

#define API "/api/v1/{entity}/{id}/favourite"

const MwRoute mw_favourite_routes[] = {
    { MW_GET, "/favourites", MW_FOR_USERS, 0, MW_RUN_READ, show_favourites },
    { MW_POST, "/{entity}/{id}/favourite", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, mark_by_page },
    { MW_GET, "/api/v1/favourites", MW_FOR_USERS, 0, MW_RUN_READ, list_by_api },
    { MW_POST, API, MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, mark_by_api },
    { MW_DELETE, API, MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, unmark_by_api },
    { .path = NULL },
};
