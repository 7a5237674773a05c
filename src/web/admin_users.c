/* admin_users: who logs in, with which roles; passwords and sessions of others. */
#include <string.h>

#include "base/i18n.h"
#include "record/history.h"
#include "record/password.h"
#include "record/token.h"
#include "record/user.h"
#include "web/admin.h"
#include "web/routes.h"

enum { USERS_A_PAGE = 50 };

static const char *const user_fields[] = { "name",     "name_zh",   "email",  "phone", "team",
                                           "language", "time_zone", "active", NULL };
static const char *const checks[] = { "active", NULL };

/* ---- the list ---------------------------------------------------------------------------- */

/* Names of the roles of one user, divided by commas. */
static char *
roles_of(const GPtrArray *links, GHashTable *titles, int64_t user)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < links->len; i++) {
        int64_t role = mw_record_int(links->pdata[i], "role");
        const char *title = g_hash_table_lookup(titles, &role);
        if (mw_record_int(links->pdata[i], "user") == user && title)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", title);
    }
    return g_string_free(text, false);
}

static GHashTable *
titles_of(const MwContext *context, const GPtrArray *records, const char *link, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    const MwEntity *target = NULL;

    for (guint i = 0; i < records->len; i++) {
        const MwRecord *record = records->pdata[i];
        int64_t id = mw_record_int(record, link);
        if (id)
            g_array_append_val(ids, id);
    }
    target = mw_catalog_entity(context->catalog, link);
    return mw_record_titles(context, target, ids, error);
}

/* The roles of the users shown. */
static GPtrArray *
find_roles(const MwContext *context, const GPtrArray *users, GError **error)
{
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "user_role"),
                      .limit = MW_PAGE_MAX };
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(query.entity, "user"), MW_TEST_IN, MW_INT(0));

    for (guint i = 0; i < users->len; i++)
        mw_filter_value(filter, MW_INT(mw_record_id(users->pdata[i])));
    query.filter = filter;
    return mw_record_find(context, &query, MW_MAY_READ, NULL, error);
}

static bool
put_users(const MwRequest *request, MwNode *page, const GPtrArray *users, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(GPtrArray) links = find_roles(context, users, error);
    g_autoptr(GHashTable) roles = links ? titles_of(context, links, "role", error) : NULL;
    g_autoptr(GHashTable) teams = roles ? titles_of(context, users, "team", error) : NULL;
    bool admin = mw_actor_has_role(context->actor, "admin");
    MwNode *rows = mw_put_list(page, "rows");

    if (!teams)
        return false;
    for (guint i = 0; i < users->len; i++) {
        const MwRecord *user = users->pdata[i];
        int64_t team = mw_record_int(user, "team"), id = mw_record_id(user);
        g_autofree char *names = roles_of(links, roles, id);
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_copy(row, "name", mw_record_text(user, "name"));
        mw_put_copy(row, "email", mw_record_text(user, "email"));
        mw_put_copy(row, "team", g_hash_table_lookup(teams, &team));
        mw_put_copy(row, "roles", names);
        mw_put_bool(row, "active_user", mw_record_int(user, "active"));
        mw_put_instant(request, row, "seen", mw_record_int(user, "last_login_at"));
        mw_put_format(row, "href", "/users/%lld%s", (long long)id, admin ? "/access" : "");
    }
    return true;
}

static bool
show_users(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view), *actions = NULL;
    const char *words = mw_query_param(request, "q"), *after = mw_query_param(request, "after");
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "user"),
                      .limit = USERS_A_PAGE,
                      .n_order = 1 };
    g_autoptr(MwFilter) filter = words && *words ? mw_filter_search(query.entity, words) : NULL;
    MwCursor cursor = { 0 };
    bool more = false;

    if (!mw_actor_may(context->actor, query.entity, MW_MAY_READ))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not see this."));
    mw_order_parse(query.entity, "name", &query.order[0]);
    query.filter = filter;
    if (after && *after && !mw_cursor_read(after, &cursor, 1, error))
        return false;
    query.after = after && *after ? &cursor : NULL;
    g_autoptr(GPtrArray) users = mw_record_find(context, &query, MW_MAY_READ, &more, error);
    mw_cursor_clear(&cursor);
    if (!users || !put_users(request, page, users, error))
        return false;
    mw_put_text(page, "title", _("Users"));
    mw_put_done(request, page);
    mw_put_text(page, "words", words);
    actions = mw_put_list(page, "actions");
    if (mw_actor_has_role(context->actor, "admin"))
        mw_put_action(actions, _("Add a user"), "/users/new", "plus", true);
    if (more) {
        const MwRecord *last = users->pdata[users->len - 1];
        MwCursor next = { .values = { MW_BORROW(mw_record_text(last, "name")) },
                          .id = mw_record_id(last) };
        g_autofree char *text = mw_cursor_write(&next, 1);
        mw_put_copy(page, "next", text);
    } else {
        mw_put_text(page, "next", NULL);
    }
    return mw_reply_page(request, reply, "admin/users", error);
}

