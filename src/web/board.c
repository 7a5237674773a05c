/* board: see board.h. The page, and further cards of a column. */
#include "web/board.h"

#include "base/i18n.h"
#include "web/conditions.h"
#include "web/routes.h"

typedef struct {
    const MwRequest *request;
    MwList list;
    MwColumns columns;
    MwTitles *links;
    MwCards cards;
    GPtrArray *found; /* of GPtrArray: the cards of each column that is read; NULL */
} Page;

static void
page_clear(Page *page)
{
    mw_cards_clear(&page->cards);
    mw_columns_clear(&page->columns);
    mw_titles_free(page->links);
    g_clear_pointer(&page->found, g_ptr_array_unref);
    mw_list_clear(&page->list);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_clear)

/* ---- what is asked ------------------------------------------------------------------- */

/* The place among the conditions of "process=eq.5", -1: there is none. */
static int
board_condition(const MwList *list)
{
    const char *name = list->entity->board->boards;

    for (size_t i = 0; name && i < list->n_conditions; i++)
        if (g_str_equal(list->conditions[i].name, name) &&
            g_str_has_prefix(list->conditions[i].value, "eq."))
            return (int)i;
    return -1;
}

static bool
init(Page *page, const MwRequest *request, GError **error)
{
    MwList *list = &page->list;

    page->request = request;
    page->links = mw_titles_new(request->context);
    if (!request->entity->board)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    if (!mw_list_init(list, request, request->entity, error))
        return false;
    list->place = "/board";
    list->deleted = false;
    list->query.which = MW_LIVE;
    list->query.limit = MW_BOARD_CARDS;
    if (!list->order || list->query.n_order == 0) {
        mw_order_parse(list->entity, list->entity->board->order, &list->query.order[0]);
        list->query.n_order = 1;
    }
    int at = board_condition(list);
    int64_t of = at >= 0 ? g_ascii_strtoll(list->conditions[at].value + 3, NULL, 10) : 0;
    if (!mw_columns_init(&page->columns, request, request->entity, of, error))
        return false;
    mw_cards_init(&page->cards, &page->columns, list, page->links);
    mw_cards_want(&page->cards, &list->query);
    return true;
}

/* ---- cards ------------------------------------------------------------------------------ */

static GPtrArray *
find_cards(Page *page, const MwColumn *column, const MwCursor *after, bool *more, GError **error)
{
    MwQuery query = page->list.query;
    g_autoptr(MwFilter) filter = mw_filter_all();

    mw_filter_add(filter, mw_filter_test(page->columns.field, MW_TEST_EQ, mw_column_value(column)));
    mw_filter_add(filter, mw_filter_copy(page->list.filter));
    query.filter = filter;
    query.after = after;
    GPtrArray *records = mw_record_find(page->request->context, &query, MW_MAY_READ, more, error);
    for (guint i = 0; records && i < records->len; i++)
        mw_titles_want_all(page->links, records->pdata[i]);
    return records;
}

static void
put_cards(MwNode *node, Page *page, const MwColumn *column, const GPtrArray *records, bool more)
{
    MwNode *cards = mw_put_list(node, "cards");
    g_autoptr(GString) query = g_string_new(NULL);

    for (guint i = 0; i < records->len; i++)
        mw_card_put(mw_put_object(cards, NULL), &page->cards, records->pdata[i], column);
    mw_put_bool(node, "empty", records->len == 0);
    if (!more) {
        mw_put_text(node, "more", NULL);
        return;
    }
    g_autofree char *cursor = mw_list_cursor(&page->list, records->pdata[records->len - 1]);
    mw_list_append(&page->list, query);
    g_string_append_c(query, query->len > 0 ? '&' : '?');
    MwNode *next = mw_put_object(node, "more");
    mw_put_format(next, "href", "/%s/board/cards%s_in=%s&_after=%s", page->list.entity->path,
                  query->str, column->value, cursor);
    mw_put_format(next, "list", "/%s?%s=eq.%s", page->list.entity->path, page->columns.field->name,
                  column->value);
}

static bool
put_columns(MwNode *node, Page *page, GError **error)
{
    const GArray *columns = page->columns.columns;
    g_autofree bool *more = g_new0(bool, columns->len + 1);

    page->found = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < columns->len; i++) {
        const MwColumn *column = mw_column_at(columns, i);
        GPtrArray *records =
            column->closed ? g_ptr_array_new() : find_cards(page, column, NULL, &more[i], error);
        if (!records)
            return false;
        g_ptr_array_add(page->found, records);
    }
    if (!mw_titles_read(page->links, error) ||
        !mw_columns_sum(&page->columns, &page->list, NULL, error))
        return false;
    g_autoptr(GString) query = g_string_new(NULL);
    mw_list_append(&page->list, query);
    MwNode *list = mw_put_list(node, "columns");
    for (guint i = 0; i < columns->len; i++) {
        const MwColumn *column = mw_column_at(columns, i);
        MwNode *item = mw_put_object(list, NULL);
        mw_column_put_head(item, &page->columns, column, false);
        put_cards(item, page, column, page->found->pdata[i], more[i]);
        mw_put_format(item, "open", "/%s/board/cards%s%c_in=%s", page->list.entity->path,
                      query->str, query->len > 0 ? '&' : '?', column->value);
        mw_put_format(item, "list_href", "/%s?%s=eq.%s", page->list.entity->path,
                      page->columns.field->name, column->value);
    }
    return true;
}

