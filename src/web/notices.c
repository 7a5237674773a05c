/* notices: the bell of every page, and the page of what a user should know. */
#include "web/notices.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/id.h"
#include "record/notice.h"
#include "web/api.h"
#include "web/pages.h"
#include "web/routes.h"

enum { SHOWN = 50 };

void
mw_bell_put(const MwRequest *request, MwNode *page)
{
    g_autoptr(GError) ignored = NULL; /* the page itself says so when the database is away */
    int unread = mw_store_in_transaction(request->context->store)
                     ? MAX(mw_notices_unread(request->context, &ignored), 0)
                     : 0;
    MwNode *bell = mw_put_object(page, "bell");

    mw_put_bool(bell, "any", unread > 0);
    if (unread > MW_NOTICES_COUNTED)
        mw_put_format(bell, "count", "%d+", MW_NOTICES_COUNTED);
    else
        mw_put_format(bell, "count", "%d", unread);
}

static void
put_notice(MwNode *items, const MwContext *context, const MwTitles *titles, const MwRecord *notice)
{
    const MwEntity *user = mw_catalog_entity(context->catalog, "user");
    MwNode *item = mw_put_object(items, NULL);
    int64_t sender = mw_record_int(notice, "sender");
    g_autofree char *text =
        mw_notice_text(context, notice, sender ? mw_titles_get(titles, user, sender) : NULL);
    g_autoptr(GString) when = g_string_new(NULL);
    const MwField *made = mw_entity_field(notice->entity, "created_at");

    mw_field_show(made, &context->locale, mw_record_value(notice, made), when);
    mw_put_copy(item, "text", text);
    mw_put_copy_at(item, mw_key("when"), when->str, when->len);
    mw_put_text(item, "icon", mw_notice_icon(notice));
    mw_put_bool(item, "unread", mw_record_is_null(notice, "read_at"));
    mw_put_format(item, "open", "/notices/%" G_GINT64_FORMAT "/open", mw_record_id(notice));
}

/* The actor's notices, newest first by when they were made, with the names of who they are from. `after`: a cursor or NULL;
 * `next` gets that of those that are older, if any. */
static GPtrArray *
find_notices(const MwContext *context, MwTitles *titles, bool unread, const char *after,
             unsigned limit, char **next, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "notice");
    g_autoptr(MwFilter) all = mw_filter_all();
    MwQuery query = { .entity = entity, .filter = all, .limit = limit, .n_order = 1 };
    g_auto(MwCursor) cursor = { .id = 0 };
    bool more = false;

    mw_order_parse(entity, entity->order, &query.order[0]);
    if (after && !mw_cursor_read(after, &cursor, 1, error))
        return NULL;
    query.after = after ? &cursor : NULL;
    mw_filter_add(all, mw_filter_test(mw_entity_field(entity, "owner"), MW_TEST_EQ,
                                      MW_INT(mw_actor_user(context->actor))));
    if (unread)
        mw_filter_add(all,
                      mw_filter_test(mw_entity_field(entity, "read_at"), MW_TEST_NULL, MW_NOTHING));
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, &more, error);
    if (found && more) {
        const MwRecord *last = found->pdata[found->len - 1];
        MwCursor at = { .values = { *mw_record_value(last, query.order[0].field) }, /* borrowed */
                        .id = mw_record_id(last) };
        *next = mw_cursor_write(&at, 1);
    }
    for (guint i = 0; found && i < found->len; i++)
        mw_titles_want_id(titles, mw_catalog_entity(context->catalog, "user"),
                          mw_record_int(found->pdata[i], "sender"));
    return found && mw_titles_read(titles, error) ? g_steal_pointer(&found) : NULL;
}

bool
mw_notices_put(MwNode *node, const MwContext *context, bool unread, const char *after,
               unsigned limit, char **next, GError **error)
{
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    g_autofree char *older = NULL;
    g_autoptr(GPtrArray) found = find_notices(context, titles, unread, after, limit, &older, error);

    if (!found)
        return false;
    MwNode *items = mw_put_list(node, "notices");
    for (guint i = 0; i < found->len; i++)
        put_notice(items, context, titles, found->pdata[i]);
    mw_put_bool(node, "any_notices", found->len > 0);
    if (next)
        *next = g_steal_pointer(&older);
    return true;
}

static bool
show_notices(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(request->view);
    g_autofree char *next = NULL;

    mw_put_text(root, "title", _("Notices"));
    mw_flash_put(request);
    if (!mw_notices_put(root, request->context, false, mw_query_param(request, "after"), SHOWN,
                        &next, error))
        return false;
    if (next)
        mw_put_format(root, "older", "/notices?after=%s", next);
    else
        mw_put_text(root, "older", NULL);
    return mw_reply_page(request, reply, "notices", error);
}

/* Asked again and again while a page is open. */
static bool
show_bell(const MwRequest *request, MwReply *reply, GError **error)
{
    mw_bell_put(request, mw_view_root(request->view));
    mw_reply_header(reply, "Cache-Control", "no-store");
    MwRequest part = *request;
    part.fragment = true;
    return mw_reply_page(&part, reply, "bell", error);
}

