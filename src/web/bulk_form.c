/* bulk_form: see bulk_form.h. */
#include "web/bulk_form.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "record/bulk.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/pages.h"

enum { FIELDS_MAX = 20, PREVIEW_MAX = 25 };

/* ---- the fields ----------------------------------------------------------------- */

static bool
can_be_set(const MwContext *context, const MwEntity *entity, const MwField *field)
{
    return mw_actor_sees(context->actor, entity, field) &&
           mw_actor_edits(context->actor, entity, field) &&
           !(field->flags & (MW_READ_ONLY | MW_UNIQUE | MW_SECRET));
}

/* Whether a parameter of the form names the field: "_drop" takes it out again, "_clear" empties it. */
static bool
is_named(const MwRequest *request, const char *param, const char *field)
{
    for (size_t i = 0; i < request->n_form; i++)
        if (g_str_equal(request->form[i].name, param) && g_str_equal(request->form[i].value, field))
            return true;
    return false;
}

static void
add_field(GPtrArray *fields, const MwRequest *request, const char *name)
{
    const MwField *field = mw_entity_field(request->entity, name);

    if (field && can_be_set(request->context, request->entity, field) && fields->len < FIELDS_MAX &&
        !g_ptr_array_find(fields, field, NULL) && !is_named(request, "_drop", name))
        g_ptr_array_add(fields, (gpointer)field);
}

GPtrArray *
mw_bulk_chosen(const MwRequest *request)
{
    GPtrArray *fields = g_ptr_array_new();
    bool posted = request->method == MW_POST;
    const MwParam *params = posted ? request->form : request->query;
    size_t n = posted ? request->n_form : request->n_query;

    for (size_t i = 0; i < n; i++)
        if (g_str_equal(params[i].name, "_field"))
            add_field(fields, request, params[i].value);
    if (fields->len == 0 && g_strcmp0(mw_param(request, "_action"), "assign") == 0) {
        add_field(fields, request, "owner");
        add_field(fields, request, "team");
    }
    return fields;
}

/* What becomes of a chosen field: NULL where it is left as it is, "" where it is to be emptied. */
static const char *
value_of(const MwRequest *request, const MwField *field)
{
    const char *text = mw_form_text(request, field, "");

    if (text && *text)
        return text;
    return is_named(request, "_clear", field->name) ? "" : NULL;
}

GPtrArray *
mw_bulk_changing(const MwRequest *request, const GPtrArray *chosen)
{
    GPtrArray *fields = g_ptr_array_new();

    for (guint i = 0; i < chosen->len; i++)
        if (value_of(request, chosen->pdata[i]))
            g_ptr_array_add(fields, chosen->pdata[i]);
    return fields;
}

char *
mw_bulk_values(const MwRequest *request, const GPtrArray *fields)
{
    json_t *values = json_object();

    for (guint i = 0; i < fields->len; i++) {
        const MwField *field = fields->pdata[i];
        json_object_set_new(values, field->name, json_string(value_of(request, field)));
    }
    char *dumped = json_dumps(values, JSON_COMPACT), *copy = g_strdup(dumped);
    free(dumped);
    json_decref(values);
    return copy;
}

/* ---- the form ------------------------------------------------------------------- */

static void
put_choices(MwNode *node, const MwBulkForm *form)
{
    const MwEntity *entity = form->request->entity;
    MwNode *list = mw_put_list(node, "choices"), *chosen = mw_put_list(node, "chosen");

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (!can_be_set(form->request->context, entity, field) ||
            g_ptr_array_find((GPtrArray *)form->fields, field, NULL))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "name", field->name);
        mw_put_text(item, "label", mw_field_label(field));
    }
    for (guint i = 0; i < form->fields->len; i++)
        mw_put_text(mw_put_object(chosen, NULL), "name",
                    ((const MwField *)form->fields->pdata[i])->name);
}

