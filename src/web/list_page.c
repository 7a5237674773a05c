/* list_page: the list of any entity, its total, and the parts that htmx asks for. See list.h for its URLs. */
#include "base/i18n.h"
#include "base/money.h"
#include "model/kinds/kinds.h"
#include "web/conditions.h"
#include "web/favourites.h"
#include "web/pages.h"
#include "web/routes.h"
#include "web/table.h"

typedef struct {
    const MwRequest *request;
    MwList list;
    MwTitles *links;
    GPtrArray *records;
    MwAges ages;
    bool more;
} Page;

static void
page_clear(Page *page)
{
    mw_list_clear(&page->list);
    mw_ages_clear(&page->ages);
    mw_titles_free(page->links);
    g_clear_pointer(&page->records, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_clear)

/* ---- columns ------------------------------------------------------------------- */

/* By what has an index: any other order would read every record of a large list. */
static bool
can_sort(const MwField *field)
{
    return field->flags & (MW_INDEXED | MW_UNIQUE) || field->target;
}

/* An amount is put in order by what it is in base currency; NULL: by nothing. */
static const MwField *
sorts_by(const MwList *list, const MwField *field)
{
    const MwField *base = field->in_base ? mw_entity_field(list->entity, field->in_base) : NULL;

    if (can_sort(field))
        return field;
    return base && can_sort(base) &&
                   mw_actor_sees(list->request->context->actor, list->entity, base)
               ? base
               : NULL;
}

/* Sums of one currency only: of amounts in base currency, or those that have no other. */
static const MwField *
summed(const MwEntity *entity, const MwField *field)
{
    if (field->kind == &mw_quantity)
        return field;
    if (field->kind != &mw_money)
        return NULL;
    if (field->in_base)
        return mw_entity_field(entity, field->in_base);
    return field->currency ? NULL : field;
}

/* Another click on a header turns the order around. */
static void
put_header(MwNode *headers, const MwList *list, const MwField *field)
{
    const MwField *by = sorts_by(list, field);
    bool sorted = by && list->query.n_order > 0 && list->query.order[0].asked == by;
    bool down = sorted && list->query.order[0].descending;
    bool falls = sorted ? !down : by && by->kind == &mw_money; /* the largest first */
    MwNode *header = mw_put_object(headers, NULL);

    mw_put_text(header, "label", mw_field_label(field));
    mw_put_text(header, "name", field->name);
    mw_put_bool(header, "summed", summed(list->entity, field) != NULL);
    mw_put_text(header, "class", mw_cell_class(field));
    mw_put_text(header, "sorted", !sorted ? NULL : down ? "descending" : "ascending");
    mw_put_text(header, "icon", down ? "chevron-down" : "chevron-up");
    if (!by) {
        mw_put_text(header, "href", NULL);
        return;
    }
    MwList other = *list;
    g_autofree char *order = g_strconcat(falls ? "-" : "", by->name, NULL);
    other.order = order;
    g_autofree char *path = mw_list_path(&other);
    mw_put_copy(header, "href", path);
}

/* ---- rows ------------------------------------------------------------------------ */

/* What is behind the address of a record so that its page knows the list it was opened from. */
static char *
origin_of(const MwList *list)
{
    g_autoptr(GString) query = g_string_new(NULL);
    GString *origin = g_string_new(NULL);

    mw_list_append(list, query);
    if (query->len > 1 && !list->deleted) {
        g_string_append(origin, "?list=");
        g_string_append_uri_escaped(origin, query->str + 1, NULL, true);
    }
    return g_string_free(origin, false);
}

static bool
put_rows(Page *page, MwNode *node, GError **error)
{
    MwList *list = &page->list;
    g_autofree char *origin = origin_of(list);

    mw_ages_init(&page->ages, page->request->context, &list->query, list->shown);
    page->records = mw_list_find(list, &page->more, error);
    if (!page->records || !mw_ages_read(&page->ages, page->request->context, page->records, error))
        return false;
    mw_titles_want_columns(page->links, list->shown, page->records);
    if (!mw_titles_read(page->links, error))
        return false;
    MwNode *headers = mw_put_list(node, "headers");
    for (guint i = 0; i < list->shown->len; i++)
        put_header(headers, list, list->shown->pdata[i]);
    bool stars = !list->deleted && mw_entity_opens(page->request->context, list->entity);
    bool edits = !list->deleted && !(list->entity->flags & MW_INTERNAL) && !list->entity->master &&
                 mw_actor_may(page->request->context->actor, list->entity, MW_MAY_UPDATE);
    MwTable table = { page->request->context,
                      page->links,
                      list->shown,
                      mw_table_title(list->entity, list->shown),
                      origin,
                      edits,
                      &page->ages,
                      stars ? mw_favourites(page->request, error) : NULL };
    if (stars && !table.favourites)
        return false;
    mw_put_bool(node, "stars", stars);
    mw_table_put_rows(node, &table, page->records);
    return true;
}

/* ---- around the table ----------------------------------------------------------------- */

static void
put_step(MwNode *node, const char *key, const MwList *list, const char *direction,
         const MwRecord *record)
{
    g_autofree char *path = mw_list_path(list), *cursor = mw_list_cursor(list, record);

    mw_put_format(node, key, "%s%c%s=%s", path, strchr(path, '?') ? '&' : '?', direction, cursor);
}

static void
put_pages(Page *page, MwNode *node)
{
    const MwList *list = &page->list;
    guint n = page->records->len;
    bool next = n > 0 && (list->before || page->more);
    bool previous = n > 0 && (list->after || (list->before && page->more));

    if (next)
        put_step(node, "next", list, "after", page->records->pdata[n - 1]);
    else
        mw_put_text(node, "next", NULL);
    if (previous)
        put_step(node, "previous", list, "before", page->records->pdata[0]);
    else
        mw_put_text(node, "previous", NULL);
    mw_put_bool(node, "turns", next || previous);
}

static void
put_hidden(MwNode *node, const MwList *list)
{
    MwNode *hidden = mw_put_list(node, "hidden");
    const MwParam more[] = {
        { "q", list->words },
        { "order", list->order },
        { "columns", list->columns },
        { "deleted", list->deleted ? "1" : NULL },
    };

    for (size_t i = 0; i < list->n_conditions + G_N_ELEMENTS(more); i++) {
        const MwParam *param =
            i < list->n_conditions ? &list->conditions[i] : &more[i - list->n_conditions];
        if (!param->value)
            continue;
        MwNode *item = mw_put_object(hidden, NULL);
        mw_put_text(item, "name", param->name);
        mw_put_text(item, "value", param->value);
    }
    for (size_t i = 0; list->own && *list->place && i < list->request->n_query; i++) {
        const MwParam *param = &list->request->query[i];
        if (!g_strv_contains(list->own, param->name))
            continue;
        MwNode *item = mw_put_object(hidden, NULL);
        mw_put_text(item, "name", param->name);
        mw_put_text(item, "value", param->value);
    }
    if (list->view) {
        MwNode *item = mw_put_object(hidden, NULL);
        mw_put_text(item, "name", "view");
        mw_put_format(item, "value", "%" G_GINT64_FORMAT, list->view);
    }
}

static void
put_choosable(MwNode *items, const MwField *field, bool chosen)
{
    MwNode *item = mw_put_object(items, NULL);

    mw_put_text(item, "name", field->name);
    mw_put_text(item, "label", mw_field_label(field));
    mw_put_bool(item, "chosen", chosen);
}

/* The columns that are shown, in their order, then the others. */
static void
put_chooser(MwNode *node, const MwList *list)
{
    const MwContext *context = list->request->context;
    MwNode *items = mw_put_list(node, "chooser");

    for (guint i = 0; i < list->shown->len; i++)
        put_choosable(items, list->shown->pdata[i], true);
    for (size_t i = 0; i < list->entity->n_fields; i++) {
        const MwField *field = &list->entity->fields[i];
        if (i != MW_FIELD_VERSION && i != MW_FIELD_DELETED && field->kind != &mw_hidden &&
            mw_actor_sees(context->actor, list->entity, field) &&
            !g_ptr_array_find(list->shown, field, NULL))
            put_choosable(items, field, false);
    }
}

static void
put_empty(MwNode *node, const MwList *list)
{
    const MwEntity *entity = list->entity;
    bool asked =
        list->n_conditions > 0 || list->words || list->deleted || list->after || list->before;
    MwNode *empty = mw_put_object(node, "empty");

    mw_put_text(empty, "icon", entity->icon);
    mw_put_bool(empty, "asked", asked);
    mw_put_text(empty, "help", entity->help ? _(entity->help) : NULL);
    mw_put_format(empty, "heading", asked ? _("No %s match") : _("No %s yet"),
                  mw_entity_plural_inside(entity));
    g_autoptr(GString) all = g_string_new("/");
    g_string_append_printf(all, "%s%s%s", entity->path, list->place, list->view ? "?view=all" : "");
    mw_list_append_own(list, all);
    mw_put_copy_at(empty, mw_key("all"), all->str, all->len);
}

static void
put_rights(MwNode *node, const MwContext *context, const MwEntity *entity, bool deleted)
{
    const MwActor *actor = context->actor;
    bool kept = !(entity->flags & MW_INTERNAL);
    bool creates = (kept || entity->made_at) && mw_actor_may(actor, entity, MW_MAY_CREATE);
    bool updates = kept && mw_actor_may(actor, entity, MW_MAY_UPDATE);
    bool removes = kept && mw_actor_may(actor, entity, MW_MAY_REMOVE);

    mw_put_bool(node, "creates", creates);
    if (entity->made_at)
        mw_put_text(node, "new_path", entity->made_at);
    else
        mw_put_format(node, "new_path", "/%s/new", entity->path);
    mw_put_bool(node, "imports", kept && mw_actor_may(actor, entity, MW_MAY_IMPORT));
    mw_put_bool(node, "exports", mw_actor_may(actor, entity, MW_MAY_EXPORT));
    mw_put_bool(node, "updates", updates && !deleted);
    mw_put_bool(node, "assigns", updates && !deleted && mw_entity_field(entity, "owner"));
    mw_put_bool(node, "removes", removes && !deleted);
    mw_put_bool(node, "restores", removes && deleted);
    mw_put_bool(node, "merges", updates && !deleted && entity->twins);
    mw_put_bool(node, "selects", updates || removes || mw_actor_may(actor, entity, MW_MAY_EXPORT));
    mw_put_bool(node, "can_see_deleted", removes);
}

static void
put_links(MwNode *node, const MwList *list)
{
    MwList other = *list;

    other.place = "";
    g_autofree char *path = mw_list_path(&other);
    other = *list;

    mw_put_copy(node, "query_text", strchr(path, '?') ? strchr(path, '?') + 1 : "");
    mw_put_format(node, "total", "/%s/total%s", list->entity->path,
                  path + 1 + strlen(list->entity->path));
    mw_put_format(node, "export", "/%s/export%s", list->entity->path,
                  path + 1 + strlen(list->entity->path));
    other.words = NULL;
    g_autofree char *without = mw_list_path(&other);
    mw_put_copy(node, "without_words", without);
    other = *list;
    other.deleted = !other.deleted;
    other.view = 0;
    g_autofree char *deleted = mw_list_path(&other);
    mw_put_copy(node, "deleted_href", deleted);
}

bool
mw_list_bar_put(MwNode *node, MwList *list, MwTitles *links, GError **error)
{
    const MwEntity *entity = list->entity;

    mw_put_text(mw_view_root(list->request->view), "title", mw_entity_plural(entity));
    mw_put_text(node, "path", entity->path);
    mw_put_format(node, "here", "%s%s", entity->path, list->place);
    mw_put_bool(node, "is_list", *list->place == '\0');
    mw_put_text(node, "name", entity->name);
    mw_put_text(node, "label", mw_entity_label(entity));
    mw_put_text(node, "words", list->words);
    mw_put_bool(node, "deleted", list->deleted);
    mw_put_format(node, "search_label", _("Search %s"), mw_entity_plural_inside(entity));
    put_rights(node, list->request->context, entity, list->deleted);
    put_links(node, list);
    put_hidden(node, list);
    put_chooser(node, list);
    put_empty(node, list);
    mw_views_put(node, list);
    mw_places_put(node, list);
    return mw_conditions_put(node, list, links, error);
}

static bool
put_page(Page *page, GError **error)
{
    MwList *list = &page->list;
    MwNode *node = mw_put_object(mw_view_root(page->request->view), "list");

    mw_table_want(&list->query, list->shown);
    if (!put_rows(page, node, error) || !mw_list_bar_put(node, list, page->links, error))
        return false;
    put_pages(page, node);
    return mw_pool_bar_put(node, list, error);
}

/* ---- handlers ---------------------------------------------------------------------------- */

static char *
chosen_columns(MwList *list)
{
    g_autoptr(GString) names = g_string_new(NULL);
    MwList other = *list;

    for (size_t i = 0; i < list->request->n_query; i++)
        if (g_str_equal(list->request->query[i].name, "_column"))
            g_string_append_printf(names, "%s%s", names->len > 0 ? "," : "",
                                   list->request->query[i].value);
    other.columns = names->len > 0 ? names->str : NULL;
    return mw_list_path(&other);
}

static bool
show_list(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Page) page = { .request = request, .links = mw_titles_new(request->context) };
    g_autofree char *elsewhere = NULL;

    if (!mw_list_init(&page.list, request, request->entity, error))
        return false;
    if (mw_query_param(request, "_field"))
        elsewhere = mw_conditions_added(&page.list);
    else if (mw_query_param(request, "_columns"))
        elsewhere = chosen_columns(&page.list);
    if (elsewhere)
        return mw_reply_see_other(reply, elsewhere);
    mw_flash_put(request);
    return put_page(&page, error) && mw_reply_page(request, reply, "list", error);
}

