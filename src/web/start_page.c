/* start_page: what a user has to do today, and what he worked on last. */
#include "base/i18n.h"
#include "record/filter.h"
#include "web/activity.h"
#include "web/favourites.h"
#include "web/my_day.h"
#include "web/notices.h"
#include "web/pages.h"
#include "web/routes.h"
#include "web/table.h"

enum { SHOWN = 6, VISITS_SHOWN = 8, NOTICES_SHOWN = 5 };

/* A list in short: a row here is a panel. */
typedef struct {
    const char *label, *entity, *icon, *filter, *order, *none;
    const char *const *fields;
} Panel;

static const Panel panels[] = {
    { N_("Deals without a next step"), "opportunity", "target",
      "outcome=eq.open&next_activity_on=is.null", "close_on",
      N_("Every open deal has a next step."), MW_NAMES("name", "account", "stage", "close_on") },
    { N_("Customers due for a visit"), "account", "map-pin", "next_visit_on=lte.@today",
      "next_visit_on", N_("No visit is due."), MW_NAMES("name", "class", "city", "next_visit_on") },
};

/* Who leads others looks at the work of all, everybody else at his own, unless he asks. */
static bool
own_work(const MwRequest *request)
{
    const MwContext *context = request->context;
    const char *of = mw_query_param(request, "of");
    const MwEntity *activity = mw_catalog_entity(context->catalog, "activity");

    if (of)
        return !g_str_equal(of, "all");
    return mw_actor_scope(context->actor, activity, MW_MAY_UPDATE) < MW_TEAM_BELOW;
}

static void
put_choice(MwNode *list, const char *label, const char *href, bool active)
{
    MwNode *item = mw_put_object(list, NULL);

    mw_put_text(item, "label", label);
    mw_put_text(item, "href", href);
    mw_put_bool(item, "active", active);
}

static bool
put_panel(MwNode *list, const MwContext *context, MwTitles *titles, const Panel *panel, bool own,
          GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, panel->entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    bool more = false;

    if (!entity || !mw_entity_opens(context, entity))
        return true;
    g_autoptr(GPtrArray) fields = mw_fields_seen(context, entity, panel->fields);
    g_autofree char *text = g_strconcat(own ? "owner=eq.@me&" : "", panel->filter, NULL);
    g_autoptr(MwFilter) filter = mw_filter_parse_text(context, entity, text, problems);
    MwQuery query = { .entity = entity, .filter = filter, .limit = SHOWN };
    if (!filter || fields->len == 0) /* a field that this user does not see */
        return true;
    mw_table_want(&query, fields);
    mw_order_parse(entity, panel->order, &query.order[0]);
    query.n_order = 1;
    g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, &more, error);
    if (!records)
        return false;
    MwNode *node = mw_put_object(list, NULL);
    mw_put_text(node, "label", _(panel->label));
    mw_put_text(node, "icon", panel->icon);
    mw_put_text(node, "plan", g_str_equal(panel->entity, "account") && own ? "/visit-plan" : NULL);
    mw_put_text(node, "none", _(panel->none));
    mw_put_bool(node, "more", more);
    mw_put_format(node, "all", "/%s?%s&order=%s", entity->path, text, panel->order);
    MwTable table = { context, titles, fields, mw_table_title(entity, fields), "" };
    return mw_table_put(node, &table, records, error);
}

static bool
show_start(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "start");
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    g_autoptr(GPtrArray) recent = mw_visits_find(context, VISITS_SHOWN, error);
    g_autoptr(GPtrArray) marked = recent ? mw_favourites_find(request, VISITS_SHOWN, error) : NULL;

    if (!marked)
        return false;
    bool own = own_work(request);
    MwNode *whose = mw_put_list(node, "whose");
    put_choice(whose, _("Mine"), "/?of=me", own);
    put_choice(whose, _("All visible to me"), "/?of=all", !own);
    MwNode *list = mw_put_list(node, "panels");
    for (size_t i = 0; i < G_N_ELEMENTS(panels); i++)
        if (!put_panel(list, context, titles, &panels[i], own, error))
            return false;
    if (!mw_my_day_put(node, context, own, error) || !mw_movers_put(node, context, own, error) ||
        !mw_notices_put(node, context, true, NULL, NOTICES_SHOWN, NULL, error))
        return false;
    mw_put_format(root, "title", _("Hello, %s"), mw_actor_name(context->actor));
    mw_found_put(node, "recent", recent);
    mw_put_bool(node, "any_recent", recent->len > 0);
    mw_found_put(node, "favourites", marked);
    mw_put_bool(node, "any_favourites", marked->len > 0);
    mw_flash_put(request);
    mw_next_step_put(request);
    return mw_reply_page(request, reply, "start", error);
}

const MwRoute mw_start_routes[] = {
    { MW_GET, "/", MW_FOR_USERS, 0, MW_RUN_READ, show_start },
    { .path = NULL },
};
