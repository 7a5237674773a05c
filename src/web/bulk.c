/* bulk: one change to many records that were selected in a list: all of them or none. */
#include "base/i18n.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/pages.h"
#include "web/routes.h"

enum { SELECTED_MAX = 500 };

/* The ids that a query or form gives under "_id". */
static GArray *
selected(const MwParam *params, size_t n)
{
    GArray *ids = g_array_new(false, false, sizeof(int64_t));

    for (size_t i = 0; i < n && ids->len < SELECTED_MAX; i++) {
        int64_t id =
            g_str_equal(params[i].name, "_id") ? g_ascii_strtoll(params[i].value, NULL, 10) : 0;
        if (id > 0)
            g_array_append_val(ids, id);
    }
    return ids;
}

/* Back to the list that they were selected in. */
static bool
back(const MwRequest *request, MwReply *reply, const char *list, const char *what)
{
    g_autofree char *path = list && *list ? g_strdup_printf("/%s?%s", request->entity->path, list)
                                          : g_strdup_printf("/%s", request->entity->path);

    return mw_reply_done(reply, path, what);
}

/* ---- the form ----------------------------------------------------------------- */

static bool
can_be_set(const MwContext *context, const MwEntity *entity, const MwField *field)
{
    return mw_actor_sees(context->actor, entity, field) &&
           mw_actor_edits(context->actor, entity, field) &&
           !(field->flags & (MW_READ_ONLY | MW_UNIQUE));
}

static void
put_choice(MwNode *node, const MwContext *context, const MwEntity *entity, const MwField *chosen)
{
    MwNode *list = mw_put_list(node, "choices");

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (!can_be_set(context, entity, field))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "name", field->name);
        mw_put_text(item, "label", mw_field_label(field));
        mw_put_bool(item, "chosen", field == chosen);
    }
}

static const MwField *
first_field(const MwContext *context, const MwEntity *entity)
{
    for (size_t i = 0; i < entity->n_fields; i++)
        if (can_be_set(context, entity, &entity->fields[i]) &&
            !(entity->fields[i].flags & MW_REQUIRED))
            return &entity->fields[i];
    return NULL;
}

static bool
show_form(const MwRequest *request, MwReply *reply, const GArray *ids, const char *name,
          const MwProblems *problems, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = request->entity;
    const MwField *field = name ? mw_entity_field(entity, name) : first_field(context, entity);
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "bulk");
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    const MwFieldForm form = { context, titles, NULL, problems, "" };

    if (!field || !can_be_set(context, entity, field))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such field."));
    mw_put_format(root, "title",
                  mw_ngettext("Change %u record: %s", "Change %u records: %s", ids->len), ids->len,
                  mw_entity_plural(entity));
    mw_put_text(node, "path", entity->path);
    mw_put_text(node, "list", mw_param(request, "_list"));
    MwNode *list = mw_put_list(node, "ids");
    for (guint i = 0; i < ids->len; i++)
        mw_put_format(mw_put_object(list, NULL), "id", "%" G_GINT64_FORMAT,
                      g_array_index(ids, int64_t, i));
    put_choice(node, context, entity, field);
    mw_put_text(node, "field_name", field->name);
    MwNode *fields = mw_put_list(node, "fields");
    mw_field_put(mw_put_object(fields, NULL), &form, field,
                 problems ? mw_form_text(request, field, "") : NULL, problems != NULL);
    MwNode *others = mw_put_list(node, "others");
    for (size_t i = 0; problems && i < mw_problems_count(problems); i++)
        if (!g_str_equal(mw_problems_get(problems, i)->field, field->name))
            mw_put_copy(mw_put_object(others, NULL), "text", mw_problems_get(problems, i)->message);
    return mw_reply_page(request, reply, "bulk", error);
}

static bool
show_bulk(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *action = mw_query_param(request, "_action");
    const char *name = mw_query_param(request, "_field");
    g_autoptr(GArray) ids = selected(request->query, request->n_query);

    if (ids->len == 0)
        return back(request, reply, mw_query_param(request, "_list"), "nothing");
    if (!name && g_strcmp0(action, "assign") == 0)
        name = "owner";
    return show_form(request, reply, ids, name, NULL, error);
}

/* ---- doing it -------------------------------------------------------------------- */

static bool
change(const MwRequest *request, const MwField *field, int64_t id, MwProblems *problems,
       GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(request->entity);
    const char *text = mw_form_text(request, field, "");

    mw_input_set_field(input, field, text ? text : "");
    g_autoptr(MwRecord) record = mw_record_write(request->context, input, id, problems, error);
    return record != NULL;
}

static bool
change_all(const MwRequest *request, MwReply *reply, const GArray *ids, GError **error)
{
    const char *name = mw_form_param(request, "_field");
    const MwField *field = name ? mw_entity_field(request->entity, name) : NULL;
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!field || !can_be_set(request->context, request->entity, field))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such field."));
    for (guint i = 0; i < ids->len && !mw_problems_any(problems); i++)
        if (!change(request, field, g_array_index(ids, int64_t, i), problems, error))
            return false;
    if (!mw_problems_any(problems))
        return back(request, reply, mw_form_param(request, "_list"), "changed");
    mw_reply_status(reply, 422);
    mw_reply_discard(reply); /* those before it are not kept either */
    return show_form(request, reply, ids, name, problems, error);
}

static bool
do_bulk(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const char *action = mw_form_param(request, "_action");
    const char *list = mw_form_param(request, "_list");
    bool removes = g_strcmp0(action, "remove") == 0, restores = g_strcmp0(action, "restore") == 0;
    g_autoptr(GArray) ids = selected(request->form, request->n_form);

    if (ids->len == 0)
        return back(request, reply, list, "nothing");
    if (!removes && !restores)
        return change_all(request, reply, ids, error);
    for (guint i = 0; i < ids->len; i++) {
        int64_t id = g_array_index(ids, int64_t, i);
        if (!(removes ? mw_record_remove(context, request->entity, id, 0, error)
                      : mw_record_restore(context, request->entity, id, error)))
            return false;
    }
    return back(request, reply, list, removes ? "removed" : "restored");
}

const MwRoute mw_bulk_routes[] = {
    { MW_GET, "/{entity}/bulk", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_bulk },
    { MW_POST, "/{entity}/bulk", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, do_bulk },
    { .path = NULL },
};
