/* bulk: one change to many records that were selected in a list: chosen, seen beforehand, done, undone. */
#include "record/bulk.h"

#include "base/i18n.h"
#include "methods/open_pool.h"
#include "record/job.h"
#include "web/bulk_form.h"
#include "web/pages.h"
#include "web/routes.h"

/* Above MANY records somebody confirms how many they are. */
enum { MANY = 20 };

/* The export of the list takes a condition on the ids. */
static bool
lead_to_export(MwReply *reply, const MwSelection *selection)
{
    g_autoptr(GString) path = g_string_new(NULL);

    g_string_append_printf(path, "/%s/export?", selection->entity->path);
    if (selection->all) {
        g_string_append(path, selection->list);
        return mw_reply_see_other(reply, path->str);
    }
    g_string_append(path, "id=in.(");
    for (guint i = 0; i < selection->ids->len; i++)
        g_string_append_printf(path, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               g_array_index(selection->ids, int64_t, i));
    g_string_append_c(path, ')');
    return mw_reply_see_other(reply, path->str);
}

static bool
lead_to_merge(MwReply *reply, const MwSelection *selection)
{
    g_autoptr(GString) path = g_string_new(NULL);

    g_string_append_printf(path, "/%s/merge?", selection->entity->path);
    for (guint i = 0; i < selection->ids->len; i++)
        g_string_append_printf(path, "%s_id=%" G_GINT64_FORMAT, i > 0 ? "&" : "",
                               g_array_index(selection->ids, int64_t, i));
    return mw_reply_see_other(reply, path->str);
}

/* Whether some of them are in an open pool, from where they are given with a reason. */
static bool
find_pooled(const MwContext *context, const MwSelection *selection, bool *any, GError **error)
{
    const MwEntity *entity = selection->entity;

    *any = false;
    for (guint from = 0; from < selection->ids->len && !*any; from += MW_PAGE_MAX) {
        g_autoptr(MwFilter) filter = mw_filter_all();
        MwFilter *in = mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
        MwQuery query = { .entity = entity, .filter = filter, .limit = 1 };
        for (guint i = from; i < MIN(from + MW_PAGE_MAX, selection->ids->len); i++)
            mw_filter_value(in, MW_INT(g_array_index(selection->ids, int64_t, i)));
        mw_filter_add(filter, in);
        mw_filter_add(
            filter, mw_filter_test(mw_entity_field(entity, "pool"), MW_TEST_NOT_NULL, MW_NOTHING));
        mw_query_want(&query, &entity->fields[MW_FIELD_ID]);
        g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
        if (!found)
            return false;
        *any = found->len > 0;
    }
    return true;
}

static bool
lead_to_pool(MwReply *reply, const MwSelection *selection)
{
    g_autoptr(GString) path = g_string_new(NULL);

    g_string_append_printf(path, "/%s/pool?_action=assign&_list=", selection->entity->path);
    g_string_append_uri_escaped(path, selection->list, NULL, true);
    if (selection->all)
        g_string_append(path, "&_all=1");
    for (guint i = 0; i < selection->ids->len && !selection->all; i++)
        g_string_append_printf(path, "&_id=%" G_GINT64_FORMAT,
                               g_array_index(selection->ids, int64_t, i));
    return mw_reply_see_other(reply, path->str);
}

static bool
choose(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *action = mw_param(request, "_action");
    g_auto(MwSelection) selection = { 0 };

    if (!mw_selection_init(&selection, request, error))
        return false;
    if (g_strcmp0(action, "export") == 0 && (selection.all || selection.ids->len > 0))
        return lead_to_export(reply, &selection);
    if (selection.ids->len == 0)
        return mw_selection_done(&selection, reply, selection.too_many ? "too_many" : "nothing", 0);
    if (g_strcmp0(action, "merge") == 0)
        return lead_to_merge(reply, &selection);
    if (!mw_actor_may(request->context->actor, request->entity, MW_MAY_UPDATE))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not do this: %s."),
                       mw_entity_plural(request->entity));
    bool pooled = false;
    if (g_strcmp0(action, "assign") == 0 && mw_pool_suits(request->entity) &&
        mw_actor_leads(request->context->actor) &&
        !find_pooled(request->context, &selection, &pooled, error))
        return false;
    if (pooled)
        return lead_to_pool(reply, &selection);
    g_autoptr(GPtrArray) fields = mw_bulk_chosen(request);
    const MwBulkForm form = { request, &selection, fields, NULL };
    return mw_bulk_show_form(&form, reply, error);
}

