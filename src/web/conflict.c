/* conflict: two people have changed one record; who saves second chooses field by field. */
#include "base/i18n.h"
#include "web/form_input.h"
#include "web/pages.h"

/* The typed text as a reader would see it: as its kind shows it, or as it was typed. */
static void
put_mine(MwNode *row, const MwContext *context, MwTitles *links, const MwField *field,
         const char *text, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) value = MW_NOTHING;
    g_autoptr(GString) shown = g_string_new(NULL);

    if (mw_field_parse(field, &context->locale, text, &value, problems) && value.is != MW_NULL) {
        mw_titles_want(links, field, &value);
        if (mw_titles_read(links, error))
            mw_cell_text(context, links, NULL, field, &value, shown);
    } else {
        g_string_append(shown, text);
    }
    mw_put_copy(row, "mine_shown", shown->str);
    mw_put_text(row, "mine", text);
}

static bool
put_row(MwNode *rows, const MwRequest *request, MwTitles *links, const MwRecord *record,
        const MwField *field)
{
    const MwContext *context = request->context;
    const char *text = mw_form_text(request, field, "");
    g_autoptr(GString) theirs = g_string_new(NULL);
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) mine = MW_NOTHING;
    MwLocale locale = context->locale;

    locale.record = record;
    if (!text || !mw_actor_sees(context->actor, request->entity, field) ||
        !mw_actor_edits(context->actor, request->entity, field))
        return false;
    if (mw_field_parse(field, &locale, text, &mine, problems) &&
        mw_value_equal(&mine, mw_record_value(record, field)))
        return false;
    mw_field_edit(field, &locale, mw_record_value(record, field), theirs);
    mw_cell_text(context, links, record, field, mw_record_value(record, field), shown);
    MwNode *row = mw_put_object(rows, NULL);
    mw_put_text(row, "name", field->name);
    mw_put_text(row, "label", mw_field_label(field));
    mw_put_copy(row, "theirs", theirs->str);
    mw_put_copy(row, "theirs_shown", shown->str);
    put_mine(row, context, links, field, text, NULL);
    return true;
}

/* Lines have no choice of their own: those of the form go along. */
static void
put_lines(MwNode *node, const MwRequest *request)
{
    MwNode *list = mw_put_list(node, "lines");
    bool any = false;

    for (size_t i = 0; i < request->n_form; i++) {
        const MwParam *param = &request->form[i];
        if (!strchr(param->name, '.'))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "name", param->name);
        mw_put_text(item, "value", param->value);
        any = true;
    }
    mw_put_bool(node, "has_lines", any);
}

bool
mw_conflict_show(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwTitles) links = mw_titles_new(context);
    g_autoptr(MwRecord) record =
        mw_record_read(context, request->entity, request->id, MW_LIVE, error);
    g_autoptr(GString) title = g_string_new(NULL);

    if (!record)
        return false;
    mw_titles_want_all(links, record);
    if (!mw_titles_read(links, error))
        return false;
    mw_titles_only_seen(links); /* what follows was typed */
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "conflict");
    MwNode *rows = mw_put_list(node, "rows");
    bool any = false;
    mw_record_title(record, title);
    mw_put_format(root, "title", _("Changed by somebody else: %s"), title->str);
    mw_put_format(node, "path", "/%s/%" G_GINT64_FORMAT, request->entity->path, request->id);
    mw_put_format(node, "version", "%" G_GINT64_FORMAT, mw_record_version(record));
    const MwField *by = mw_entity_field(request->entity, "updated_by");
    mw_cell_put(context, mw_put_object(node, "by"), links, record, by, "cell/text");
    const MwField *at = mw_entity_field(request->entity, "updated_at");
    mw_cell_put(context, mw_put_object(node, "at"), links, record, at, "cell/text");
    for (size_t i = 0; i < request->entity->n_fields; i++)
        any |= put_row(rows, request, links, record, &request->entity->fields[i]);
    mw_put_bool(node, "any", any);
    put_lines(node, request);
    mw_reply_status(reply, 409);
    mw_reply_discard(reply);
    return mw_reply_page(request, reply, "form/conflict", error);
}
