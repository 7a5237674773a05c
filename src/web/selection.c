#include "web/selection.h"
#include "base/id.h"

#include "record/bulk.h"
#include "web/pages.h"

enum { CHOSEN_MAX = 500 };

static void
add_chosen(MwSelection *selection, const MwParam *params, size_t n)
{
    for (size_t i = 0; i < n && selection->ids->len < CHOSEN_MAX; i++) {
        int64_t id = g_str_equal(params[i].name, "_id") ? mw_id_read(params[i].value) : 0;
        bool there = id <= 0;
        for (guint j = 0; j < selection->ids->len && !there; j++)
            there = g_array_index(selection->ids, int64_t, j) == id;
        if (!there)
            g_array_append_val(selection->ids, id);
    }
}

/* All of the list, read page by page in its order by id; none when there are too many. */
static bool
add_all(MwSelection *selection, const MwRequest *request, GError **error)
{
    const MwEntity *entity = selection->entity;
    g_auto(MwList) list = { 0 };
    MwCursor cursor = { 0 };
    bool more = true;

    if (!mw_list_init_text(&list, request, entity, selection->list, error))
        return false;
    if (mw_problems_any(list.problems)) /* a condition that does not fit would choose others too */
        return true;
    list.query.order[0] = (MwOrder){ &entity->fields[MW_FIELD_ID], false };
    list.query.n_order = 1;
    list.query.limit = MW_PAGE_MAX;
    mw_query_want(&list.query, &entity->fields[MW_FIELD_ID]);
    while (more && selection->ids->len <= MW_BULK_MAX) {
        g_autoptr(GPtrArray) page =
            mw_record_find(request->context, &list.query, MW_MAY_READ, &more, error);
        if (!page)
            return false;
        for (guint i = 0; i < page->len; i++) {
            cursor.id = mw_record_id(page->pdata[i]);
            g_array_append_val(selection->ids, cursor.id);
        }
        cursor.values[0] = MW_INT(cursor.id);
        list.query.after = &cursor;
    }
    selection->too_many = selection->ids->len > MW_BULK_MAX;
    if (selection->too_many)
        g_array_set_size(selection->ids, 0);
    return true;
}

bool
mw_selection_init(MwSelection *selection, const MwRequest *request, GError **error)
{
    const char *list = mw_param(request, "_list"), *all = mw_param(request, "_all");

    *selection = (MwSelection){ .entity = request->entity,
                                .ids = g_array_new(false, false, sizeof(int64_t)),
                                .all = all && *all,
                                .list = list ? list : "" };
    if (selection->all)
        return add_all(selection, request, error);
    add_chosen(selection, request->query, request->n_query);
    add_chosen(selection, request->form, request->n_form);
    return true;
}

void
mw_selection_clear(MwSelection *selection)
{
    g_clear_pointer(&selection->ids, g_array_unref);
}

void
mw_selection_put(MwNode *node, const MwSelection *selection)
{
    MwNode *list = mw_put_list(node, "ids");

    for (guint i = 0; i < selection->ids->len && !selection->all; i++)
        mw_put_format(mw_put_object(list, NULL), "id", "%" G_GINT64_FORMAT,
                      g_array_index(selection->ids, int64_t, i));
    mw_put_bool(node, "all", selection->all);
    mw_put_text(node, "list", selection->list);
    mw_put_int(node, "n", selection->ids->len);
    g_autofree char *back = mw_selection_path(selection);
    mw_put_copy(node, "back", back);
}

char *
mw_selection_path(const MwSelection *selection)
{
    return *selection->list ? g_strdup_printf("/%s?%s", selection->entity->path, selection->list)
                            : g_strdup_printf("/%s", selection->entity->path);
}

bool
mw_selection_done(const MwSelection *selection, MwReply *reply, const char *what, int64_t run)
{
    g_autofree char *path = mw_selection_path(selection);
    g_autofree char *more =
        run ? g_strdup_printf("%s&_run=%" G_GINT64_FORMAT, what, run) : g_strdup(what);

    return mw_reply_done(reply, path, more);
}
