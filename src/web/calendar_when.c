/* calendar_when: a record is moved in time, by dragging or by a form. */
#include "base/i18n.h"
#include "web/activity.h"
#include "web/calendar.h"
#include "web/pages.h"
#include "web/routes.h"

static void
put_when(MwNode *node, const MwRequest *request, const MwRecord *record, const char *name)
{
    const MwField *field = mw_entity_field(request->entity, name);
    g_autoptr(GString) text = g_string_new(NULL);

    mw_field_edit(field, &request->context->locale, mw_record_value(record, field), text);
    g_strdelimit(text->str, " ", 'T'); /* as the browser's fields have it */
    mw_put_text(node, "name", field->name);
    mw_put_text(node, "label", mw_field_label(field));
    mw_put_copy_at(node, mw_key("value"), text->str, text->len);
}

/* The form by which a record is moved without dragging. */
static bool
show_when(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    const MwCalendar *c = request->entity->calendar;
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "when");
    g_autoptr(GString) title = g_string_new(NULL);
    char path[MW_RECORD_PATH_SIZE];

    if (!c)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, request->id, MW_LIVE, error);
    if (!record)
        return false;
    mw_record_title(record, title);
    mw_put_copy_at(root, mw_key("title"), title->str, title->len);
    mw_record_path(request->entity, request->id, path);
    mw_put_copy(node, "path", path);
    const char *back = mw_back_of(request, "_then");
    mw_put_copy(node, "back", back ? back : path);
    mw_put_copy(node, "then", back ? back : path);
    mw_next_step_put(request);
    mw_completing_put(node, request->context, record);
    MwNode *fields = mw_put_list(node, "fields");
    const char *const timed[] = { c->begin, c->end };
    bool all_day = mw_record_is_null(record, c->begin);
    for (size_t i = 0; i < (all_day ? 1 : 2); i++) {
        MwNode *item = mw_put_object(fields, NULL);
        put_when(item, request, record, all_day ? c->day : timed[i]);
        mw_put_text(item, "type", all_day ? "date" : "datetime-local");
        mw_put_copy(item, "problem",
                    problems ? mw_problems_of(problems, all_day ? c->day : timed[i]) : NULL);
    }
    return mw_reply_page(request, reply, "calendar/when", error);
}

static bool
ask_when(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_when(request, reply, NULL, error);
}

static bool
move(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwCalendar *c = request->entity->calendar;
    g_autoptr(MwProblems) problems = mw_problems_new();
    char path[MW_RECORD_PATH_SIZE];

    if (!c)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    const char *const names[] = { c->begin, c->end, c->day };
    const char *version = mw_form_param(request, "_version");
    g_autoptr(MwInput) input = mw_input_new(request->entity);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (mw_form_param(request, names[i]) &&
            mw_actor_edits(request->context->actor, request->entity,
                           mw_entity_field(request->entity, names[i])))
            mw_input_set(input, names[i], mw_form_param(request, names[i]));
    mw_input_expect(input, version ? g_ascii_strtoll(version, NULL, 10) : 0);
    g_autoptr(MwRecord) record =
        mw_record_write(request->context, input, request->id, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
        return show_when(request, reply, problems, error);
    }
    const char *back = mw_back_of(request, "_then");
    return mw_reply_see_other(reply,
                              back ? back : mw_record_path(request->entity, request->id, path));
}

const MwRoute mw_calendar_when_routes[] = {
    { MW_GET, "/{entity}/{id}/when", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, ask_when },
    { MW_POST, "/{entity}/{id}/when", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, move },
    { .path = NULL },
};
