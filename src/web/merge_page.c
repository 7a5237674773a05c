/* merge_page: several records side by side, of which one is made, field by field. */
#include "record/merge.h"

#include "base/i18n.h"
#include "web/pages.h"
#include "web/routes.h"
#include "web/selection.h"

typedef struct {
    const MwRequest *request;
    const MwSelection *selection;
    GPtrArray *records;
    MwTitles *titles;
    int64_t survivor;
    MwProblems *problems;
} Page;

/* The id of the record whose value is kept: as chosen, else as proposed. */
static int64_t
chosen(const Page *page, const MwField *field)
{
    char name[80];

    g_snprintf(name, sizeof name, "pick.%s", field->name);
    const char *text = mw_form_param(page->request, name);
    return text ? g_ascii_strtoll(text, NULL, 10)
                : mw_record_id(mw_merge_default(page->records, field, page->survivor));
}

static bool
differs(const Page *page, const MwField *field)
{
    const MwValue *first = mw_record_value(page->records->pdata[0], field);

    for (guint i = 1; i < page->records->len; i++)
        if (!mw_value_equal(first, mw_record_value(page->records->pdata[i], field)))
            return true;
    return false;
}

static void
put_cell(MwNode *cells, const Page *page, const MwRecord *record, const MwField *field,
         int64_t keeps)
{
    MwNode *cell = mw_put_object(cells, NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    mw_cell_text(page->request->context, page->titles, record, field,
                 mw_record_value(record, field), text);
    mw_put_format(cell, "id", "%" G_GINT64_FORMAT, mw_record_id(record));
    mw_put_format(cell, "name", "pick.%s", field->name);
    mw_put_copy(cell, "text", text->len > 0 ? text->str : NULL);
    mw_put_bool(cell, "checked", mw_record_id(record) == keeps);
    mw_put_text(cell, "label", mw_field_label(field));
}

/* What differs comes with something to choose; what is the same in all is told once. */
static void
put_rows(MwNode *node, const Page *page)
{
    const MwEntity *entity = page->request->entity;
    MwNode *rows = mw_put_list(node, "rows"), *same = mw_put_list(node, "same");

    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        if (!mw_merge_chooses(page->request->context, entity, field))
            continue;
        if (differs(page, field)) {
            MwNode *row = mw_put_object(rows, NULL), *cells = mw_put_list(row, "cells");
            int64_t keeps = chosen(page, field);
            mw_put_text(row, "label", mw_field_label(field));
            mw_put_copy(row, "problem", mw_problems_of(page->problems, field->name));
            for (guint j = 0; j < page->records->len; j++)
                put_cell(cells, page, page->records->pdata[j], field, keeps);
        } else if (mw_record_value(page->records->pdata[0], field)->is != MW_NULL) {
            put_cell(same, page, page->records->pdata[0], field, 0);
        }
    }
}

/* "Contacts 12, Sales orders 3". */
static bool
put_links(MwNode *head, const Page *page, int64_t id, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof id);
    g_autoptr(GString) text = g_string_new(NULL);

    g_array_append_val(ids, id);
    g_autoptr(GArray) links =
        mw_merge_links(page->request->context, page->request->entity, ids, 0, error);
    for (guint i = 0; links && i < links->len; i++) {
        const MwMergeLinks *link = &g_array_index(links, MwMergeLinks, i);
        if (link->entity->flags & MW_PRIVATE ||
            !mw_actor_may(page->request->context->actor, link->entity, MW_MAY_READ))
            continue; /* it goes along, but how many there are is nobody's business here */
        g_string_append_printf(
            text, "%s%s %s%lld", text->len > 0 ? ", " : "", mw_entity_plural(link->entity),
            link->count > MW_COUNT_MAX ? ">" : "", (long long)MIN(link->count, MW_COUNT_MAX));
    }
    mw_put_copy(head, "links", text->len > 0 ? text->str : NULL);
    return links != NULL;
}

static bool
put_heads(MwNode *node, const Page *page, GError **error)
{
    const MwEntity *entity = page->request->entity;
    const MwField *made = mw_entity_field(entity, "created_at");
    MwNode *heads = mw_put_list(node, "heads");

    for (guint i = 0; i < page->records->len; i++) {
        const MwRecord *record = page->records->pdata[i];
        int64_t id = mw_record_id(record);
        MwNode *head = mw_put_object(heads, NULL);
        g_autoptr(GString) title = g_string_new(NULL), created = g_string_new(NULL);
        mw_record_title(record, title);
        mw_cell_text(page->request->context, page->titles, record, made,
                     mw_record_value(record, made), created);
        mw_put_format(head, "id", "%" G_GINT64_FORMAT, id);
        mw_put_copy(head, "title", title->str);
        mw_put_format(head, "href", "/%s/%" G_GINT64_FORMAT, entity->path, id);
        mw_put_format(head, "created", _("Created %s"), created->str);
        mw_put_bool(head, "stays", id == page->survivor);
        if (!put_links(head, page, id, error))
            return false;
    }
    return true;
}