static bool
put_sums(MwNode *node, MwList *list, GError **error)
{
    const MwContext *context = list->request->context;
    const MwField *fields[MW_LIST_COLUMNS_MAX];
    const char *names[MW_LIST_COLUMNS_MAX]; /* of the columns that they stand below */
    int64_t sums[MW_LIST_COLUMNS_MAX];
    size_t n = 0;
    g_autoptr(GError) local = NULL;

    for (guint i = 0; i < list->shown->len; i++) {
        const MwField *field = summed(list->entity, list->shown->pdata[i]);
        if (!field || !mw_actor_sees(context->actor, list->entity, field))
            continue;
        names[n] = ((const MwField *)list->shown->pdata[i])->name;
        fields[n++] = field;
    }
    MwNode *items = mw_put_list(node, "sums");
    if (n == 0)
        return true;
    if (!mw_record_sums(context, &list->query, fields, n, sums, &local)) {
        if (local)
            g_propagate_error(error, g_steal_pointer(&local));
        return !local;
    }
    for (size_t i = 0; i < n; i++) {
        MwValue value = MW_INT(sums[i]);
        MwNode *item = mw_put_object(items, NULL);
        mw_put_text(item, "label", mw_field_label(fields[i]));
        mw_put_text(item, "name", names[i]);
        mw_cell_put_value(context, item, NULL, fields[i], &value, "cell/money");
    }
    return true;
}

