/* views: lists under a name, private or shared. */
#include <stdlib.h>

#include "base/i18n.h"
#include "base/id.h"
#include "methods/views.h"
#include "web/api.h"
#include "web/pages.h"

static void
put_tab(MwNode *views, const MwList *list, const MwListView *view)
{
    MwNode *tab = mw_put_object(views, NULL);
    g_autoptr(GString) href = g_string_new("/");

    mw_put_text(tab, "label", view ? view->name : _("All"));
    mw_put_bool(tab, "active", view ? view->id == list->view : list->view == 0);
    mw_put_bool(tab, "shared", view && view->shared);
    mw_put_bool(tab, "initial", view && view->initial);
    if (view)
        mw_put_format(tab, "id", "%" G_GINT64_FORMAT, view->id);
    else
        mw_put_text(tab, "id", NULL);
    g_string_append_printf(href, "%s%s", list->entity->path, list->place);
    if (view)
        g_string_append_printf(href, "?view=%" G_GINT64_FORMAT, view->id);
    else if (list->views->len > 0)
        g_string_append(href, "?view=all");
    mw_list_append_own(list, href);
    mw_put_copy_at(tab, mw_key("href"), href->str, href->len);
}

void
mw_views_put(MwNode *node, const MwList *list)
{
    MwNode *views = mw_put_list(node, "views");
    const MwListView *active = NULL;
    bool has_initial = false;

    put_tab(views, list, NULL);
    for (guint i = 0; i < list->views->len; i++) {
        const MwListView *view = &g_array_index(list->views, MwListView, i);
        put_tab(views, list, view);
        has_initial |= view->initial;
        if (view->id == list->view)
            active = view;
    }
    mw_put_bool(node, "has_views", list->views->len > 0);
    mw_put_bool(node, "has_initial", has_initial);
    if (!active) {
        mw_put_text(node, "view", NULL);
        return;
    }
    MwNode *view = mw_put_object(node, "view");
    mw_put_format(view, "id", "%" G_GINT64_FORMAT, active->id);
    mw_put_text(view, "name", active->name);
    mw_put_bool(view, "mine", active->mine);
    mw_put_bool(view, "is_shared", active->shared);
    mw_put_bool(view, "initial", active->initial);
}

void
mw_places_put(MwNode *node, const MwList *list)
{
    const struct {
        const char *place, *label, *icon;
        bool there;
    } places[] = {
        { "", N_("List"), "list", true },
        { "/board", N_("Board"), "layout-kanban", list->entity->board != NULL },
        { "/calendar", N_("Calendar"), "calendar", list->entity->calendar != NULL },
    };
    MwNode *items = mw_put_list(node, "places");

    mw_put_bool(node, "has_places", list->entity->board || list->entity->calendar);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        MwList other = *list;
        if (!places[i].there)
            continue;
        other.place = places[i].place;
        g_autofree char *path = mw_list_path(&other);
        MwNode *item = mw_put_object(items, NULL);
        mw_put_text(item, "label", _(places[i].label));
        mw_put_text(item, "icon", places[i].icon);
        mw_put_copy(item, "href", path);
        mw_put_bool(item, "active", g_str_equal(list->place, places[i].place));
    }
}

/* ---- saving ---------------------------------------------------------------------- */

/* The conditions of a list as a JSON string; q and deleted are conditions to a view. */
static char *
filter_json(const MwList *list)
{
    g_autoptr(GString) query = g_string_new(NULL);
    MwList plain = *list;

    plain.order = plain.columns = NULL;
    plain.view = 0;
    mw_list_append(&plain, query);
    json_t *text = json_string(
        query->len > 1 && !g_str_has_prefix(query->str, "?view=") ? query->str + 1 : "");
    char *dumped = json_dumps(text, JSON_ENCODE_ANY);
    char *copy = g_strdup(dumped);
    free(dumped);
    json_decref(text);
    return copy;
}

static bool
to_list(const MwRequest *request, MwReply *reply, int64_t view)
{
    g_autofree char *path =
        view ? g_strdup_printf("/%s?view=%" G_GINT64_FORMAT, request->entity->path, view)
             : g_strdup_printf("/%s?view=all", request->entity->path);

    return mw_reply_see_other(reply, path);
}

