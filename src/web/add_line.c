/* add_line: a line added to a master where its lines stand on the page of the record. */
#include "base/i18n.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/record.h"
#include "web/routes.h"

static bool
is_asked(const MwContext *context, const MwEntity *detail, const MwField *field)
{
    return !(field->flags & MW_READ_ONLY) && !g_str_equal(field->name, "position") &&
           !g_str_equal(field->name, detail->master) &&
           mw_actor_sees(context->actor, detail, field) &&
           mw_actor_edits(context->actor, detail, field);
}

static void
put_form(MwNode *node, const MwRequest *request, const MwEntity *detail, const MwRecord *master,
         MwTitles *links, const MwProblems *problems, bool typed)
{
    const MwContext *context = request->context;
    g_autoptr(GPtrArray) fields = mw_fields_seen(context, detail, detail->list);
    const MwFieldForm form = {
        .context = context, .links = links, .problems = problems, .prefix = "", .master = master
    };
    MwNode *list = mw_put_list(node, "fields");

    mw_put_text(node, "label", mw_entity_label(detail));
    mw_put_format(node, "action", "/%s/%" G_GINT64_FORMAT "/lines/%s", request->entity->path,
                  request->id, detail->name);
    mw_put_format(node, "takes_url", "/%s/%" G_GINT64_FORMAT "/lines/%s/taken",
                  request->entity->path, request->id, detail->name);
    mw_put_list(node, "takes");
    mw_put_bool(node, "open", typed);
    for (guint i = 0; i < fields->len; i++) {
        const MwField *field = fields->pdata[i];
        const char *text = typed ? mw_form_text(request, field, "") : NULL;
        if (is_asked(context, detail, field))
            mw_field_put(mw_put_object(list, NULL), &form, field, text ? text : field->initial,
                         true);
    }
}

void
mw_line_form_put(MwNode *node, const MwRecordPage *page, const MwEntity *detail)
{
    const MwActor *actor = page->request->context->actor;

    if (detail->flags & (MW_INTERNAL | MW_HIDDEN) || page->entity->flags & MW_INTERNAL ||
        !mw_record_is_null(page->record, "deleted_at") ||
        !mw_actor_may(actor, page->entity, MW_MAY_UPDATE)) {
        mw_put_text(node, "adds", NULL);
        return;
    }
    put_form(mw_put_object(node, "adds"), page->request, detail, page->record, page->links, NULL,
             false);
}

/* Behind the last one. */
static bool
set_position(const MwRequest *request, MwInput *line, const MwEntity *detail, GError **error)
{
    const MwField *position = mw_entity_field(detail, "position");
    g_autoptr(GPtrArray) lines =
        position ? mw_record_details(request->context, detail, request->id, error) : NULL;
    int64_t last = 0;

    if (!position)
        return true;
    for (guint i = 0; lines && i < lines->len; i++)
        last = MAX(last, mw_record_int(lines->pdata[i], "position"));
    mw_input_set_value(line, position, MW_INT(last + 1));
    return lines != NULL;
}

/* "opportunity_line.3.quantity" is of the line that was typed: the stored ones are right. */
static MwProblems *
own_problems(const MwProblems *problems)
{
    MwProblems *own = mw_problems_new();

    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        const char *dot = strrchr(problem->field, '.');
        mw_problems_add(own, dot ? dot + 1 : problem->field, problem->code, "%s", problem->message);
    }
    return own;
}

static bool
show_again(const MwRequest *request, MwReply *reply, const MwEntity *detail, const MwRecord *master,
           const MwProblems *problems, GError **error)
{
    g_autoptr(MwTitles) links = mw_titles_new(request->context);
    g_autoptr(MwProblems) own = own_problems(problems);
    MwNode *root = mw_view_root(request->view);

    if (!request->fragment) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", text);
    }
    mw_titles_only_seen(links);
    for (size_t i = 0; i < detail->n_fields; i++) {
        const char *text = mw_form_text(request, &detail->fields[i], "");
        MwValue value = MW_INT(text ? g_ascii_strtoll(text, NULL, 10) : 0);
        mw_titles_want(links, &detail->fields[i], &value);
    }
    if (!mw_titles_read(links, error))
        return false;
    put_form(mw_put_object(root, "adds"), request, detail, master, links, own, true);
    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
    return mw_reply_page(request, reply, "record/line", error);
}

/* The line that the form says, as the one more of its master; NULL when there is no such page. */
static MwInput *
line_input(const MwRequest *request, const MwEntity **detail, MwInput **line, GError **error)
{
    const MwContext *context = request->context;
    *detail = mw_catalog_entity(context->catalog, request->name);
    const MwField *master =
        *detail && (*detail)->master ? mw_entity_field(*detail, (*detail)->master) : NULL;
    MwInput *input;

    if (!master || (*detail)->flags & (MW_INTERNAL | MW_HIDDEN) ||
        !g_str_equal(master->target, request->entity->name))
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    input = mw_input_new(request->entity);
    *line = mw_input_add_detail(input, *detail, 0, false);
    for (size_t i = 0; i < (*detail)->n_fields; i++) {
        const MwField *field = &(*detail)->fields[i];
        const char *text = mw_form_text(request, field, "");
        if (text && is_asked(context, *detail, field))
            mw_input_set_field(*line, field, text);
    }
    return input;
}

/* What the line takes from what it links to, for htmx; nothing is written. */
static bool
show_taken(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *detail;
    MwInput *line;
    g_autoptr(MwInput) input = line_input(request, &detail, &line, error);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GPtrArray) details =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    MwNode *root = mw_view_root(request->view), *takes = mw_put_list(root, "takes");
    const GPtrArray *lines = NULL;

    if (!input)
        return false;
    g_autoptr(MwRecord) record =
        mw_record_check_lines(request->context, input, request->id, details, problems, error);
    if (!record)
        return false;
    for (guint i = 0; i < details->len && request->entity->details[i]; i++)
        if (request->entity->details[i] == detail)
            lines = details->pdata[i];
    for (size_t i = 0; lines && lines->len > 0 && i < detail->n_fields; i++)
        if (is_asked(request->context, detail, &detail->fields[i]))
            mw_field_put_taken(takes, request, problems, lines->pdata[lines->len - 1],
                               &detail->fields[i], "", 1);
    mw_put_format(root, "takes_url", "/%s/%" G_GINT64_FORMAT "/lines/%s/taken",
                  request->entity->path, request->id, detail->name);
    return mw_reply_page(request, reply, "form/asks", error);
}

static bool
add_line(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *detail;
    MwInput *line;
    g_autoptr(MwInput) input = line_input(request, &detail, &line, error);
    g_autoptr(MwProblems) problems = mw_problems_new();
    char path[MW_RECORD_PATH_SIZE];

    if (!input || !set_position(request, line, detail, error))
        return false;
    g_autoptr(MwRecord) record = mw_record_write(context, input, request->id, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems))
        return show_again(request, reply, detail, record, problems, error);
    g_autofree char *to = g_strdup_printf(
        "%s?tab=%s", mw_record_path(request->entity, request->id, path), detail->name);
    if (!request->fragment)
        return mw_reply_see_other(reply, to);
    mw_reply_header(reply, "HX-Redirect", to);
    mw_reply_type(reply, "text/html; charset=utf-8");
    return true;
}

const MwRoute mw_add_line_routes[] = {
    { MW_POST, "/{entity}/{id}/lines/{name}", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, add_line },
    { MW_POST, "/{entity}/{id}/lines/{name}/taken", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ,
      show_taken },
    { .path = NULL },
};