static bool
put_fields(MwNode *node, const MwBulkForm *form, GError **error)
{
    const MwContext *context = form->request->context;
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    const MwFieldForm widget = { context, titles, NULL, form->problems, "" };
    MwNode *fields = mw_put_list(node, "fields");
    bool typed = form->request->method == MW_POST;

    mw_titles_only_seen(titles);
    for (guint i = 0; typed && i < form->fields->len; i++) {
        const char *text = mw_form_text(form->request, form->fields->pdata[i], "");
        MwValue id = MW_INT(text ? g_ascii_strtoll(text, NULL, 10) : 0);
        mw_titles_want(titles, form->fields->pdata[i], &id);
    }
    if (!mw_titles_read(titles, error))
        return false;
    for (guint i = 0; i < form->fields->len; i++) {
        const MwField *field = form->fields->pdata[i];
        const char *text = typed ? mw_form_text(form->request, field, "") : NULL;
        MwNode *item = mw_put_object(fields, NULL);
        mw_field_put(item, &widget, field, text, typed);
        mw_put_bool(item, "asked", true); /* a box that nobody has ticked would say no */
        mw_put_bool(item, "unset", true);
        mw_put_bool(item, "no", g_strcmp0(text, "false") == 0);
        mw_put_bool(item, "clears", !(field->flags & MW_REQUIRED));
        mw_put_bool(item, "cleared", is_named(form->request, "_clear", field->name));
    }
    MwNode *others = mw_put_list(node, "others");
    for (size_t i = 0; form->problems && i < mw_problems_count(form->problems); i++) {
        const MwProblem *problem = mw_problems_get(form->problems, i);
        const MwField *field = mw_entity_field(form->request->entity, problem->field);
        if (field && g_ptr_array_find((GPtrArray *)form->fields, field, NULL))
            continue;
        MwNode *item = mw_put_object(others, NULL);
        mw_put_text(item, "label", field ? mw_field_label(field) : NULL);
        mw_put_copy(item, "text", problem->message);
    }
    return true;
}

/* How many of them a right reaches; the rest is left alone. */
static bool
put_reach(MwNode *node, const MwBulkForm *form, MwRight right, MwWhich which, GError **error)
{
    const MwContext *context = form->request->context;
    const MwEntity *entity = form->request->entity;
    const GArray *ids = form->selection->ids;
    g_autoptr(MwFilter) scope = mw_actor_filter(context->actor, context->catalog, entity, right);
    int64_t reached = 0;

    for (guint from = 0; from < ids->len; from += MW_PAGE_MAX) {
        g_autoptr(MwFilter) filter =
            mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
        MwQuery query = { .entity = entity, .scope = scope, .filter = filter, .which = which };
        for (guint i = from; i < MIN(from + MW_PAGE_MAX, ids->len); i++)
            mw_filter_value(filter, MW_INT(g_array_index(ids, int64_t, i)));
        int64_t count = mw_store_count(context->store, &query, error);
        if (count < 0)
            return false;
        reached += count;
    }
    mw_put_format(node, "reached",
                  mw_ngettext("%lld record will change.", "%lld records will change.",
                              (unsigned long)reached),
                  (long long)reached);
    if (reached < ids->len)
        mw_put_format(node, "denied",
                      mw_ngettext("%lld you may not change.", "%lld you may not change.",
                                  (unsigned long)(ids->len - reached)),
                      (long long)(ids->len - reached));
    else
        mw_put_text(node, "denied", NULL);
    return true;
}

static void
put_frame(MwNode *root, MwNode *node, const MwBulkForm *form, const char *title)
{
    MwNode *crumb = mw_put_object(mw_put_list(root, "crumbs"), NULL);
    g_autofree char *back = mw_selection_path(form->selection);

    mw_put_bool(root, "has_crumbs", true);
    mw_put_text(crumb, "label", mw_entity_plural(form->request->entity));
    mw_put_copy(crumb, "href", back);
    mw_put_copy(root, "title", title);
    mw_put_text(node, "path", form->request->entity->path);
    mw_selection_put(node, form->selection);
}

