#include "web/list.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "methods/views.h"
#include "record/filter.h"
#include "web/call.h"

/* ---- views -------------------------------------------------------------------- */

/* What a saved view keeps as its filter is the JSON string of a query. */
static const char *
text_of_json(GStringChunk *texts, const char *json)
{
    json_t *document = json ? json_loads(json, JSON_DECODE_ANY, NULL) : NULL;
    const char *text = json_is_string(document) ? json_string_value(document) : "";
    const char *kept = g_string_chunk_insert(texts, text);

    json_decref(document);
    return kept;
}

static void
append_param(GString *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    if (out->len > 0 && out->str[out->len - 1] != '?')
        g_string_append_c(out, '&');
    g_string_append_uri_escaped(out, name, NULL, true);
    g_string_append_c(out, '=');
    g_string_append_uri_escaped(out, value, "@,:*()", true);
}

static void
add_view(MwList *list, const MwRecord *record)
{
    g_autoptr(GString) query =
        g_string_new(text_of_json(list->texts, mw_record_text(record, "filter")));
    bool mine = mw_record_int(record, "owner") == mw_actor_user(list->request->context->actor);

    append_param(query, "order", mw_record_text(record, "sort"));
    append_param(query, "columns", mw_record_text(record, "columns"));
    MwListView view = {
        .id = mw_record_id(record),
        .position = MW_UNPLACED,
        .mine = mine,
        .shared = mw_record_int(record, "shared") != 0,
        .initial = mine && mw_record_int(record, "initial") != 0,
        .name = g_string_chunk_insert(list->texts, mw_record_text(record, "name")),
        .query = g_string_chunk_insert(list->texts, query->str),
    };
    g_array_append_val(list->views, view);
}

static int
compare_views(gconstpointer a, gconstpointer b)
{
    const MwListView *x = a, *y = b;

    return (x->position > y->position) - (x->position < y->position);
}

/* By name as they are, then as the user has put them. */
static bool
place_views(MwList *list, GError **error)
{
    g_autoptr(GArray) places = list->views->len > 0
                                   ? mw_views_places(list->request->context, list->entity, error)
                                   : g_array_new(false, false, sizeof(MwViewPlace));

    for (guint i = 0; places && i < places->len; i++) {
        const MwViewPlace *place = &g_array_index(places, MwViewPlace, i);
        for (guint j = 0; j < list->views->len; j++) {
            MwListView *view = &g_array_index(list->views, MwListView, j);
            if (view->id != place->view)
                continue;
            view->position = place->position;
            view->initial |= place->initial;
        }
    }
    g_array_sort(list->views, compare_views);
    return places != NULL;
}

static bool
read_views(MwList *list, GError **error)
{
    const MwContext *context = list->request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "saved_view");
    g_autoptr(MwFilter) filter = mw_filter_test(mw_entity_field(entity, "entity"), MW_TEST_EQ,
                                                MW_BORROW(list->entity->name));
    MwQuery query = { .entity = entity, .filter = filter, .limit = MW_VIEWS_MAX };

    mw_order_parse(entity, "name", &query.order[0]);
    query.n_order = 1;
    g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    for (guint i = 0; records && i < records->len; i++)
        add_view(list, records->pdata[i]);
    return records && place_views(list, error);
}

/* ---- parameters ------------------------------------------------------------------ */

/* Whether it says what to list, so that a view's own does not hold. */
static bool
is_query(const char *name)
{
    return !g_str_equal(name, "view") && !g_str_equal(name, "after") &&
           !g_str_equal(name, "before") && name[0] != '_';
}

static void
take_param(MwList *list, const MwParam *param)
{
    const struct {
        const char *name, **place;
    } texts[] = {
        { "q", &list->words },     { "order", &list->order },   { "columns", &list->columns },
        { "after", &list->after }, { "before", &list->before },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (g_str_equal(param->name, texts[i].name)) {
            *texts[i].place = *param->value ? param->value : NULL;
            return;
        }
    }
    if (g_str_equal(param->name, "view")) {
        list->has_view = true;
        list->view = g_ascii_strtoll(param->value, NULL, 10);
    } else if (g_str_equal(param->name, "deleted")) {
        list->deleted = g_str_equal(param->value, "1");
    } else if (param->name[0] != '_' && !g_str_equal(param->name, "list") &&
               list->n_conditions < MW_LIST_CONDITIONS_MAX) {
        list->conditions[list->n_conditions++] = *param;
    }
}