/* ---- roles of a user --------------------------------------------------------------------- */

static bool
has_role(const GPtrArray *links, int64_t role, int64_t *link)
{
    for (guint i = 0; links && i < links->len; i++) {
        if (mw_record_int(links->pdata[i], "role") != role)
            continue;
        *link = mw_record_id(links->pdata[i]);
        return true;
    }
    return false;
}

static bool
is_sent(const MwRequest *request, const char *name, int64_t id)
{
    for (size_t i = 0; i < request->n_form; i++)
        if (g_str_equal(request->form[i].name, name) &&
            g_ascii_strtoll(request->form[i].value, NULL, 10) == id)
            return true;
    return false;
}

/* Check boxes of all roles. */
static bool
put_roles(const MwRequest *request, MwNode *page, const GPtrArray *links, GError **error)
{
    g_autoptr(GPtrArray) roles = mw_records_of(request->context, "role", NULL, 0, error);
    MwNode *list = mw_put_list(page, "roles");
    int64_t link;

    for (guint i = 0; roles && i < roles->len; i++) {
        const MwRecord *role = roles->pdata[i];
        int64_t id = mw_record_id(role);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_int(item, "id", id);
        mw_put_copy(item, "label", mw_record_text(role, "name"));
        mw_put_copy(item, "note", mw_record_text(role, "note"));
        mw_put_bool(item, "checked",
                    request->n_form > 0 ? is_sent(request, "role", id)
                                        : has_role(links, id, &link));
    }
    return roles != NULL;
}

/* Lines for roles that were ticked or no longer are. */
static bool
roles_into(const MwRequest *request, MwInput *input, const GPtrArray *links, bool *any,
           GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "user_role");
    g_autoptr(GPtrArray) roles = mw_records_of(request->context, "role", NULL, 0, error);

    *any = false;
    for (guint i = 0; roles && i < roles->len; i++) {
        int64_t id = mw_record_id(roles->pdata[i]), link = 0;
        bool had = has_role(links, id, &link), wanted = is_sent(request, "role", id);
        *any |= wanted;
        if (had && !wanted)
            mw_input_add_detail(input, entity, link, true);
        if (!had && wanted)
            mw_input_set_value(mw_input_add_detail(input, entity, 0, false),
                               mw_entity_field(entity, "role"), MW_INT(id));
    }
    return roles != NULL;
}

/* ---- adding one ------------------------------------------------------------------------------ */

static bool
put_user_form(const MwRequest *request, MwNode *page, const MwRecord *user,
              const MwProblems *problems, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "user");
    MwNode *fields = mw_put_list(page, "fields");

    for (const char *const *name = user_fields; *name; name++) {
        g_autofree char *value = mw_form_value(request, user, entity, *name);
        if (!mw_ask_field(request, fields, entity, *name, value, problems, error))
            return false;
    }
    mw_put_copy(page, "role_problem", problems ? mw_problems_of(problems, "role") : NULL);
    return true;
}

static bool
show_new_form(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    MwNode *page = mw_view_root(request->view);

    mw_put_text(page, "title", _("Add a user"));
    mw_put_crumb(page, _("Users"), "/users");
    mw_put_bool(page, "is_new", true);
    mw_put_text(page, "action", "/users/new");
    mw_put_copy(page, "password_problem", problems ? mw_problems_of(problems, "password") : NULL);
    if (problems)
        mw_reply_status(reply, 422);
    return put_user_form(request, page, NULL, problems, error) &&
           put_roles(request, page, NULL, error) &&
           mw_reply_page(request, reply, "admin/user", error);
}

static bool
show_new(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_new_form(request, reply, NULL, error);
}

typedef struct {
    const MwRequest *request;
    MwProblems *problems;
    int64_t id;
} Work;