bool
mw_bulk_show_form(const MwBulkForm *form, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(form->request->view), *node = mw_put_object(root, "bulk");
    guint n = form->selection->ids->len;
    g_autofree char *title =
        g_strdup_printf(mw_ngettext("Change %u record: %s", "Change %u records: %s", n), n,
                        mw_entity_plural(form->request->entity));

    put_frame(root, node, form, title);
    put_choices(node, form);
    mw_put_bool(node, "any_fields", form->fields->len > 0);
    return put_fields(node, form, error) && put_reach(node, form, MW_MAY_UPDATE, MW_LIVE, error) &&
           mw_reply_page(form->request, reply, "bulk", error);
}

/* ---- what will be ------------------------------------------------------------------- */

typedef struct {
    MwRecord *before, *after;
    char *refusal; /* why it is left alone */
} Pair;

static void
pair_clear(gpointer data)
{
    Pair *pair = data;

    mw_record_free(pair->before);
    mw_record_free(pair->after);
    g_free(pair->refusal);
}

/* The first of the records as they are and as they would be. */
static bool
read_pairs(const MwBulkForm *form, GArray *pairs, GError **error)
{
    const MwContext *context = form->request->context;
    g_autofree char *values = mw_bulk_values(form->request, form->fields);
    const MwBulk bulk = { form->request->entity, "edit", form->selection->ids, values };

    for (guint i = 0; i < MIN(form->selection->ids->len, PREVIEW_MAX); i++) {
        int64_t id = g_array_index(form->selection->ids, int64_t, i);
        g_autoptr(MwProblems) problems = mw_problems_new();
        g_autoptr(GError) local = NULL;
        Pair pair = { .before = mw_record_read(context, bulk.entity, id, MW_LIVE, NULL) };
        if (!pair.before)
            continue;
        pair.after = mw_bulk_check(context, &bulk, id, problems, &local);
        if (local && local->domain != MW_ERROR) {
            g_propagate_error(error, g_steal_pointer(&local));
            pair_clear(&pair);
            return false;
        }
        if (local || mw_problems_any(problems))
            pair.refusal = g_strdup(local ? local->message : mw_problems_get(problems, 0)->message);
        g_array_append_val(pairs, pair);
    }
    return true;
}

static void
put_pair(MwNode *rows, const MwBulkForm *form, const MwTitles *titles, const Pair *pair)
{
    const MwContext *context = form->request->context;
    MwNode *row = mw_put_object(rows, NULL), *cells = mw_put_list(row, "cells");
    g_autoptr(GString) title = g_string_new(NULL);

    mw_record_title(pair->before, title);
    mw_put_copy(row, "title", title->str);
    mw_put_format(row, "href", "/%s/%" G_GINT64_FORMAT, form->request->entity->path,
                  mw_record_id(pair->before));
    mw_put_copy(row, "refusal", pair->refusal);
    for (guint i = 0; i < form->fields->len; i++) {
        const MwField *field = form->fields->pdata[i];
        const MwValue *was = mw_record_value(pair->before, field);
        const MwValue *is = pair->after ? mw_record_value(pair->after, field) : was;
        g_autoptr(GString) before = g_string_new(NULL), after = g_string_new(NULL);
        MwNode *cell = mw_put_object(cells, NULL);
        mw_cell_text(context, titles, pair->before, field, was, before);
        mw_cell_text(context, titles, pair->after ? pair->after : pair->before, field, is, after);
        bool changes = !pair->refusal && !mw_value_equal(was, is);
        mw_put_copy(cell, "before", before->len > 0 ? before->str : "–");
        mw_put_copy(cell, "after", after->len > 0 ? after->str : "–");
        mw_put_bool(cell, "changes", changes);
        mw_put_text(cell, "label", mw_field_label(field));
    }
}

