/* admin_teams: the teams as a tree, and the form for one of them. */
#include "base/i18n.h"
#include "web/admin.h"
#include "web/routes.h"

enum { DEPTH_MAX = 30 };

static const char *const names[] = { "name", "parent", "leader", "note", NULL };

typedef struct {
    const MwRequest *request;
    const GPtrArray *teams;
    GHashTable *leaders;
    MwNode *rows;
    GHashTable *shown; /* ids: a circle in the data ends here */
    GHashTable *members;
} Tree;

static bool
keep_count(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    int64_t *key = g_new(int64_t, 1);

    *key = c[0].integer;
    g_hash_table_insert(data, key, GINT_TO_POINTER((int)c[1].integer));
    return true;
}

static void
put_below(Tree *tree, int64_t parent, unsigned depth)
{
    for (guint i = 0; depth < DEPTH_MAX && i < tree->teams->len; i++) {
        const MwRecord *team = tree->teams->pdata[i];
        int64_t id = mw_record_id(team), leader = mw_record_int(team, "leader");
        if (mw_record_int(team, "parent") != parent || g_hash_table_contains(tree->shown, team))
            continue;
        g_hash_table_add(tree->shown, (gpointer)team);
        MwNode *row = mw_put_object(tree->rows, NULL), *steps;
        mw_put_int(row, "id", id);
        mw_put_copy(row, "name", mw_record_text(team, "name"));
        mw_put_copy(row, "leader", g_hash_table_lookup(tree->leaders, &leader));
        mw_put_format(row, "members", "%d",
                      GPOINTER_TO_INT(g_hash_table_lookup(tree->members, &id)));
        steps = mw_put_list(row, "steps");
        for (unsigned d = 0; d < depth; d++)
            mw_put_int(steps, NULL, (int64_t)d + 1);
        put_below(tree, id, depth + 1);
    }
}

static bool
put_tree(const MwRequest *request, MwNode *page, const GPtrArray *teams, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) members =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < teams->len; i++) {
        int64_t leader = mw_record_int(teams->pdata[i], "leader");
        if (leader)
            g_array_append_val(ids, leader);
    }
    g_autoptr(GHashTable) leaders =
        mw_record_titles(context, mw_catalog_entity(context->catalog, "user"), ids, error);
    if (!leaders || !mw_store_run(context->store,
                                  "SELECT team, count(*) FROM \"user\" WHERE team IS NOT NULL "
                                  "AND deleted_at IS NULL GROUP BY team",
                                  NULL, 0, keep_count, members, error))
        return false;
    Tree tree = { request, teams, leaders, mw_put_list(page, "rows"), shown, members };
    put_below(&tree, 0, 0);
    for (guint i = 0; i < teams->len; i++) /* below one that is not there any more */
        if (!g_hash_table_contains(shown, teams->pdata[i]))
            put_below(&tree, mw_record_int(teams->pdata[i], "parent"), 0);
    return true;
}

static bool
show_page(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "team");
    MwNode *page = mw_view_root(request->view), *fields;
    int64_t id = mw_id_param(request, "id");
    bool may = mw_actor_may(context->actor, entity, MW_MAY_UPDATE);
    g_autoptr(GPtrArray) teams = mw_records_of(context, "team", NULL, 0, error);
    g_autoptr(MwRecord) team =
        teams && id ? mw_record_read(context, entity, id, MW_LIVE, error) : NULL;

    if (!teams || (id && !team) || !put_tree(request, page, teams, error))
        return false;
    mw_put_text(page, "title", _("Teams"));
    mw_put_text(page, "subtitle", mw_gettext(entity->help));
    mw_put_done(request, page);
    mw_put_bool(page, "may", may);
    mw_put_bool(page, "is_new", !team);
    mw_put_int(page, "id", id);
    fields = mw_put_list(page, "fields");
    for (const char *const *name = names; may && *name; name++) {
        g_autofree char *value = mw_form_value(request, team, entity, *name);
        if (!mw_ask_field(request, fields, entity, *name, value, problems, error))
            return false;
    }
    if (problems)
        mw_reply_status(reply, 422);
    return mw_reply_page(request, reply, "admin/teams", error);
}

static bool
show_teams(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_page(request, reply, NULL, error);
}

static bool
save_team(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "team"));
    int64_t id = mw_id_param(request, "id");

    mw_form_into(request, input, names, NULL);
    g_autoptr(MwRecord) team = mw_record_write(context, input, id, problems, error);
    if (!team)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_discard(reply);
        return show_page(request, reply, problems, error);
    }
    return mw_reply_see_other(reply, id ? "/teams?done=saved" : "/teams?done=created");
}

static bool
remove_team(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwValue id = MW_INT(request->id);
    g_auto(MwValue) used = MW_NOTHING;

    if (!mw_store_scalar(context->store,
                         "SELECT 1 FROM team WHERE parent = $1 AND deleted_at IS NULL UNION ALL "
                         "SELECT 1 FROM \"user\" WHERE team = $1 AND deleted_at IS NULL LIMIT 1",
                         &id, 1, &used, error))
        return false;
    if (used.is != MW_NULL)
        return mw_fail(error, MW_ERROR_INVALID, _("This team still has people or teams below it."));
    return mw_record_remove(context, mw_catalog_entity(context->catalog, "team"), request->id, 0,
                            error) &&
           mw_reply_see_other(reply, "/teams?done=removed");
}

const MwRoute mw_admin_teams_routes[] = {
    { MW_GET, "/teams", MW_FOR_USERS, 0, MW_RUN_READ, show_teams },
    { MW_POST, "/teams", MW_FOR_USERS, 0, MW_RUN_WRITE, save_team },
    { MW_POST, "/teams/{id}/remove", MW_FOR_USERS, 0, MW_RUN_WRITE, remove_team },
    { .path = NULL },
};