static bool
write_new(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Work *work = data;
    const MwContext *context = work->request->context;
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "user"));
    const char *password = mw_form_param(work->request, "password");
    bool any;

    mw_problems_reset(work->problems);
    mw_form_into(work->request, input, user_fields, checks);
    if (!roles_into(work->request, input, NULL, &any, error))
        return false;
    if (!any)
        mw_problems_add(work->problems, "role", "required", _("Choose at least one role."));
    mw_password_acceptable(password ? password : "", mw_form_param(work->request, "email"),
                           "password", work->problems);
    g_autoptr(MwRecord) user = mw_problems_any(work->problems)
                                   ? mw_record_check(context, input, 0, work->problems, error)
                                   : mw_record_write(context, input, 0, work->problems, error);
    if (!user || mw_problems_any(work->problems))
        return false;
    work->id = mw_record_id(user);
    return mw_user_set_password(context, work->id, password, NULL, true, work->problems, error);
}

/* Runs `write` in a transaction; *kept false without an error: there are problems to show. */
static bool
atomically(const MwRequest *request, bool (*write)(MwStore *, void *, GError **), Work *work,
           bool *kept, GError **error)
{
    g_autoptr(GError) local = NULL;

    *kept = mw_store_atomically(request->context->store, write, work, &local);
    if (*kept || !local)
        return true;
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

static bool
add_user(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    Work work = { request, problems, 0 };
    bool kept, shown;

    if (!atomically(request, write_new, &work, &kept, error))
        return false;
    if (kept)
        return mw_reply_see_other(reply, "/users?done=created");
    if (!mw_store_begin(request->context->store, false, error))
        return false;
    shown = show_new_form(request, reply, problems, error);
    mw_store_rollback(request->context->store);
    return shown;
}

/* ---- one user ------------------------------------------------------------------------------------ */

typedef struct {
    const MwRequest *request;
    MwNode *list;
} Sessions;

static bool
put_session(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Sessions *sessions = data;
    MwNode *item = mw_put_object(sessions->list, NULL);

    mw_put_bool(item, "here", g_strcmp0(c[0].text, sessions->request->session) == 0);
    mw_put_instant(sessions->request, item, "began", c[1].integer);
    mw_put_instant(sessions->request, item, "seen", c[2].integer);
    mw_put_copy(item, "address", c[3].text);
    mw_put_copy(item, "agent", c[4].text);
    return true;
}

bool
mw_put_sessions(const MwRequest *request, MwNode *page, int64_t user, GError **error)
{
    Sessions sessions = { request, mw_put_list(page, "sessions") };
    MwValue params[] = { MW_INT(user), MW_INT(request->context->now) };

    return mw_store_run(request->context->store,
                        "SELECT token, created_at, seen_at, address, agent FROM session "
                        "WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC LIMIT 50",
                        params, 2, put_session, &sessions, error);
}

static bool
show_access(const MwRequest *request, MwReply *reply, const MwProblems *problems,
            const char *of_password, GError **error)
{
    const MwContext *context = request->context;
    MwNode *page = mw_view_root(request->view);
    g_autoptr(MwRecord) user = mw_record_read(context, mw_catalog_entity(context->catalog, "user"),
                                              request->id, MW_LIVE, error);
    g_autoptr(GPtrArray) links =
        user ? mw_records_of(context, "user_role", "user", request->id, error) : NULL;

    if (!links)
        return false;
    mw_put_copy(page, "title", mw_record_text(user, "name"));
    mw_put_copy(page, "subtitle", mw_record_text(user, "email"));
    mw_put_crumb(page, _("Users"), "/users");
    mw_put_done(request, page);
    mw_put_bool(page, "is_new", false);
    mw_put_int(page, "id", request->id);
    mw_put_format(page, "action", "/users/%lld/access", (long long)request->id);
    mw_put_copy(page, "password_problem", of_password);
    if (problems || of_password)
        mw_reply_status(reply, 422);
    return put_user_form(request, page, user, problems, error) &&
           put_roles(request, page, links, error) &&
           mw_put_sessions(request, page, request->id, error) &&
           mw_reply_page(request, reply, "admin/user", error);
}

static bool
show_user(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_access(request, reply, NULL, NULL, error);
}

/* Nobody takes the last key away from himself. */
static void
check_oneself(const MwRequest *request, const GPtrArray *links, MwProblems *problems)
{
    if (request->id != mw_actor_user(request->context->actor))
        return;
    if (!mw_form_param(request, "active"))
        mw_problems_add(problems, "active", "own", _("You cannot deactivate yourself."));
    for (guint i = 0; i < links->len; i++)
        if (!is_sent(request, "role", mw_record_int(links->pdata[i], "role")))
            mw_problems_add(problems, "role", "own",
                            _("You cannot take a role from yourself; ask another administrator."));
}

static bool
save_user(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context->catalog, "user"));
    g_autoptr(GPtrArray) links = mw_records_of(context, "user_role", "user", request->id, error);
    MwValue user = MW_INT(request->id);
    bool any;

    if (!links || !roles_into(request, input, links, &any, error))
        return false;
    mw_form_into(request, input, user_fields, checks);
    check_oneself(request, links, problems);
    g_autoptr(MwRecord) record =
        mw_problems_any(problems) ? mw_record_check(context, input, request->id, problems, error)
                                  : mw_record_write(context, input, request->id, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_discard(reply);
        return show_access(request, reply, problems, NULL, error);
    }
    if (!mw_record_int(record, "active") &&
        !mw_store_run(context->store, "DELETE FROM session WHERE user_id = $1", &user, 1, NULL,
                      NULL, error))
        return false;
    g_autofree char *back =
        g_strdup_printf("/users/%lld/access?done=saved", (long long)request->id);
    return mw_reply_see_other(reply, back);
}