static bool
read_all(const MwRequest *request, MwReply *reply, GError **error)
{
    return mw_notices_read(request->context, 0, error) && mw_reply_see_other(reply, "/notices");
}

/* Marks it read and goes to what it is about. */
static bool
open_notice(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "notice");
    g_autoptr(MwRecord) notice = mw_record_read(context, entity, request->id, MW_LIVE, error);
    char path[MW_RECORD_PATH_SIZE];

    if (!notice || !mw_notices_read(context, request->id, error))
        return false;
    const char *name = mw_record_text(notice, "entity"), *id = mw_record_text(notice, "record");
    const MwEntity *of = name ? mw_catalog_entity(context->catalog, name) : NULL;
    if (!of || !id || !mw_entity_opens(context, of))
        return mw_reply_see_other(reply, of ? "/notices" : "/");
    return mw_reply_see_other(reply, mw_record_path(of, mw_id_read(id), path));
}

/* ---- by REST ------------------------------------------------------------------------ */

/* In the language that is asked for, else that of the user; false with a problem when there is no such. */
static bool
speak(const MwRequest *request, MwProblems *problems)
{
    const char *language = mw_query_param(request, "language");

    if (!language)
        return true;
    if (!g_strv_contains(mw_i18n_languages(), language)) {
        mw_problems_add(problems, "language", "not_a_choice", _("There is no such language."));
        return false;
    }
    mw_i18n_use(language); /* of this request: the next one sets its own */
    return true;
}

static json_t *
notice_json(const MwContext *context, const MwTitles *titles, const MwRecord *notice)
{
    const MwEntity *user = mw_catalog_entity(context->catalog, "user");
    int64_t sender = mw_record_int(notice, "sender"), read = mw_record_int(notice, "read_at");
    g_autofree char *text =
        mw_notice_text(context, notice, sender ? mw_titles_get(titles, user, sender) : NULL);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(notice));
    g_autofree char *made = mw_instant_rfc3339(mw_record_int(notice, "created_at"));
    g_autofree char *read_at = read ? mw_instant_rfc3339(read) : NULL;

    return json_pack("{s:s,s:s,s:s,s:s?,s:s?,s:s,s:s?}", "id", id, "kind",
                     mw_record_text(notice, "kind"), "text", text, "entity",
                     mw_record_text(notice, "entity"), "record", mw_record_text(notice, "record"),
                     "created_at", made, "read_at", read_at);
}

/* ?unread=true, limit, after (the `next` of the page before), language: one's notices in words, newest first. */
static bool
list_worded(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    const char *after = mw_query_param(request, "after"), *asked = mw_query_param(request, "limit");
    bool unread = mw_api_flag(request, "unread", "true", "false", problems);
    g_auto(MwCursor) cursor = { .id = 0 };
    g_autoptr(GError) no_cursor = NULL;
    g_autofree char *next = NULL;
    int64_t limit = SHOWN;

    if (after && !mw_cursor_read(after, &cursor, 1, &no_cursor))
        mw_problems_add(problems, "after", "not_a_cursor", "%s", no_cursor->message);
    if (asked && !g_ascii_string_to_signed(asked, 10, 1, MW_PAGE_MAX, &limit, NULL))
        mw_problems_add(problems, "limit", "out_of_range", _("Send a number from 1 to %d."),
                        MW_PAGE_MAX);
    if (!speak(request, problems) || mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    g_autoptr(GPtrArray) found =
        find_notices(context, titles, unread, after, (unsigned)limit, &next, error);
    if (!found)
        return false;
    json_t *data = json_array();
    for (guint i = 0; i < found->len; i++)
        json_array_append_new(data, notice_json(context, titles, found->pdata[i]));
    return mw_reply_json(reply, json_pack("{s:o,s:s?}", "data", data, "next", next));
}

static bool
mark_all_read(const MwRequest *request, MwReply *reply, GError **error)
{
    if (!mw_notices_read(request->context, 0, error))
        return false;
    g_string_append_printf(mw_reply_body(reply), "{\"read\":%" G_GINT64_FORMAT "}",
                           mw_store_touched(request->context->store));
    mw_reply_type(reply, "application/json");
    return true;
}

const MwRoute mw_notice_routes[] = {
    { MW_GET, "/api/v1/notices/worded", MW_FOR_USERS, 0, MW_RUN_READ, list_worded },
    { MW_POST, "/api/v1/notices/mark-all-read", MW_FOR_USERS, 0, MW_RUN_WRITE, mark_all_read },
    { MW_GET, "/notices", MW_FOR_USERS, 0, MW_RUN_READ, show_notices },
    { MW_GET, "/notices/bell", MW_FOR_USERS, 0, MW_RUN_READ, show_bell },
    { MW_POST, "/notices/read", MW_FOR_USERS, 0, MW_RUN_WRITE, read_all },
    { MW_POST, "/notices/{id}/open", MW_FOR_USERS, 0, MW_RUN_WRITE, open_notice },
    { .path = NULL },
};
