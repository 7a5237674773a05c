/* views: lists under a name, private or shared. */
#include "base/i18n.h"
#include "web/pages.h"
#include "web/routes.h"

#include <jansson.h>
#include <stdlib.h>

static void
put_tab(MwNode *views, const MwList *list, const MwListView *view)
{
    MwNode *tab = mw_put_object(views, NULL);

    mw_put_text(tab, "label", view ? view->name : _("All"));
    mw_put_bool(tab, "active", view ? view->id == list->view : list->view == 0);
    mw_put_bool(tab, "shared", view && view->shared);
    if (!view)
        mw_put_format(tab, "href", "/%s%s%s", list->entity->path, list->place,
                      list->views->len > 0 ? "?view=all" : "");
    else
        mw_put_format(tab, "href", "/%s%s?view=%" G_GINT64_FORMAT, list->entity->path, list->place,
                      view->id);
}

void
mw_views_put(MwNode *node, const MwList *list)
{
    MwNode *views = mw_put_list(node, "views");
    const MwListView *active = NULL;

    put_tab(views, list, NULL);
    for (guint i = 0; i < list->views->len; i++) {
        const MwListView *view = &g_array_index(list->views, MwListView, i);
        put_tab(views, list, view);
        if (view->id == list->view)
            active = view;
    }
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

/* Only one view of an entity is shown first to its owner. */
static bool
clear_initial(const MwRequest *request, int64_t except, GError **error)
{
    MwValue params[] = { MW_INT(mw_actor_user(request->context->actor)),
                         MW_BORROW(request->entity->name), MW_INT(except) };

    return mw_store_run(request->context->store,
                        "UPDATE saved_view SET initial = 0 WHERE owner = $1 AND entity = $2 "
                        "AND id <> $3 AND initial = 1",
                        params, 3, NULL, NULL, error);
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
    bool initial = mw_form_param(request, "initial") != NULL;
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
        mw_input_set(input, "initial", initial ? "true" : "false");
    }
    g_autoptr(MwRecord) record = mw_record_write(context, input, request->id, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems))
        return mw_fail(error, MW_ERROR_INVALID, "%s", mw_problems_get(problems, 0)->message);
    return (!initial || clear_initial(request, mw_record_id(record), error)) &&
           to_list(request, reply, mw_record_id(record));
}

static bool
remove_view(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "saved_view");

    return mw_record_remove(request->context, entity, request->id, 0, error) &&
           to_list(request, reply, 0);
}

const MwRoute mw_view_routes[] = {
    { MW_POST, "/{entity}/views", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, save_view },
    { MW_POST, "/{entity}/views/{id}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, save_view },
    { MW_POST, "/{entity}/views/{id}/remove", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE,
      remove_view },
    { .path = NULL },
};