static bool
take_text(MwList *list, const char *text, GError **error)
{
    MwArena *arena = &((MwCall *)mw_call_of(list->request))->arena;
    MwParam *params;
    size_t n;

    if (!mw_params_read(arena, text, strlen(text), &params, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        take_param(list, &params[i]);
    return true;
}

/* A view's own filter, order and columns, where the URL has none. */
static bool
apply_view(MwList *list, bool asked, GError **error)
{
    for (guint i = 0; i < list->views->len; i++) {
        const MwListView *view = &g_array_index(list->views, MwListView, i);
        bool chosen = list->has_view ? view->id == list->view : view->initial && !asked;
        if (!chosen)
            continue;
        list->view = view->id;
        return asked || take_text(list, view->query, error);
    }
    list->view = 0;
    return true;
}

/* ---- meaning ---------------------------------------------------------------------- */

static void
choose_columns(MwList *list)
{
    const MwContext *context = list->request->context;
    g_auto(GStrv) names = list->columns ? g_strsplit(list->columns, ",", -1) : NULL;

    list->shown = mw_fields_seen(context, list->entity,
                                 names ? (const char *const *)names : list->entity->list);
    if (list->shown->len == 0) {
        g_ptr_array_unref(list->shown);
        list->shown = mw_fields_seen(context, list->entity, list->entity->list);
    }
    if (list->shown->len > MW_LIST_COLUMNS_MAX)
        g_ptr_array_set_size(list->shown, MW_LIST_COLUMNS_MAX);
}

static bool
build_query(MwList *list, GError **error)
{
    const MwContext *context = list->request->context;
    const char *order = list->order ? list->order : list->entity->order;

    list->filter = mw_filter_all();
    for (size_t i = 0; i < list->n_conditions; i++)
        mw_filter_parse(context, list->entity, list->conditions[i].name, list->conditions[i].value,
                        list->filter, list->problems);
    if (list->words)
        mw_filter_add(list->filter, mw_filter_search(list->entity, list->words));
    list->query = (MwQuery){
        .entity = list->entity,
        .filter = list->filter,
        .limit = MW_LIST_LIMIT,
        .which = list->deleted ? MW_DELETED : MW_LIVE,
    };
    if (order && !mw_order_parse_list(context, order, &list->query, list->problems))
        list->query.n_order = 0;
    const char *cursor = list->before ? list->before : list->after;
    if (!cursor)
        return true;
    return mw_cursor_read(cursor, &list->cursor, list->query.n_order, error);
}

static bool
init(MwList *list, const MwRequest *request, const MwEntity *entity)
{
    *list = (MwList){ .entity = entity, .request = request, .place = "" };
    list->views = g_array_new(false, false, sizeof(MwListView));
    list->texts = g_string_chunk_new(512);
    list->problems = mw_problems_new();
    return true;
}

static bool
is_own(const MwList *list, const char *name)
{
    return list->own && g_strv_contains(list->own, name);
}

bool
mw_list_init(MwList *list, const MwRequest *request, const MwEntity *entity, GError **error)
{
    return mw_list_init_at(list, request, entity, "", NULL, error);
}

bool
mw_list_init_at(MwList *list, const MwRequest *request, const MwEntity *entity, const char *place,
                const char *const *own, GError **error)
{
    bool asked = false;

    init(list, request, entity);
    list->place = place;
    list->own = own;
    for (size_t i = 0; i < request->n_query; i++) {
        if (is_own(list, request->query[i].name))
            continue;
        asked |= is_query(request->query[i].name);
        take_param(list, &request->query[i]);
    }
    if (!read_views(list, error) || !apply_view(list, asked, error))
        return false;
    choose_columns(list);
    return build_query(list, error);
}

bool
mw_list_init_text(MwList *list, const MwRequest *request, const MwEntity *entity, const char *text,
                  GError **error)
{
    init(list, request, entity);
    if (!take_text(list, text, error))
        return false;
    choose_columns(list);
    return build_query(list, error);
}

void
mw_list_clear(MwList *list)
{
    g_clear_pointer(&list->views, g_array_unref);
    g_clear_pointer(&list->texts, g_string_chunk_free);
    g_clear_pointer(&list->problems, mw_problems_free);
    g_clear_pointer(&list->shown, g_ptr_array_unref);
    g_clear_pointer(&list->filter, mw_filter_free);
    mw_cursor_clear(&list->cursor);
}

/* ---- back to a URL ------------------------------------------------------------------ */

static bool
has_initial_view(const MwList *list)
{
    for (guint i = 0; i < list->views->len; i++)
        if (g_array_index(list->views, MwListView, i).initial)
            return true;
    return false;
}

void
mw_list_append(const MwList *list, GString *out)
{
    g_autoptr(GString) query = g_string_new("?");
    bool anything;

    for (size_t i = 0; i < list->n_conditions; i++)
        append_param(query, list->conditions[i].name, list->conditions[i].value);
    append_param(query, "q", list->words);
    append_param(query, "order", list->order);
    append_param(query, "columns", list->columns);
    append_param(query, "deleted", list->deleted ? "1" : NULL);
    anything = query->len > 1;
    if (list->view && anything) {
        char id[24];
        g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, list->view);
        append_param(query, "view", id);
    } else if (!anything && (list->view || has_initial_view(list))) {
        append_param(query, "view", "all");
    }
    if (query->len > 1)
        g_string_append_len(out, query->str, (gssize)query->len);
}

char *
mw_list_path(const MwList *list)
{
    GString *path = g_string_new("/");

    g_string_append(path, list->entity->path);
    g_string_append(path, list->place);
    mw_list_append(list, path);
    mw_list_append_own(list, path);
    return g_string_free(path, false);
}

void
mw_list_append_own(const MwList *list, GString *path)
{
    g_autoptr(GString) own = g_string_new("?");

    for (size_t i = 0; *list->place && i < list->request->n_query; i++)
        if (is_own(list, list->request->query[i].name))
            append_param(own, list->request->query[i].name, list->request->query[i].value);
    if (own->len > 1)
        g_string_append_printf(path, "%c%s", strchr(path->str, '?') ? '&' : '?', own->str + 1);
}

/* ---- pages ----------------------------------------------------------------------------- */

static void
reverse(GPtrArray *records)
{
    for (guint i = 0, j = records->len; i + 1 < j; i++, j--) {
        gpointer other = records->pdata[i];
        records->pdata[i] = records->pdata[j - 1];
        records->pdata[j - 1] = other;
    }
}

GPtrArray *
mw_list_find(MwList *list, bool *more, GError **error)
{
    MwQuery query = list->query;

    query.after = list->after || list->before ? &list->cursor : NULL;
    if (list->before) {
        for (size_t i = 0; i < query.n_order; i++)
            query.order[i].descending = !query.order[i].descending;
        if (query.n_order == 0) { /* newest first, so backwards by ascending id */
            const MwField *id = &list->entity->fields[MW_FIELD_ID];
            query.order[query.n_order++] = (MwOrder){ id, false };
            mw_value_clear(&list->cursor.values[0]);
            list->cursor.values[0] = MW_INT(list->cursor.id);
        }
    }
    GPtrArray *records = mw_record_find(list->request->context, &query, MW_MAY_READ, more, error);
    if (records && list->before)
        reverse(records);
    return records;
}

char *
mw_list_cursor(const MwList *list, const MwRecord *record)
{
    MwCursor cursor = { .id = mw_record_id(record) };

    for (size_t i = 0; i < list->query.n_order; i++)
        cursor.values[i] = *mw_record_value(record, list->query.order[i].field); /* borrowed */
    return mw_cursor_write(&cursor, list->query.n_order);
}