static bool
write_password(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Work *work = data;
    const MwContext *context = work->request->context;
    const char *password = mw_form_param(work->request, "password");
    g_autoptr(MwRecord) user = mw_record_read(context, mw_catalog_entity(context->catalog, "user"),
                                              work->id, MW_LIVE, error);

    mw_problems_reset(work->problems);
    return user &&
           mw_password_acceptable(password ? password : "", mw_record_text(user, "email"),
                                  "password", work->problems) &&
           mw_user_set_password(context, work->id, password, NULL, true, work->problems, error);
}

static bool
reset_password(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    Work work = { request, problems, request->id };
    bool kept, shown;

    if (!atomically(request, write_password, &work, &kept, error))
        return false;
    if (kept) {
        g_autofree char *back =
            g_strdup_printf("/users/%lld/access?done=password", (long long)request->id);
        return mw_reply_see_other(reply, back);
    }
    MwRequest shown_as = *request;
    shown_as.n_form = 0; /* the rest of the page shows what is kept */
    if (!mw_store_begin(request->context->store, false, error))
        return false;
    shown = show_access(&shown_as, reply, NULL, mw_problems_of(problems, "password"), error);
    mw_store_rollback(request->context->store);
    return shown;
}

static bool
end_sessions(const MwRequest *request, MwReply *reply, GError **error)
{
    MwValue params[] = { MW_INT(request->id), MW_BORROW(request->session ? request->session : "") };
    g_autofree char *back =
        g_strdup_printf("/users/%lld/access?done=ended", (long long)request->id);

    return mw_store_run(request->context->store,
                        "DELETE FROM session WHERE user_id = $1 AND token <> $2", params, 2, NULL,
                        NULL, error) &&
           (g_strcmp0(mw_form_param(request, "tokens"), "true") != 0 ||
            mw_tokens_end(request->context, request->id, error)) &&
           mw_history_add(request->context, "user", request->id, "sessions_ended", "{}", error) &&
           mw_reply_see_other(reply, back);
}

const MwRoute mw_admin_users_routes[] = {
    { MW_GET, "/users", MW_FOR_USERS, 0, MW_RUN_READ, show_users },
    { MW_GET, "/users/new", MW_FOR_ADMINS, 0, MW_RUN_READ, show_new },
    { MW_POST, "/users/new", MW_FOR_ADMINS, 0, MW_RUN_SLOW, add_user },
    { MW_GET, "/users/{id}/access", MW_FOR_ADMINS, 0, MW_RUN_READ, show_user },
    { MW_POST, "/users/{id}/access", MW_FOR_ADMINS, 0, MW_RUN_WRITE, save_user },
    { MW_POST, "/users/{id}/password", MW_FOR_ADMINS, 0, MW_RUN_SLOW, reset_password },
    { MW_POST, "/users/{id}/sessions/end", MW_FOR_ADMINS, 0, MW_RUN_WRITE, end_sessions },
    { .path = NULL },
};