/* The name, flags and list that the form gives; `id` 0 makes a view. */
static bool
save_view(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "saved_view");
    const char *query = mw_form_param(request, "_list"), *name = mw_form_param(request, "name");
    g_autoptr(MwInput) input = mw_input_new(entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwList) list = { 0 };

    if (!mw_list_init_text(&list, request, request->entity, query ? query : "", error))
        return false;
    g_autofree char *filter = filter_json(&list);
    if (request->id == 0)
        mw_input_set(input, "entity", request->entity->name);
    if (name)
        mw_input_set(input, "name", name);
    mw_input_set(input, "filter", filter);
    mw_input_set(input, "sort", list.order);
    mw_input_set(input, "columns", list.columns);
    if (name) {
        mw_input_set(input, "shared", mw_form_param(request, "shared") ? "true" : "false");
        mw_input_set(input, "initial", mw_form_param(request, "initial") ? "true" : "false");
    }
    g_autoptr(MwRecord) record = mw_record_write(context, input, request->id, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems))
        return mw_fail(error, MW_ERROR_INVALID, "%s", mw_problems_get(problems, 0)->message);
    return to_list(request, reply, mw_record_id(record));
}

static bool
remove_view(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "saved_view");

    return mw_record_remove(request->context, entity, request->id, 0, error) &&
           to_list(request, reply, 0);
}

/* ---- order ------------------------------------------------------------------------- */

static bool
arrange_by_page(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *list = mw_form_param(request, "_list"),
               *initial = mw_form_param(request, "initial");
    g_autoptr(GArray) order = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(MwProblems) problems = mw_problems_new();

    for (size_t i = 0; i < request->n_form && order->len <= MW_VIEWS_MAX; i++) {
        int64_t id = mw_id_read(request->form[i].value);
        if (g_str_equal(request->form[i].name, "_view"))
            g_array_append_val(order, id);
    }
    if (!mw_views_arrange(request->context, request->entity, order, mw_id_read(initial), problems,
                          error))
        return false;
    if (mw_problems_any(problems))
        return mw_fail(error, MW_ERROR_INVALID, "%s", mw_problems_get(problems, 0)->message);
    g_autofree char *back = g_strdup_printf("/%s%s%s", request->entity->path,
                                            list && *list ? "?" : "?view=all", list ? list : "");
    return mw_reply_see_other(reply, back);
}

static json_t *
view_json(const MwListView *view)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, view->id);

    return json_pack("{s:s,s:s,s:b,s:b,s:b,s:s}", "id", id, "name", view->name, "mine", view->mine,
                     "shared", view->shared, "initial", view->initial, "query", view->query);
}

static bool
list_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwList) list = { 0 };
    json_t *data = json_array();
    bool done = mw_list_init(&list, request, request->entity, error);

    for (guint i = 0; done && i < list.views->len; i++)
        json_array_append_new(data, view_json(&g_array_index(list.views, MwListView, i)));
    return mw_reply_json(reply, json_pack("{s:o}", "data", data)) && done;
}

/* {"order":[ids],"initial":id or null}; answers with the views as they are then. */
static bool
arrange_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    json_t *body = mw_api_object(request, MW_NAMES("order", "initial"), problems, error);
    const json_t *first = json_object_get(body, "initial");
    int64_t initial = first && !json_is_null(first) ? mw_api_id(first) : 0;

    if (!body)
        return false;
    g_autoptr(GArray) order =
        mw_api_ids(json_object_get(body, "order"), "order", 0, MW_VIEWS_MAX, problems);
    if (first && !json_is_null(first) && !initial)
        mw_problems_add(problems, "initial", "not_an_id", _("This is no id."));
    json_decref(body);
    if (!mw_problems_any(problems) &&
        !mw_views_arrange(request->context, request->entity, order, initial, problems, error))
        return false;
    if (!mw_problems_any(problems))
        return list_by_api(request, reply, error);
    mw_api_problems(reply, problems, -1);
    return true;
}

const MwRoute mw_view_routes[] = {
    { MW_POST, "/{entity}/views", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, save_view },
    { MW_POST, "/{entity}/views/order", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, arrange_by_page },
    { MW_GET, "/api/v1/{entity}/views", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, list_by_api },
    { MW_POST, "/api/v1/{entity}/views", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, arrange_by_api },
    { MW_POST, "/{entity}/views/{id}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, save_view },
    { MW_POST, "/{entity}/views/{id}/remove", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE,
      remove_view },
    { .path = NULL },
};
