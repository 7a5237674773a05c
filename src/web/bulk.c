/* bulk: one change to many records that were selected in a list: chosen, seen beforehand, done, undone. */
#include "record/bulk.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "methods/open_pool.h"
#include "record/job.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/pages.h"
#include "web/routes.h"
#include "web/selection.h"

enum { FIELDS_MAX = 20, PREVIEW_MAX = 25 };

/* ---- the fields ----------------------------------------------------------------- */

static bool
can_be_set(const MwContext *context, const MwEntity *entity, const MwField *field)
{
    return mw_actor_sees(context->actor, entity, field) &&
           mw_actor_edits(context->actor, entity, field) &&
           !(field->flags & (MW_READ_ONLY | MW_UNIQUE | MW_SECRET));
}

static void
add_field(GPtrArray *fields, const MwRequest *request, const char *name)
{
    const MwField *field = mw_entity_field(request->entity, name);

    if (field && can_be_set(request->context, request->entity, field) && fields->len < FIELDS_MAX &&
        !g_ptr_array_find(fields, field, NULL))
        g_ptr_array_add(fields, (gpointer)field);
}

/* Those that "_field" names; without any what the action means, else the first that can be set. */
static GPtrArray *
chosen_fields(const MwRequest *request)
{
    GPtrArray *fields = g_ptr_array_new();
    bool posted = request->method == MW_POST;
    const MwParam *params = posted ? request->form : request->query;
    size_t n = posted ? request->n_form : request->n_query;

    for (size_t i = 0; i < n; i++)
        if (g_str_equal(params[i].name, "_field"))
            add_field(fields, request, params[i].value);
    if (fields->len > 0)
        return fields;
    if (g_strcmp0(mw_query_param(request, "_action"), "assign") == 0) {
        add_field(fields, request, "owner");
        add_field(fields, request, "team");
    }
    for (size_t i = 0; i < request->entity->n_fields && fields->len == 0; i++)
        if (!(request->entity->fields[i].flags & MW_REQUIRED))
            add_field(fields, request, request->entity->fields[i].name);
    return fields;
}

/* What the form says, as mw_bulk_begin() takes it. The caller frees it. */
static char *
values_of(const MwRequest *request, const GPtrArray *fields)
{
    json_t *values = json_object();

    for (guint i = 0; i < fields->len; i++) {
        const MwField *field = fields->pdata[i];
        const char *text = mw_form_text(request, field, "");
        json_object_set_new(values, field->name, json_string(text ? text : ""));
    }
    char *dumped = json_dumps(values, JSON_COMPACT), *copy = g_strdup(dumped);
    free(dumped);
    json_decref(values);
    return copy;
}

/* ---- the form ------------------------------------------------------------------- */

typedef struct {
    const MwRequest *request;
    const MwSelection *selection;
    const GPtrArray *fields;
    MwProblems *problems; /* NULL: nothing was sent yet */
} Form;

static void
put_choices(MwNode *node, const Form *form)
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
put_fields(MwNode *node, const Form *form, GError **error)
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
        mw_field_put(mw_put_object(fields, NULL), &widget, field,
                     typed ? mw_form_text(form->request, field, "") : NULL, typed);
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
put_reach(MwNode *node, const Form *form, MwRight right, MwWhich which, GError **error)
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
put_frame(MwNode *root, MwNode *node, const Form *form, const char *title)
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

static bool
show_form(const Form *form, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(form->request->view), *node = mw_put_object(root, "bulk");
    guint n = form->selection->ids->len;
    g_autofree char *title =
        g_strdup_printf(mw_ngettext("Change %u record: %s", "Change %u records: %s", n), n,
                        mw_entity_plural(form->request->entity));

    if (form->fields->len == 0)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such field."));
    put_frame(root, node, form, title);
    put_choices(node, form);
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
read_pairs(const Form *form, GArray *pairs, GError **error)
{
    const MwContext *context = form->request->context;
    g_autofree char *values = values_of(form->request, form->fields);
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
put_pair(MwNode *rows, const Form *form, const MwTitles *titles, const Pair *pair)
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
put_pairs(MwNode *node, const Form *form, const GArray *pairs, GError **error)
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
        const char *text = mw_form_text(form->request, field, "");
        MwNode *value = mw_put_object(values, NULL);
        mw_put_text(mw_put_object(headers, NULL), "label", mw_field_label(field));
        mw_put_text(value, "name", field->name);
        mw_put_text(value, "value", text ? text : "");
    }
    for (guint i = 0; i < pairs->len; i++)
        put_pair(rows, form, titles, &g_array_index(pairs, Pair, i));
    if (form->selection->ids->len > pairs->len)
        mw_put_format(node, "more", _("and %u more"), form->selection->ids->len - pairs->len);
    else
        mw_put_text(node, "more", NULL);
    return true;
}

