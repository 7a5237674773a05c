/* activity_page: activities written in the timeline of a record, and completed wherever they stand. */
#include <string.h>

#include "base/i18n.h"
#include "methods/activity.h"
#include "web/form_input.h"
#include "web/mailing.h"
#include "web/pages.h"
#include "web/record.h"
#include "web/routes.h"

enum { SOON_MS = 5 * 60 * 1000 };

/* ---- adding ------------------------------------------------------------------------ */

/* What is noted is done; a task, and what has a day or an hour to come, is not. */
static void
set_done(MwInput *input, const MwRequest *request)
{
    const MwContext *context = request->context;
    const MwField *starts = mw_entity_field(mw_input_entity(input), "starts_at");
    const char *type = mw_form_param(request, "type"), *due = mw_form_param(request, "due_on");
    const char *when = mw_form_param(request, "starts_at");
    g_autoptr(MwProblems) ignored = mw_problems_new();
    g_auto(MwValue) at = MW_NOTHING;
    bool later = when && *when && mw_field_parse(starts, &context->locale, when, &at, ignored) &&
                 at.integer > context->now + SOON_MS;
    bool open = later || g_strcmp0(type, "task") == 0 || (due && *due);

    mw_input_set(input, "done", open ? "false" : "true");
    if (!open && !(when && *when))
        mw_input_set_value(input, starts, MW_INT(context->now));
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
    set_done(input, request);
    return mw_record_write(request->context, input, 0, problems, error);
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
    g_autoptr(MwRecord) saved = write_activity(request, record, input, problems, error);
    if (!saved)
        return false;
    if (mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    if (!mw_files_add(request, link->entity, mw_record_id(saved), &n_files, error))
        return false;
    mw_record_path(request->entity, request->id, path);
    g_strlcat(path, "?tab=timeline", sizeof path);
    return mw_reply_see_other(reply, path);
}

/* ---- completing --------------------------------------------------------------------- */

static bool
complete(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "activity");
    const char *version = mw_form_param(request, "_version");
    const char *then = mw_back_of(request, "_then");
    g_autoptr(MwProblems) problems = mw_problems_new();
    char path[MW_RECORD_PATH_SIZE];
    int64_t next;
    MwCompletion completion = { .result = mw_form_param(request, "result"),
                                .next_step = mw_form_param(request, "next_step"),
                                .next_type = mw_form_param(request, "next_type"),
                                .next_at = mw_form_param(request, "next_at"),
                                .version = version ? g_ascii_strtoll(version, NULL, 10) : 0 };
    g_autoptr(MwRecord) done =
        mw_activity_complete(request->context, request->id, &completion, &next, problems, error);

    if (!done)
        return false;
    if (mw_problems_any(problems)) { /* of fields that the browser has checked already */
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    return mw_reply_done(reply, then ? then : mw_record_path(entity, request->id, path),
                         "completed");
}

const MwRoute mw_activity_routes[] = {
    { MW_POST, "/{entity}/{id}/activities", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, add_activity },
    { MW_POST, "/activities/{id}/complete", MW_FOR_USERS, 0, MW_RUN_WRITE, complete },
    { .path = NULL },
};
