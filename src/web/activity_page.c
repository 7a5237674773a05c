/* activity_page: activities written in the timeline of a record, and completed wherever they stand. */
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "methods/activity.h"
#include "web/activity.h"
#include "web/form_input.h"
#include "web/mailing.h"
#include "web/pages.h"
#include "web/record.h"
#include "web/routes.h"

enum { MINUTE_MS = 60000, SOON_MS = 5 * MINUTE_MS };

/* ---- adding ------------------------------------------------------------------------ */

static bool
is_of(const char *type, const char *of)
{
    return g_strcmp0(type, of) == 0;
}

/* What stands in fields of other types, which a browser without scripts sends too, is not meant. */
static void
drop_unfitting(MwInput *input, const char *type)
{
    bool timed = mw_activity_is_timed(type) || is_of(type, "mail");

    if (!timed)
        mw_input_set(input, "starts_at", NULL);
    if (!is_of(type, "task"))
        mw_input_set(input, "due_on", NULL);
    if (!is_of(type, "visit"))
        mw_input_set(input, "place", NULL);
}

/* What is noted is done; a task, and what has an hour to come, is not. */
static void
set_done(MwInput *input, const MwRequest *request)
{
    const MwContext *context = request->context;
    const MwField *starts = mw_entity_field(mw_input_entity(input), "starts_at");
    const char *type = mw_form_param(request, "type"), *when = mw_input_get(input, starts);
    g_autoptr(MwProblems) ignored = mw_problems_new();
    g_auto(MwValue) at = MW_NOTHING;
    bool given = when && *when;
    bool later = given && mw_field_parse(starts, &context->locale, when, &at, ignored) &&
                 at.integer > context->now + SOON_MS;
    bool open = later || is_of(type, "task");

    mw_input_set(input, "done", open ? "false" : "true");
    if (!open && !given)
        mw_input_set_value(input, starts, MW_INT(context->now - context->now % MINUTE_MS));
}

/* ---- the next step ------------------------------------------------------------------ */

/* As the form has it: a day, and a time for what stands at a time. `at` is what it borrows from. */
static MwCompletion
completion_of(const MwRequest *request, char **at)
{
    const char *day = mw_form_param(request, "next_at"),
               *time = mw_form_param(request, "next_time");
    const char *version = mw_form_param(request, "_version");
    MwCompletion completion = { .result = mw_form_param(request, "result"),
                                .next_step = mw_form_param(request, "next_step"),
                                .next_type = mw_form_param(request, "next_type"),
                                .version = version ? g_ascii_strtoll(version, NULL, 10) : 0 };
    bool timed = mw_activity_is_timed(completion.next_type) && time && *time;

    *at = day && *day && timed ? g_strconcat(day, " ", time, NULL) : g_strdup(day);
    if (completion.next_step && *completion.next_step) /* else the day is only the suggested one */
        completion.next_at = *at;
    return completion;
}

void
mw_next_step_put(const MwRequest *request)
{
    const MwContext *context = request->context;
    const MwEntity *activity = mw_catalog_entity(context->catalog, "activity");
    MwNode *root = mw_view_root(request->view), *types = mw_put_list(root, "next_types");
    const char *type = mw_form_param(request, "next_type");
    const char *day = mw_form_param(request, "next_at"),
               *time = mw_form_param(request, "next_time");
    int64_t today = mw_date_of_instant(context->now, context->locale.zone);
    g_autofree char *next = mw_date_format(mw_activity_next_day(today), MW_CLOCK_ISO);

    for (const MwChoice *choice = mw_entity_field(activity, "type")->choices; choice->key;
         choice++) {
        if (is_of(choice->key, "note")) /* is done when it is written */
            continue;
        MwNode *item = mw_put_object(types, NULL);
        mw_put_text(item, "key", choice->key);
        mw_put_text(item, "label", _(choice->label));
        mw_put_bool(item, "selected", is_of(choice->key, type ? type : "task"));
    }
    mw_put_copy(root, "next_on", day ? day : next);
    mw_put_copy(root, "next_time", time ? time : "09:00");
}