/* Problems of the values themselves: those that each record has. They go back to the form. */
static bool
find_faults(const Form *form, GError **error)
{
    g_autofree char *values = values_of(form->request, form->fields);
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

static bool
show_preview(const Form *form, MwReply *reply, GError **error)
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
    return read_pairs(form, pairs, error) && put_pairs(node, form, pairs, error) &&
           put_reach(node, form, MW_MAY_UPDATE, MW_LIVE, error) &&
           mw_reply_page(form->request, reply, "bulk/preview", error);
}

/* Before all records of a list are deleted or restored somebody sees how many they are. */
static bool
show_question(const MwRequest *request, MwReply *reply, const MwSelection *selection, bool removes,
              GError **error)
{
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "bulk");
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    const Form form = { request, selection, none, NULL };
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

/* ---- handlers -------------------------------------------------------------------------- */

/* The export of the list takes a condition on the ids. */
static bool
lead_to_export(MwReply *reply, const MwSelection *selection)
{
    g_autoptr(GString) path = g_string_new(NULL);

    g_string_append_printf(path, "/%s/export?", selection->entity->path);
    if (selection->all) {
        g_string_append(path, selection->list);
        return mw_reply_see_other(reply, path->str);
    }
    g_string_append(path, "id=in.(");
    for (guint i = 0; i < selection->ids->len; i++)
        g_string_append_printf(path, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               g_array_index(selection->ids, int64_t, i));
    g_string_append_c(path, ')');
    return mw_reply_see_other(reply, path->str);
}

static bool
lead_to_merge(MwReply *reply, const MwSelection *selection)
{
    g_autoptr(GString) path = g_string_new(NULL);

    g_string_append_printf(path, "/%s/merge?", selection->entity->path);
    for (guint i = 0; i < selection->ids->len; i++)
        g_string_append_printf(path, "%s_id=%" G_GINT64_FORMAT, i > 0 ? "&" : "",
                               g_array_index(selection->ids, int64_t, i));
    return mw_reply_see_other(reply, path->str);
}

/* Whether some of them are in an open pool, from where they are given with a reason. */
static bool
find_pooled(const MwContext *context, const MwSelection *selection, bool *any, GError **error)
{
    const MwEntity *entity = selection->entity;

    *any = false;
    for (guint from = 0; from < selection->ids->len && !*any; from += MW_PAGE_MAX) {
        g_autoptr(MwFilter) filter = mw_filter_all();
        MwFilter *in = mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
        MwQuery query = { .entity = entity, .filter = filter, .limit = 1 };
        for (guint i = from; i < MIN(from + MW_PAGE_MAX, selection->ids->len); i++)
            mw_filter_value(in, MW_INT(g_array_index(selection->ids, int64_t, i)));
        mw_filter_add(filter, in);
        mw_filter_add(
            filter, mw_filter_test(mw_entity_field(entity, "pool"), MW_TEST_NOT_NULL, MW_NOTHING));
        mw_query_want(&query, &entity->fields[MW_FIELD_ID]);
        g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
        if (!found)
            return false;
        *any = found->len > 0;
    }
    return true;
}

static bool
lead_to_pool(MwReply *reply, const MwSelection *selection)
{
    g_autoptr(GString) path = g_string_new(NULL);

    g_string_append_printf(path, "/%s/pool?_action=assign&_list=", selection->entity->path);
    g_string_append_uri_escaped(path, selection->list, NULL, true);
    if (selection->all)
        g_string_append(path, "&_all=1");
    for (guint i = 0; i < selection->ids->len && !selection->all; i++)
        g_string_append_printf(path, "&_id=%" G_GINT64_FORMAT,
                               g_array_index(selection->ids, int64_t, i));
    return mw_reply_see_other(reply, path->str);
}