/* A few are changed at once, many by a job, whose page then shows how far it is. */
static bool
begin_all(const MwRequest *request, MwReply *reply, const MwSelection *selection,
          const char *action, const char *values, GError **error)
{
    const MwContext *context = request->context;
    const MwBulk bulk = { request->entity, action, selection->ids, values };
    bool few = selection->ids->len <= MW_BULK_AT_ONCE;
    int64_t run = mw_bulk_begin(context, &bulk, error);
    MwBulkState state;

    if (!run)
        return false;
    if (few)
        return mw_bulk_go_on(context, run, MW_BULK_AT_ONCE + 1, &state, error) &&
               mw_selection_done(selection, reply, "bulk", run);
    g_autofree char *payload = g_strdup_printf("{\"run\":\"%" G_GINT64_FORMAT "\"}", run);
    g_autofree char *path = g_strdup_printf("/bulk-changes/%" G_GINT64_FORMAT, run);
    return mw_job_add(context, "bulk", payload, context->now, error) &&
           mw_reply_see_other(reply, path);
}

/* Who has chosen has only read until here. */
static bool
do_all(const MwRequest *request, MwReply *reply, const MwSelection *selection, const char *action,
       const char *values, GError **error)
{
    MwStore *store = request->context->store;

    mw_store_rollback(store);
    if (!mw_store_begin(store, true, error))
        return false;
    if (begin_all(request, reply, selection, action, values, error) &&
        mw_store_commit(store, error))
        return true;
    mw_store_rollback(store);
    return false;
}

static bool
change_all(const MwRequest *request, MwReply *reply, const MwSelection *selection, GError **error)
{
    g_autoptr(GPtrArray) fields = mw_bulk_chosen(request);
    g_autoptr(GPtrArray) changing = mw_bulk_changing(request, fields);
    g_autoptr(MwProblems) problems = mw_problems_new();
    const MwBulkForm form = { request, selection, fields, problems };
    const MwBulkForm changes = { request, selection, changing, problems };
    const char *step = mw_form_param(request, "_step");
    bool many = selection->ids->len > MANY && !mw_form_param(request, "_sure");

    if (mw_form_param(request, "_drop") || g_strcmp0(step, "form") == 0)
        return mw_bulk_show_form(&form, reply, error);
    mw_bulk_check_form(&form, changing);
    if (!mw_problems_any(problems) && !mw_bulk_find_faults(&changes, error))
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
        return mw_bulk_show_form(&form, reply, error);
    }
    if (many || g_strcmp0(step, "preview") == 0)
        return mw_bulk_show_preview(&changes, reply, g_strcmp0(step, "preview") != 0, error);
    g_autofree char *values = mw_bulk_values(request, changing);
    return do_all(request, reply, selection, "edit", values, error);
}

/* Posted by a list: what only shows a page, or leads to one; its token would stand in an address. */
static bool
is_shown(const char *action)
{
    static const char *const shown[] = { "edit", "assign", "export", "merge", NULL };

    return action && g_strv_contains(shown, action);
}

static bool
change(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *action = mw_form_param(request, "_action");
    bool removes = g_strcmp0(action, "remove") == 0, restores = g_strcmp0(action, "restore") == 0;
    g_auto(MwSelection) selection = { 0 };

    if (is_shown(action) && !mw_form_param(request, "_step"))
        return choose(request, reply, error);
    if (!mw_selection_init(&selection, request, error))
        return false;
    if (selection.ids->len == 0)
        return mw_selection_done(&selection, reply, selection.too_many ? "too_many" : "nothing", 0);
    if (!removes && !restores)
        return change_all(request, reply, &selection, error);
    if ((selection.all || selection.ids->len > MANY) && !mw_form_param(request, "_sure"))
        return mw_bulk_show_question(request, reply, &selection, removes, error);
    return do_all(request, reply, &selection, removes ? "remove" : "restore", NULL, error);
}

/* "All that match" may be many records by a condition without an index: they are read on a worker, in a transaction that
 * only reads, so that others go on writing. */
static bool
in_reading(const MwRequest *request, MwReply *reply, MwHandler handler, GError **error)
{
    MwStore *store = request->context->store;
    bool done = mw_store_begin(store, false, error) && handler(request, reply, error);

    mw_store_rollback(store); /* nothing, when it has written and committed */
    return done;
}

static bool
show_bulk(const MwRequest *request, MwReply *reply, GError **error)
{
    return in_reading(request, reply, choose, error);
}

static bool
do_bulk(const MwRequest *request, MwReply *reply, GError **error)
{
    return in_reading(request, reply, change, error);
}

const MwRoute mw_bulk_routes[] = {
    { MW_GET, "/{entity}/bulk", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_SLOW, show_bulk },
    { MW_POST, "/{entity}/bulk", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_SLOW, do_bulk },
    { .path = NULL },
};