/* A mail to somebody is sent, one to nobody is noted. */
static MwRecord *
write_activity(const MwRequest *request, const MwRecord *record, MwInput *input,
               MwProblems *problems, GError **error)
{
    const MwLinkFrom *link = mw_link_from(request->context->catalog, request->entity, "activity");
    bool sends = g_strcmp0(mw_form_param(request, "type"), "mail") == 0 &&
                 mw_mailing_suits(request->context->catalog, request->entity);
    g_autoptr(GArray) to = mw_form_ids(request, "_to"), files = mw_form_ids(request, "_files");

    if (sends && to->len > 0) {
        MwMailingAsk ask = { .to = to, .files = files };
        for (size_t i = 0; i < request->n_uploads; i++)
            ask.upload_bytes += request->uploads[i].size;
        return mw_mailing_send(request->context, record, input, &ask, problems, error);
    }
    mw_activity_about(input, record);
    mw_input_set_value(input, link->field, MW_INT(request->id));
    drop_unfitting(input, mw_form_param(request, "type"));
    set_done(input, request);
    return mw_record_write(request->context, input, 0, problems, error);
}

/* With what comes next, where the form says so. */
static MwRecord *
write_both(const MwRequest *request, const MwRecord *record, MwInput *input, MwProblems *problems,
           GError **error)
{
    g_autofree char *at = NULL;
    MwCompletion completion = completion_of(request, &at);
    g_autoptr(MwRecord) saved = write_activity(request, record, input, problems, error);
    int64_t next;

    if (!saved || mw_problems_any(problems))
        return g_steal_pointer(&saved);
    return mw_activity_next(request->context, saved, &completion, &next, problems, error)
               ? g_steal_pointer(&saved)
               : NULL;
}

/* The page again, with the form as it was sent and what was wrong in it. */
static bool
show_again(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    MwNode *root = mw_view_root(request->view), *list = mw_put_list(root, "composer_problems");

    for (size_t i = 0; i < mw_problems_count(problems); i++)
        mw_put_copy(mw_put_object(list, NULL), "text", mw_problems_get(problems, i)->message);
    mw_put_bool(root, "composer_problems_any", true);
    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
    return mw_record_show(request, reply, error);
}

static bool
add_activity(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwLinkFrom *link = mw_link_from(context->catalog, request->entity, "activity");
    g_autoptr(MwRecord) record =
        mw_record_read(context, request->entity, request->id, MW_LIVE, error);
    g_autoptr(MwProblems) problems = mw_problems_new();
    char path[MW_RECORD_PATH_SIZE + 32];
    size_t n_files;

    if (!record)
        return false;
    if (!link)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    g_autoptr(MwInput) input = mw_form_input(request, link->entity);
    mw_input_expect(input, 0);
    if (!mw_store_mark(context->store, error))
        return false;
    g_autoptr(MwRecord) saved = write_both(request, record, input, problems, error);
    if (!saved)
        return false;
    if (mw_problems_any(problems)) /* of the next step: then the first one is not there either */
        return mw_store_back_to_mark(context->store, error) &&
               show_again(request, reply, problems, error);
    if (!mw_store_forget_mark(context->store, error))
        return false;
    if (!mw_files_add(request, link->entity, mw_record_id(saved), &n_files, error))
        return false;
    mw_record_path(request->entity, request->id, path);
    g_strlcat(path, "?tab=timeline", sizeof path);
    return mw_reply_see_other(reply, path);
}

/* ---- completing, and opening again ------------------------------------------------------ */

const char *
mw_activity_icon(const char *type)
{
    static const char *const icons[][2] = {
        { "call", "phone" }, { "visit", "map-pin" }, { "mail", "mail" }, { "task", "checkbox" }
    };

    for (size_t i = 0; i < G_N_ELEMENTS(icons); i++)
        if (is_of(icons[i][0], type))
            return icons[i][1];
    return "note";
}