/* What the board's amount comes to by outcome, where the entity has one: open, won and lost are no one sum. */
static bool
put_outcomes(MwNode *node, const MwList *list, GError **error)
{
    const MwContext *context = list->request->context;
    const MwEntity *entity = list->entity;
    const MwBoard *board = entity->board;
    const MwField *by = board && board->outcome ? mw_entity_field(entity, board->outcome) : NULL;
    const MwField *amount = by ? mw_entity_field(entity, board->amount) : NULL;
    MwNode *items = mw_put_list(node, "outcomes");
    bool all = true;

    if (!amount || !mw_actor_sees(context->actor, entity, amount) ||
        !mw_actor_sees(context->actor, entity, by))
        return true;
    g_autoptr(MwFilter) scope =
        mw_actor_filter(context->actor, context->catalog, entity, MW_MAY_READ);
    MwQuery query = list->query;
    query.scope = scope;
    g_autoptr(GArray) groups = mw_store_groups(context->store, &query, by, &amount, 1, &all, error);
    for (const MwChoice *choice = by->choices; groups && choice->key; choice++)
        for (guint i = 0; i < groups->len; i++) {
            const MwGroup *group = &g_array_index(groups, MwGroup, i);
            if (group->key.is != MW_TEXT || !g_str_equal(group->key.text, choice->key) ||
                !group->fits)
                continue;
            MwValue value = MW_INT(group->sums[0]);
            MwNode *item = mw_put_object(items, NULL);
            mw_put_text(item, "label", _(choice->label));
            mw_cell_put_value(context, item, NULL, amount, &value, "cell/money");
        }
    return groups != NULL;
}

/* How many there are and what they come to: asked after the page is there, because it reads up to 10,000 records. */
static bool
show_total(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(request->view);
    g_auto(MwList) list = { 0 };

    if (!mw_list_init(&list, request, request->entity, error))
        return false;
    int64_t count = mw_record_count(request->context, &list.query, error);
    if (count < 0)
        return false;
    if (count > MW_COUNT_MAX)
        mw_put_format(root, "count", _("More than %s"), "10,000");
    else
        mw_put_format(root, "count",
                      mw_ngettext("%lld record", "%lld records", (unsigned long)count),
                      (long long)count);
    if (count <= MW_COUNT_MAX &&
        (!put_sums(root, &list, error) || !put_outcomes(root, &list, error)))
        return false;
    if (count > MW_COUNT_MAX) {
        mw_put_list(root, "sums");
        mw_put_list(root, "outcomes");
    }
    return mw_reply_page(request, reply, "list/total", error);
}

const MwRoute mw_list_routes[] = {
    { MW_GET, "/{entity}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_list },
    { MW_GET, "/{entity}/total", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_total },
    { MW_GET, "/{entity}/condition", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, mw_conditions_form },
    { .path = NULL },
};