/* ---- around the columns --------------------------------------------------------------------- */

static void
put_choice(MwNode *items, const char *label, const char *href, bool active)
{
    MwNode *item = mw_put_object(items, NULL);

    mw_put_text(item, "label", label);
    mw_put_copy(item, "href", href);
    mw_put_bool(item, "active", active);
}

static void
put_boards(MwNode *node, Page *page)
{
    MwNode *items = mw_put_list(node, "boards");
    const GArray *boards = page->columns.boards;

    for (guint i = 0; i < boards->len; i++) {
        const MwColumn *board = mw_column_at(boards, i);
        g_autofree char *value = g_strconcat("eq.", board->value, NULL);
        MwList other = page->list;
        int at = board_condition(&other);
        if (at < 0 && other.n_conditions < MW_LIST_CONDITIONS_MAX)
            at = (int)other.n_conditions++;
        if (at >= 0)
            other.conditions[at] = (MwParam){ page->columns.board->boards, value };
        g_autofree char *href = mw_list_path(&other);
        put_choice(items, board->label, href, board->id == page->columns.of);
    }
    mw_put_bool(node, "has_boards", boards->len > 1);
}

static void
put_orders(MwNode *node, const Page *page)
{
    const MwBoard *board = page->columns.board;
    MwNode *items = mw_put_list(node, "orders");
    const char *chosen = page->list.order;

    for (const char *const *name = board->orders; name && *name; name++) {
        const MwField *field = mw_entity_field(page->list.entity, *name + (**name == '-'));
        MwList other = page->list;
        if (!mw_actor_sees(page->request->context->actor, page->list.entity, field))
            continue;
        other.order = *name;
        g_autofree char *href = mw_list_path(&other);
        put_choice(items, mw_field_label(field), href, g_strcmp0(chosen, *name) == 0);
    }
    MwList other = page->list;
    other.order = NULL;
    g_autofree char *href = mw_list_path(&other);
    put_choice(items, _("Moved last"), href, !chosen);
}

static bool
show_board(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Page) page = { 0 };
    MwNode *root = mw_view_root(request->view);
    g_autoptr(GString) query = g_string_new(NULL);

    if (!init(&page, request, error))
        return false;
    if (mw_query_param(request, "_field")) {
        g_autofree char *elsewhere = mw_conditions_added(&page.list);
        if (elsewhere)
            return mw_reply_see_other(reply, elsewhere);
    }
    MwNode *node = mw_put_object(root, "list");
    if (!put_columns(node, &page, error))
        return false;
    put_boards(node, &page);
    put_orders(node, &page);
    mw_list_append(&page.list, query);
    mw_put_copy(node, "board_query", query->len > 0 ? query->str + 1 : "");
    mw_put_bool(node, "drags", page.cards.moves);
    mw_flash_put(request);
    return mw_list_bar_put(node, &page.list, page.links, error) &&
           mw_reply_page(request, reply, "board/page", error);
}

/* The first cards of a folded column come with its head, because nobody has counted them before. */
static bool
show_cards(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *in = mw_query_param(request, "_in"), *after = mw_query_param(request, "_after");
    g_auto(Page) page = { 0 };
    g_auto(MwCursor) cursor = { 0 };
    MwNode *node = mw_view_root(request->view);
    bool more = false;

    if (!init(&page, request, error))
        return false;
    const MwColumn *column = mw_columns_find(&page.columns, in);
    if (!column)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    if (after && !mw_cursor_read(after, &cursor, page.list.query.n_order, error))
        return false;
    g_autoptr(GPtrArray) records = find_cards(&page, column, after ? &cursor : NULL, &more, error);
    if (!records || !mw_titles_read(page.links, error))
        return false;
    MwNode *heads = mw_put_list(node, "heads");
    if (!after) {
        if (!mw_columns_sum(&page.columns, &page.list, column, error))
            return false;
        mw_column_put_head(mw_put_object(heads, NULL), &page.columns, column, true);
    }
    put_cards(node, &page, column, records, more);
    return mw_reply_page(request, reply, "board/cards", error);
}

const MwRoute mw_board_routes[] = {
    { MW_GET, "/{entity}/board", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_board },
    { MW_GET, "/{entity}/board/cards", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_cards },
    { .path = NULL },
};