/* What was only noted, or has gone out as a mail, stays done. */
void
mw_completing_put(MwNode *node, const MwContext *context, const MwRecord *activity)
{
    bool live = mw_record_is_null(activity, "deleted_at");
    bool updates = live && mw_actor_reaches(context->actor, activity, MW_MAY_UPDATE);
    bool done = mw_record_int(activity, "done") != 0;
    bool stays = is_of(mw_record_text(activity, "type"), "note") ||
                 !mw_record_is_null(activity, "mail_state");

    mw_put_format(node, "id", "%" G_GINT64_FORMAT, mw_record_id(activity));
    mw_put_format(node, "version", "%" G_GINT64_FORMAT, mw_record_version(activity));
    mw_put_bool(node, "completes", updates && !done);
    mw_put_bool(node, "reopens", updates && done && !stays);
}

bool
mw_activity_part(MwNode *node, MwRecordPage *page, GError **error G_GNUC_UNUSED)
{
    mw_completing_put(node, page->request->context, page->record);
    mw_put_format(node, "then", "/%s/%" G_GINT64_FORMAT, page->entity->path,
                  mw_record_id(page->record));
    return true;
}

static const char *
back_of(const MwRequest *request, const char *otherwise)
{
    const char *then = mw_back_of(request, "_then");

    return then ? then : otherwise;
}

static const MwEntity *
activity_of(const MwRequest *request)
{
    return mw_catalog_entity(request->context->catalog, "activity");
}

/* The form on a page of its own, with what was wrong. */
static bool
show_complete(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "completing");
    MwNode *list = mw_put_list(root, "complete_problems");
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, activity_of(request), request->id, MW_LIVE, error);
    g_autoptr(GString) title = g_string_new(NULL);
    char path[MW_RECORD_PATH_SIZE];

    if (!record)
        return false;
    mw_record_title(record, title);
    mw_put_copy(root, "title", title->str);
    mw_put_text(root, "subtitle", NULL);
    mw_put_text(root, "crumbs", NULL);
    mw_put_text(root, "actions", NULL);
    for (size_t i = 0; problems && i < mw_problems_count(problems); i++)
        mw_put_copy(mw_put_object(list, NULL), "text", mw_problems_get(problems, i)->message);
    mw_put_copy(root, "given_result", mw_form_param(request, "result"));
    mw_put_copy(root, "given_step", mw_form_param(request, "next_step"));
    mw_put_bool(root, "complete_open", true);
    mw_next_step_put(request);
    mw_completing_put(node, request->context, record);
    mw_record_path(record->entity, request->id, path);
    mw_put_copy(node, "path", path);
    mw_put_copy(node, "then", back_of(request, path));
    return mw_reply_page(request, reply, "record/complete-page", error);
}

static bool
ask_complete(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_complete(request, reply, NULL, error);
}

static bool
complete(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autofree char *at = NULL;
    MwCompletion completion = completion_of(request, &at);
    char path[MW_RECORD_PATH_SIZE];
    int64_t next;
    g_autoptr(MwRecord) done =
        mw_activity_complete(request->context, request->id, &completion, &next, problems, error);

    if (!done)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
        return show_complete(request, reply, problems, error);
    }
    mw_record_path(activity_of(request), request->id, path);
    return mw_reply_done(reply, back_of(request, path), next ? "completed_next" : "completed");
}

static bool
reopen(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *version = mw_form_param(request, "_version");
    g_autoptr(MwProblems) problems = mw_problems_new();
    char path[MW_RECORD_PATH_SIZE];
    g_autoptr(MwRecord) open =
        mw_activity_reopen(request->context, request->id,
                           version ? g_ascii_strtoll(version, NULL, 10) : 0, problems, error);

    if (!open)
        return false;
    if (mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    mw_record_path(activity_of(request), request->id, path);
    return mw_reply_done(reply, back_of(request, path), "reopened");
}

const MwRoute mw_activity_routes[] = {
    { MW_POST, "/{entity}/{id}/activities", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, add_activity },
    { MW_GET, "/activities/{id}/complete", MW_FOR_USERS, 0, MW_RUN_READ, ask_complete },
    { MW_POST, "/activities/{id}/complete", MW_FOR_USERS, 0, MW_RUN_WRITE, complete },
    { MW_POST, "/activities/{id}/reopen", MW_FOR_USERS, 0, MW_RUN_WRITE, reopen },
    { .path = NULL },
};