static bool
put_pairs(MwNode *node, const MwBulkForm *form, const GArray *pairs, GError **error)
{
    g_autoptr(MwTitles) titles = mw_titles_new(form->request->context);
    MwNode *headers = mw_put_list(node, "headers"), *rows = mw_put_list(node, "rows");
    MwNode *values = mw_put_list(node, "values");

    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = &g_array_index(pairs, Pair, i);
        mw_titles_want_all(titles, pair->before);
        if (pair->after)
            mw_titles_want_all(titles, pair->after);
    }
    if (!mw_titles_read(titles, error))
        return false;
    for (guint i = 0; i < form->fields->len; i++) {
        const MwField *field = form->fields->pdata[i];
        const char *text = value_of(form->request, field);
        MwNode *value = mw_put_object(values, NULL);
        mw_put_text(mw_put_object(headers, NULL), "label", mw_field_label(field));
        mw_put_text(value, "name", field->name);
        mw_put_text(value, "value", text);
        mw_put_bool(value, "cleared", !*text);
    }
    for (guint i = 0; i < pairs->len; i++)
        put_pair(rows, form, titles, &g_array_index(pairs, Pair, i));
    if (form->selection->ids->len > pairs->len)
        mw_put_format(node, "more", _("and %u more"), form->selection->ids->len - pairs->len);
    else
        mw_put_text(node, "more", NULL);
    return true;
}

bool
mw_bulk_find_faults(const MwBulkForm *form, GError **error)
{
    g_autofree char *values = mw_bulk_values(form->request, form->fields);
    const MwBulk bulk = { form->request->entity, "edit", form->selection->ids, values };

    for (guint i = 0; i < MIN(form->selection->ids->len, PREVIEW_MAX); i++) {
        g_autoptr(GError) local = NULL;
        mw_problems_reset(form->problems);
        g_autoptr(MwRecord) record =
            mw_bulk_check(form->request->context, &bulk,
                          g_array_index(form->selection->ids, int64_t, i), form->problems, &local);
        if (local && local->domain != MW_ERROR) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        if (record && !mw_problems_any(form->problems))
            return true;
    }
    return true;
}

bool
mw_bulk_show_preview(const MwBulkForm *form, MwReply *reply, bool asks, GError **error)
{
    MwNode *root = mw_view_root(form->request->view), *node = mw_put_object(root, "bulk");
    g_autoptr(GArray) pairs = g_array_new(false, true, sizeof(Pair));
    guint n = form->selection->ids->len;
    g_autofree char *title =
        g_strdup_printf(mw_ngettext("Change %u record: %s", "Change %u records: %s", n), n,
                        mw_entity_plural(form->request->entity));

    g_array_set_clear_func(pairs, pair_clear);
    put_frame(root, node, form, title);
    put_choices(node, form);
    mw_put_bool(node, "asks", asks);
    mw_put_format(node, "change", mw_ngettext("Change %u record", "Change %u records", n), n);
    return read_pairs(form, pairs, error) && put_pairs(node, form, pairs, error) &&
           put_reach(node, form, MW_MAY_UPDATE, MW_LIVE, error) &&
           mw_reply_page(form->request, reply, "bulk/preview", error);
}

bool
mw_bulk_show_question(const MwRequest *request, MwReply *reply, const MwSelection *selection,
                      bool removes, GError **error)
{
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "bulk");
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    const MwBulkForm form = { request, selection, none, NULL };
    guint n = selection->ids->len;
    g_autofree char *title =
        g_strdup_printf(removes ? mw_ngettext("Delete %u record: %s", "Delete %u records: %s", n)
                                : mw_ngettext("Restore %u record: %s", "Restore %u records: %s", n),
                        n, mw_entity_plural(request->entity));

    put_frame(root, node, &form, title);
    mw_put_text(node, "action", removes ? "remove" : "restore");
    mw_put_bool(node, "removes", removes);
    return put_reach(node, &form, MW_MAY_REMOVE, removes ? MW_LIVE : MW_DELETED, error) &&
           mw_reply_page(request, reply, "bulk/question", error);
}

void
mw_bulk_check_form(const MwBulkForm *form, const GPtrArray *changing)
{
    for (guint i = 0; i < changing->len; i++) {
        const MwField *field = changing->pdata[i];
        if (*value_of(form->request, field) && is_named(form->request, "_clear", field->name))
            mw_problems_add(form->problems, field->name, "invalid", "%s",
                            _("Give a value, or clear the field: not both."));
    }
    if (changing->len == 0)
        mw_problems_add(
            form->problems, "_field", "required", "%s",
            _("Nothing would change: choose a field and give it a value, or tick “Clear”."));
}