static bool
show(Page *page, MwReply *reply, GError **error)
{
    const MwEntity *entity = page->request->entity;
    MwNode *root = mw_view_root(page->request->view), *node = mw_put_object(root, "merge");
    MwNode *crumb = mw_put_object(mw_put_list(root, "crumbs"), NULL);

    for (guint i = 0; i < page->records->len; i++)
        mw_titles_want_all(page->titles, page->records->pdata[i]);
    if (!mw_titles_read(page->titles, error))
        return false;
    mw_put_bool(root, "has_crumbs", true);
    mw_put_text(crumb, "label", mw_entity_plural(entity));
    mw_put_format(crumb, "href", "/%s", entity->path);
    mw_put_format(root, "title", _("Merge %u records: %s"), page->records->len,
                  mw_entity_plural(entity));
    mw_put_text(node, "path", entity->path);
    mw_put_copy(node, "back_to", mw_param(page->request, "_back"));
    mw_selection_put(node, page->selection);
    MwNode *others = mw_put_list(node, "problems");
    for (size_t i = 0; i < mw_problems_count(page->problems); i++)
        mw_put_copy(mw_put_object(others, NULL), "text",
                    mw_problems_get(page->problems, i)->message);
    put_rows(node, page);
    return put_heads(node, page, error) && mw_reply_page(page->request, reply, "merge", error);
}

static bool
show_records(const MwRequest *request, MwReply *reply, const MwSelection *selection,
             MwProblems *problems, GError **error)
{
    const char *survivor = mw_param(request, "_survivor");
    g_autoptr(MwTitles) titles = mw_titles_new(request->context);
    int64_t any = selection->ids->len > 0 ? g_array_index(selection->ids, int64_t, 0) : 0;
    g_autoptr(GPtrArray) records =
        mw_merge_read(request->context, request->entity, selection->ids, any, error);
    Page page = { request, selection, records, titles, 0, problems };

    if (!records)
        return false;
    page.survivor = survivor ? g_ascii_strtoll(survivor, NULL, 10)
                             : mw_merge_survivor(request->context, records, error);
    return page.survivor && show(&page, reply, error);
}

static bool
show_merge(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwSelection) selection = { 0 };

    return mw_selection_init(&selection, request, error) &&
           show_records(request, reply, &selection, problems, error);
}

static GHashTable *
choices_of(const MwRequest *request)
{
    GHashTable *choices = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

    for (size_t i = 0; i < request->n_form; i++) {
        const MwParam *param = &request->form[i];
        int64_t id = g_ascii_strtoll(param->value, NULL, 10);
        if (g_str_has_prefix(param->name, "pick.") && id > 0)
            g_hash_table_insert(choices, (gpointer)(param->name + strlen("pick.")),
                                g_memdup2(&id, sizeof id));
    }
    return choices;
}

static bool
do_merge(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *survivor = mw_form_param(request, "_survivor");
    const char *back = mw_form_param(request, "_back");
    g_autoptr(GHashTable) choices = choices_of(request);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwSelection) selection = { 0 };
    char path[MW_RECORD_PATH_SIZE];

    if (!mw_selection_init(&selection, request, error))
        return false;
    const MwMerge merge = { request->entity, selection.ids,
                            survivor ? g_ascii_strtoll(survivor, NULL, 10) : 0, choices };
    if (!mw_store_mark(request->context->store, error))
        return false;
    int64_t run = mw_merge(request->context, &merge, problems, error);
    if (!run && !mw_problems_any(problems))
        return false;
    if (!run) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
        return mw_store_back_to_mark(request->context->store, error) &&
               show_records(request, reply, &selection, problems, error);
    }
    if (!mw_store_forget_mark(request->context->store, error))
        return false;
    g_autofree char *done = g_strdup_printf("merged&_run=%" G_GINT64_FORMAT, run);
    bool local = back && back[0] == '/' && back[1] != '/' && back[1] != '\\';
    return mw_reply_done(
        reply, local ? back : mw_record_path(request->entity, merge.survivor, path), done);
}

const MwRoute mw_merge_routes[] = {
    { MW_GET, "/{entity}/merge", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_merge },
    { MW_POST, "/{entity}/merge", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, do_merge },
    { .path = NULL },
};
