/* in_place: one value of a record's page, edited where it stands. */
#include "base/i18n.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/list.h"
#include "web/record.h"
#include "web/routes.h"
#include "web/table.h"

static const MwField *
field_of(const MwRequest *request, GError **error)
{
    const MwActor *actor = request->context->actor;
    const MwField *field = mw_entity_field(request->entity, request->name);

    if (!field || !mw_actor_sees(actor, request->entity, field))
        return mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such field."));
    if (!mw_actor_edits(actor, request->entity, field))
        return mw_fail_null(error, MW_ERROR_DENIED, _("This cannot be changed here."));
    return field;
}

static bool
show(const MwRequest *request, MwReply *reply, const MwRecord *record, const MwField *field,
     MwProblems *problems, const char *typed, int64_t version, GError **error)
{
    g_autoptr(MwTitles) links = mw_titles_new(request->context);
    MwNode *node = mw_put_object(mw_view_root(request->view), "edit");
    g_autoptr(GString) title = g_string_new(NULL);

    if (typed)
        mw_titles_only_seen(links);
    mw_titles_want_all(links, record);
    if (!mw_titles_read(links, error))
        return false;
    const MwFieldForm form = { request->context, links, record, problems, "" };
    mw_record_title(record, title);
    mw_put_format(mw_view_root(request->view), "title", _("Edit %s"), title->str);
    mw_put_format(node, "action", "/%s/%" G_GINT64_FORMAT "/field/%s", request->entity->path,
                  request->id, field->name);
    mw_put_format(node, "back", "/%s/%" G_GINT64_FORMAT, request->entity->path, request->id);
    mw_put_format(node, "version", "%" G_GINT64_FORMAT, version);
    MwNode *fields = mw_put_list(node, "fields");
    mw_field_put(mw_put_object(fields, NULL), &form, field, typed, typed != NULL);
    /* Problems that belong to other fields: a hook may ask for more than this one. */
    MwNode *others = mw_put_list(node, "others");
    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        const MwField *other = mw_entity_field(request->entity, problem->field);
        if (other == field)
            continue;
        MwNode *item = mw_put_object(others, NULL);
        mw_put_text(item, "label", other ? mw_field_label(other) : NULL);
        mw_put_copy(item, "text", problem->message);
    }
    return mw_reply_page(request, reply, mw_param(request, "_cell") ? "list/edit" : "record/edit",
                         error);
}

static bool
show_field(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwField *field = field_of(request, error);
    g_autoptr(MwRecord) record =
        field ? mw_record_read(request->context, request->entity, request->id, MW_LIVE, error)
              : NULL;
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (record && !mw_actor_reaches(request->context->actor, record, MW_MAY_UPDATE))
        return mw_fail(error, MW_ERROR_DENIED, _("You may see this %s, but not do that."),
                       mw_entity_label_inside(request->entity));
    return record &&
           show(request, reply, record, field, problems, NULL, mw_record_version(record), error);
}

/* Somebody else was first: what it reads now is told, and saving again writes over it. */
static bool
show_conflict(const MwRequest *request, MwReply *reply, const MwField *field, GError **error)
{
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, request->id, MW_LIVE, error);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwTitles) links = mw_titles_new(request->context);
    g_autoptr(GString) now = g_string_new(NULL);

    if (!record)
        return false;
    mw_titles_want(links, field, mw_record_value(record, field));
    if (!mw_titles_read(links, error))
        return false;
    mw_cell_text(request->context, links, record, field, mw_record_value(record, field), now);
    mw_problems_add(problems, field->name, "conflict",
                    _("Somebody else has changed this record. This now reads “%s”; save again to "
                      "write over it."),
                    now->str);
    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
    return show(request, reply, record, field, problems, mw_form_text(request, field, ""),
                mw_record_version(record), error);
}

/* The cells of a list's row as they are now; nothing when the record is out of sight by now. */
static bool
show_row(const MwRequest *request, MwReply *reply, const char *columns, GError **error)
{
    const MwContext *context = request->context;
    g_auto(GStrv) names = g_strsplit(columns, ",", MW_LIST_COLUMNS_MAX);
    g_autoptr(GPtrArray) fields =
        mw_fields_seen(context, request->entity, (const char *const *)names);
    g_autoptr(MwFilter) this_one =
        mw_filter_test(&request->entity->fields[MW_FIELD_ID], MW_TEST_EQ, MW_INT(request->id));
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    MwQuery query = { .entity = request->entity, .filter = this_one };

    if (fields->len == 0)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such field."));
    g_auto(MwAges) ages = { 0 };
    mw_table_want(&query, fields);
    mw_ages_init(&ages, context, &query, fields);
    g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    MwTable table = { .context = context,
                      .links = titles,
                      .fields = fields,
                      .title = mw_table_title(request->entity, fields),
                      .origin = "",
                      .edits = true,
                      .ages = &ages };
    return records && mw_ages_read(&ages, context, records, error) &&
           mw_table_put(mw_view_root(request->view), &table, records, error) &&
           mw_reply_page(request, reply, "list/row", error);
}

static bool
save_field(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwField *field = field_of(request, error);
    const char *version = mw_form_param(request, "_version");
    const char *then = mw_form_param(request, "_then");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) local = NULL;
    char path[MW_RECORD_PATH_SIZE];

    if (!field)
        return false;
    g_autoptr(MwInput) input = mw_input_new(request->entity);
    const char *text = mw_form_text(request, field, "");
    mw_input_set_field(input, field, text ? text : "");
    mw_input_expect(input, version ? g_ascii_strtoll(version, NULL, 10) : 0);
    g_autoptr(MwRecord) record =
        mw_record_write(request->context, input, request->id, problems, &local);
    if (!record && g_error_matches(local, MW_ERROR, MW_ERROR_CONFLICT))
        return show_conflict(request, reply, field, error);
    if (!record) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (mw_problems_any(problems)) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
        return show(request, reply, record, field, problems, text,
                    version ? g_ascii_strtoll(version, NULL, 10) : 0, error);
    }
    if (mw_form_param(request, "_cell"))
        return show_row(request, reply, mw_form_param(request, "_cell"), error);
    if (then || !request->fragment)
        return mw_reply_see_other(reply,
                                  then ? then : mw_record_path(request->entity, request->id, path));
    mw_reply_header(reply, "HX-Retarget", "#record");
    mw_reply_header(reply, "HX-Reswap", "outerHTML");
    return mw_record_show(request, reply, error);
}

const MwRoute mw_in_place_routes[] = {
    { MW_GET, "/{entity}/{id}/field/{name}", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_field },
    { MW_POST, "/{entity}/{id}/field/{name}", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE,
      save_field },
    { .path = NULL },
};
