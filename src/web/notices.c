/* notices: the bell of every page, and the page of what a user should know. */
#include "web/notices.h"
#include "base/clock.h"
#include "base/i18n.h"
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

/* The actor's notices, newest first, with the names of who they are from. */
static GPtrArray *
find_notices(const MwContext *context, MwTitles *titles, bool unread, int64_t before,
             unsigned limit, bool *more, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "notice");
    g_autoptr(MwFilter) all = mw_filter_all();
    MwQuery query = { .entity = entity, .filter = all, .limit = limit };

    mw_filter_add(all, mw_filter_test(mw_entity_field(entity, "owner"), MW_TEST_EQ,
                                      MW_INT(mw_actor_user(context->actor))));
    if (unread)
        mw_filter_add(all,
                      mw_filter_test(mw_entity_field(entity, "read_at"), MW_TEST_NULL, MW_NOTHING));
    if (before)
        mw_filter_add(all,
                      mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_LT, MW_INT(before)));
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, more, error);
    for (guint i = 0; found && i < found->len; i++)
        mw_titles_want_id(titles, mw_catalog_entity(context->catalog, "user"),
                          mw_record_int(found->pdata[i], "sender"));
    return found && mw_titles_read(titles, error) ? g_steal_pointer(&found) : NULL;
}

bool
mw_notices_put(MwNode *node, const MwContext *context, bool unread, int64_t before, unsigned limit,
               int64_t *last, GError **error)
{
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    bool more = false;
    g_autoptr(GPtrArray) found = find_notices(context, titles, unread, before, limit, &more, error);

    if (!found)
        return false;
    MwNode *items = mw_put_list(node, "notices");
    for (guint i = 0; i < found->len; i++)
        put_notice(items, context, titles, found->pdata[i]);
    mw_put_bool(node, "any_notices", found->len > 0);
    if (last)
        *last = more ? mw_record_id(found->pdata[found->len - 1]) : 0;
    return true;
}

static bool
show_notices(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(request->view);
    const char *before = mw_query_param(request, "before");
    int64_t last = 0;

    mw_put_text(root, "title", _("Notices"));
    mw_flash_put(request);
    if (!mw_notices_put(root, request->context, false,
                        before ? g_ascii_strtoll(before, NULL, 10) : 0, SHOWN, &last, error))
        return false;
    if (last)
        mw_put_format(root, "older", "/notices?before=%" G_GINT64_FORMAT, last);
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
    return mw_reply_see_other(reply, mw_record_path(of, g_ascii_strtoll(id, NULL, 10), path));
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

/* ?unread=true, limit, after (an id), language: one's notices in words, newest first. */
static bool
list_worded(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    const char *after = mw_query_param(request, "after"), *asked = mw_query_param(request, "limit");
    bool unread = mw_api_flag(request, "unread", "true", "false", problems), more = false;
    int64_t before = 0, limit = SHOWN;

    if (after && !g_ascii_string_to_signed(after, 10, 1, INT64_MAX, &before, NULL))
        mw_problems_add(problems, "after", "not_an_id", _("This is no id."));
    if (asked && !g_ascii_string_to_signed(asked, 10, 1, MW_PAGE_MAX, &limit, NULL))
        mw_problems_add(problems, "limit", "out_of_range", _("Send a number from 1 to %d."),
                        MW_PAGE_MAX);
    if (!speak(request, problems) || mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    g_autoptr(GPtrArray) found =
        find_notices(context, titles, unread, before, (unsigned)limit, &more, error);
    if (!found)
        return false;
    json_t *data = json_array();
    for (guint i = 0; i < found->len; i++)
        json_array_append_new(data, notice_json(context, titles, found->pdata[i]));
    g_autofree char *next =
        more ? g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(found->pdata[found->len - 1]))
             : NULL;
    json_t *document = json_pack("{s:o,s:s?}", "data", data, "next", next);
    char *text = json_dumps(document, JSON_COMPACT);
    g_string_append(mw_reply_body(reply), text);
    mw_reply_type(reply, "application/json");
    free(text);
    json_decref(document);
    return true;
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