static bool
choose(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *action = mw_query_param(request, "_action");
    g_auto(MwSelection) selection = { 0 };

    if (!mw_selection_init(&selection, request, error))
        return false;
    if (g_strcmp0(action, "export") == 0 && (selection.all || selection.ids->len > 0))
        return lead_to_export(reply, &selection);
    if (selection.ids->len == 0)
        return mw_selection_done(&selection, reply, selection.too_many ? "too_many" : "nothing", 0);
    if (g_strcmp0(action, "merge") == 0)
        return lead_to_merge(reply, &selection);
    if (!mw_actor_may(request->context->actor, request->entity, MW_MAY_UPDATE))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not do this: %s."),
                       mw_entity_plural(request->entity));
    bool pooled = false;
    if (g_strcmp0(action, "assign") == 0 && mw_pool_suits(request->entity) &&
        mw_actor_leads(request->context->actor) &&
        !find_pooled(request->context, &selection, &pooled, error))
        return false;
    if (pooled)
        return lead_to_pool(reply, &selection);
    g_autoptr(GPtrArray) fields = chosen_fields(request);
    const Form form = { request, &selection, fields, NULL };
    return show_form(&form, reply, error);
}

/* A few are changed at once, many by a job, whose page then shows how far it is. */
static bool
begin_all(const MwRequest *request, MwReply *reply, const MwSelection *selection,
          const char *action, const char *values, GError **error)
{
    const MwContext *context = request->context;
    const MwBulk bulk = { request->entity, action, selection->ids, values };
    bool few = selection->ids->len <= MW_BULK_AT_ONCE;
    int64_t run = mw_bulk_begin(context, &bulk, error);
    MwBulkState state;

    if (!run)
        return false;
    if (few)
        return mw_bulk_go_on(context, run, MW_BULK_AT_ONCE + 1, &state, error) &&
               mw_selection_done(selection, reply, "bulk", run);
    g_autofree char *payload = g_strdup_printf("{\"run\":\"%" G_GINT64_FORMAT "\"}", run);
    g_autofree char *path = g_strdup_printf("/bulk-changes/%" G_GINT64_FORMAT, run);
    return mw_job_add(context, "bulk", payload, context->now, error) &&
           mw_reply_see_other(reply, path);
}

/* Who has chosen has only read until here. */
static bool
do_all(const MwRequest *request, MwReply *reply, const MwSelection *selection, const char *action,
       const char *values, GError **error)
{
    MwStore *store = request->context->store;

    mw_store_rollback(store);
    if (!mw_store_begin(store, true, error))
        return false;
    if (begin_all(request, reply, selection, action, values, error) &&
        mw_store_commit(store, error))
        return true;
    mw_store_rollback(store);
    return false;
}

static bool
change_all(const MwRequest *request, MwReply *reply, const MwSelection *selection, GError **error)
{
    g_autoptr(GPtrArray) fields = chosen_fields(request);
    g_autoptr(MwProblems) problems = mw_problems_new();
    const Form form = { request, selection, fields, problems };
    const char *step = mw_form_param(request, "_step");

    if (fields->len == 0)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such field."));
    if (step && g_str_equal(step, "form"))
        return show_form(&form, reply, error);
    if (!find_faults(&form, error))
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
        return show_form(&form, reply, error);
    }
    if (step && g_str_equal(step, "preview"))
        return show_preview(&form, reply, error);
    g_autofree char *values = values_of(request, fields);
    return do_all(request, reply, selection, "edit", values, error);
}

static bool
change(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *action = mw_form_param(request, "_action");
    bool removes = g_strcmp0(action, "remove") == 0, restores = g_strcmp0(action, "restore") == 0;
    g_auto(MwSelection) selection = { 0 };

    if (!mw_selection_init(&selection, request, error))
        return false;
    if (selection.ids->len == 0)
        return mw_selection_done(&selection, reply, selection.too_many ? "too_many" : "nothing", 0);
    if (!removes && !restores)
        return change_all(request, reply, &selection, error);
    if (selection.all && !mw_form_param(request, "_sure"))
        return show_question(request, reply, &selection, removes, error);
    return do_all(request, reply, &selection, removes ? "remove" : "restore", NULL, error);
}

/* "All that match" may be many records by a condition without an index: they are read on a worker, in a transaction that
 * only reads, so that others go on writing. */
static bool
in_reading(const MwRequest *request, MwReply *reply, MwHandler handler, GError **error)
{
    MwStore *store = request->context->store;
    bool done = mw_store_begin(store, false, error) && handler(request, reply, error);

    mw_store_rollback(store); /* nothing, when it has written and committed */
    return done;
}

static bool
show_bulk(const MwRequest *request, MwReply *reply, GError **error)
{
    return in_reading(request, reply, choose, error);
}

static bool
do_bulk(const MwRequest *request, MwReply *reply, GError **error)
{
    return in_reading(request, reply, change, error);
}

const MwRoute mw_bulk_routes[] = {
    { MW_GET, "/{entity}/bulk", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_SLOW, show_bulk },
    { MW_POST, "/{entity}/bulk", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_SLOW, do_bulk },
    { .path = NULL },
};
