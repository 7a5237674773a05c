/* funnel_page: what the opportunities come to, by stage, product, person, team, region or month: /funnel?by=… */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "base/name.h"
#include "methods/funnel_stages.h"
#include "model/kinds/kinds.h"
#include "web/pages.h"
#include "web/routes.h"

enum { CHART_MAX = 24, PROCESSES_MAX = 20 };

typedef struct {
    const MwRequest *request;
    const MwCurrency *currency;
    MwFunnelBy by;
    MwFunnelAsk ask;
    MwTitles *titles;
} Page;

/* ---- what is asked ------------------------------------------------------------------ */

static int64_t
id_param(const MwRequest *request, const char *name)
{
    const char *text = mw_query_param(request, name);

    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

/* A date as the form sends it; anything else is not asked. */
static const char *
day_param(const MwRequest *request, const char *name)
{
    const char *text = mw_query_param(request, name);
    int64_t day;

    return text && *text && mw_date_parse(text, &day) ? text : NULL;
}

static void
read_ask(Page *page)
{
    const MwRequest *request = page->request;
    const char *by = mw_query_param(request, "by"), *region = mw_query_param(request, "region");

    page->by = MW_FUNNEL_STAGE;
    mw_funnel_by_find(by, &page->by);
    page->ask = (MwFunnelAsk){
        .by = page->by,
        .from = day_param(request, "from"),
        .to = day_param(request, "to"),
        .owner = id_param(request, "owner"),
        .team = id_param(request, "team"),
        .process = id_param(request, "process"),
        .product = id_param(request, "product"),
        .region = region && *region ? region : NULL,
    };
}

/* "&from=…&to=…" of everything but `by`. */
static void
append_ask(const Page *page, GString *out)
{
    static const char *const names[] = { "from",    "to",      "owner",  "team",
                                         "process", "product", "region", NULL };

    for (const char *const *name = names; *name; name++) {
        const char *value = mw_query_param(page->request, *name);
        if (!value || !*value)
            continue;
        g_string_append_printf(out, "&%s=", *name);
        g_string_append_uri_escaped(out, value, NULL, true);
    }
}

static void
put_tabs(MwNode *node, const Page *page)
{
    static const MwFunnelBy order[] = { MW_FUNNEL_STAGE, MW_FUNNEL_PRODUCT, MW_FUNNEL_OWNER,
                                        MW_FUNNEL_TEAM,  MW_FUNNEL_REGION,  MW_FUNNEL_MONTH };
    MwNode *tabs = mw_put_list(node, "tabs");
    g_autoptr(GString) rest = g_string_new(NULL);

    append_ask(page, rest);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        MwNode *tab = mw_put_object(tabs, NULL);
        mw_put_text(tab, "label", mw_funnel_by_label(order[i]));
        mw_put_format(tab, "href", "/funnel?by=%s%s", mw_funnel_by_name(order[i]), rest->str);
        mw_put_bool(tab, "active", order[i] == page->by);
    }
}

/* The processes to choose from; without a choice the default one is shown by stage, all of them otherwise. */
static bool
put_processes(MwNode *node, Page *page, GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "sales_process");
    MwQuery query = { .entity = entity, .limit = PROCESSES_MAX, .n_order = 2 };

    query.order[0] = (MwOrder){ mw_entity_field(entity, "is_default"), true };
    query.order[1] = (MwOrder){ &entity->fields[MW_FIELD_ID], false };
    g_autoptr(GPtrArray) found = mw_store_find(context->store, &query, NULL, error);
    if (!found)
        return false;
    if (page->by == MW_FUNNEL_STAGE && !page->ask.process && found->len > 0)
        page->ask.process = mw_record_id(found->pdata[0]);
    MwNode *items = mw_put_list(node, "processes");
    for (guint i = 0; i < found->len; i++) {
        MwNode *item = mw_put_object(items, NULL);
        mw_put_format(item, "value", "%" G_GINT64_FORMAT, mw_record_id(found->pdata[i]));
        mw_put_copy(item, "label", mw_record_text(found->pdata[i], "name"));
        mw_put_bool(item, "chosen", mw_record_id(found->pdata[i]) == page->ask.process);
    }
    mw_put_bool(node, "has_processes", found->len > 1);
    mw_put_bool(node, "all_processes", page->by != MW_FUNNEL_STAGE);
    return true;
}

static void
put_link(MwNode *node, const Page *page, const char *key, const char *entity, int64_t id)
{
    const char *title =
        mw_titles_get(page->titles, mw_catalog_entity(page->request->context->catalog, entity), id);
    MwNode *item = mw_put_object(node, key);

    mw_put_bool(item, "chosen", title != NULL);
    mw_put_format(item, "value", "%" G_GINT64_FORMAT, id);
    mw_put_copy(item, "text", title);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    g_autofree char *left = mw_name_order(*(const char *const *)a);
    g_autofree char *right = mw_name_order(*(const char *const *)b);

    return strcmp(left, right);
}

/* Those that occur, or where there are too many of them a field to type one. */
static bool
put_regions(MwNode *node, const Page *page, GError **error)
{
    bool more;
    g_autoptr(GPtrArray) regions = mw_funnel_regions(page->request->context, &more, error);
    MwNode *list = mw_put_list(node, "regions");

    if (!regions)
        return false;
    if (page->ask.region &&
        !g_ptr_array_find_with_equal_func(regions, page->ask.region, g_str_equal, NULL))
        g_ptr_array_add(regions, g_strdup(page->ask.region));
    g_ptr_array_sort(regions, by_name);
    for (guint i = 0; i < regions->len; i++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_copy(item, "value", regions->pdata[i]);
        mw_put_bool(item, "chosen", g_strcmp0(regions->pdata[i], page->ask.region) == 0);
    }
    mw_put_bool(node, "chooses_region", !more);
    return true;
}

static bool
put_asked(MwNode *node, Page *page, GError **error)
{
    const MwCatalog *catalog = page->request->context->catalog;

    mw_titles_only_seen(page->titles);
    if (page->ask.owner)
        mw_titles_want_id(page->titles, mw_catalog_entity(catalog, "user"), page->ask.owner);
    if (page->ask.team)
        mw_titles_want_id(page->titles, mw_catalog_entity(catalog, "team"), page->ask.team);
    if (page->ask.product)
        mw_titles_want_id(page->titles, mw_catalog_entity(catalog, "product"), page->ask.product);
    if (!mw_titles_read(page->titles, error))
        return false;
    put_tabs(node, page);
    mw_put_text(node, "by", mw_funnel_by_name(page->by));
    mw_put_text(node, "from", page->ask.from);
    mw_put_text(node, "to", page->ask.to);
    put_link(node, page, "owner", "user", page->ask.owner);
    put_link(node, page, "team", "team", page->ask.team);
    put_link(node, page, "product", "product", page->ask.product);
    mw_put_text(node, "region", page->ask.region);
    return put_regions(node, page, error) && put_processes(node, page, error);
}

/* ---- numbers as texts ------------------------------------------------------------------- */

static void
put_money(MwNode *node, const char *key, const Page *page, int64_t amount)
{
    g_autofree char *text = mw_money_format(amount, page->currency, MW_MONEY_SYMBOL);

    mw_put_copy(node, key, text);
}

static void
put_share(MwNode *node, const char *key, double share)
{
    if (isfinite(share))
        mw_put_format(node, key, "%.2f %%", share * 100.0);
    else
        mw_put_text(node, key, "–");
}

/* As exact as a mean of thousands is, of all; of a stage in tenths. */
static void
put_days(MwNode *node, const char *key, int digits, double days)
{
    if (isfinite(days))
        mw_put_format(node, key, "%.*f", digits, days);
    else
        mw_put_text(node, key, "–");
}

static void
put_group(MwNode *node, const Page *page, const MwFunnelGroup *group)
{
    mw_put_int(node, "open", group->open);
    mw_put_int(node, "won", group->won);
    mw_put_int(node, "lost", group->lost);
    put_money(node, "open_value", page, group->open_value);
    put_money(node, "weighted", page, group->weighted);
    put_money(node, "expected", page, llround(group->expected));
    put_money(node, "won_value", page, group->won_value);
    put_money(node, "lost_value", page, group->lost_value);
    put_share(node, "rate", group->rate.rate);
    if (isfinite(group->rate.low))
        mw_put_format(node, "interval", "%.1f–%.1f %%", group->rate.low * 100.0,
                      group->rate.high * 100.0);
    else
        mw_put_text(node, "interval", NULL);
    put_days(node, "won_days", 2, group->won_days);
    put_days(node, "lost_days", 2, group->lost_days);
}

/* ---- plots --------------------------------------------------------------------------------- */

static void
put_bars(MwNode *node, json_t *names, const char *first, json_t *one, const char *second,
         json_t *other)
{
    json_t *option = json_pack("{s:{s:s},s:{s:i},s:{s:s},s:{s:s,s:b,s:o},s:[{s:s,s:s,s:o}]}",
                               "tooltip", "trigger", "axis", "legend", "top", 0, "xAxis", "type",
                               "value", "yAxis", "type", "category", "inverse", 1, "data", names,
                               "series", "type", "bar", "name", first, "data", one);

    if (other)
        json_array_append_new(
            json_object_get(option, "series"),
            json_pack("{s:s,s:s,s:o}", "type", "bar", "name", second, "data", other));
    char *text = json_dumps(option, JSON_COMPACT | JSON_REAL_PRECISION(6));
    mw_put_copy(node, "chart", text);
    free(text);
    json_decref(option);
}

/* ---- by stage ------------------------------------------------------------------------------ */

static void
put_percent(MwNode *node, const char *key, const Page *page, int64_t hundredths)
{
    const MwField field = { .kind = &mw_percent };
    g_autoptr(GString) text = g_string_new(NULL);
    MwValue value = MW_INT(hundredths);

    if (hundredths >= 0)
        mw_field_show(&field, &page->request->context->locale, &value, text);
    mw_put_copy(node, key, hundredths >= 0 ? text->str : "–");
}

static bool
put_stages(MwNode *node, Page *page, const MwFunnel *funnel, GError **error)
{
    g_autoptr(GArray) stages = mw_funnel_stages(page->request->context, &page->ask, error);
    json_t *names = json_array(), *reached = json_array(), *went_on = json_array();
    MwNode *rows = mw_put_list(node, "stages");

    if (stages)
        mw_funnel_stages_value(stages, funnel);

    for (guint i = 0; stages && i < stages->len; i++) {
        const MwFunnelStage *stage = &g_array_index(stages, MwFunnelStage, i);
        bool open = stage->kind == 'o';
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_copy(row, "label", stage->name);
        mw_put_format(row, "href", "/opportunities?stage=eq.%" G_GINT64_FORMAT, stage->stage);
        mw_put_int(row, "now", stage->now);
        put_money(row, "value", page, stage->now_value);
        put_money(row, "weighted", page, stage->weighted);
        mw_put_bool(row, "open", open);
        mw_put_int(row, "reached", stage->reached);
        mw_put_int(row, "went_on", stage->went_on);
        put_share(row, "conversion", open ? stage->conversion : NAN);
        if (open && isfinite(stage->conversion))
            mw_put_format(row, "decided", _("of %lld decided"),
                          (long long)(stage->went_on + stage->lost));
        else
            mw_put_text(row, "decided", NULL);
        put_days(row, "days", 1, stage->days);
        put_percent(row, "probability", page, stage->probability);
        put_percent(row, "learned", page, open ? stage->learned : -1);
        mw_put_int(row, "learned_deals", open ? stage->learned_deals : 0);
        if (!open)
            continue;
        json_array_append_new(names, json_string(stage->name));
        json_array_append_new(reached, json_integer(stage->reached));
        json_array_append_new(went_on, json_integer(stage->went_on));
    }
    mw_put_bool(node, "by_stage", true);
    put_bars(node, names, _("Reached it"), reached, _("Advanced"), went_on);
    return stages != NULL;
}

/* ---- by anything else ------------------------------------------------------------------------ */

/* A region leads to its funnel by stage. */
static void
put_region(MwNode *row, const char *region)
{
    g_autofree char *escaped = g_uri_escape_string(region, NULL, true);

    mw_put_format(row, "href", "/funnel?by=stage&region=%s", escaped);
}

static void
put_groups(MwNode *node, const Page *page, const MwFunnel *funnel)
{
    json_t *names = json_array(), *rates = json_array();
    MwNode *rows = mw_put_list(node, "groups");
    bool linked =
        page->by == MW_FUNNEL_PRODUCT || page->by == MW_FUNNEL_OWNER || page->by == MW_FUNNEL_TEAM;

    for (guint i = 0; i < funnel->groups->len; i++) {
        const MwFunnelGroup *group = &g_array_index(funnel->groups, MwFunnelGroup, i);
        const char *label = *group->label ? group->label : _("(none)");
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_copy(row, "label", label);
        if (linked && *group->key)
            mw_put_format(row, "href", "/opportunities?%s=eq.%s", mw_funnel_by_name(page->by),
                          group->key);
        else if (page->by == MW_FUNNEL_REGION && *group->key)
            put_region(row, group->key);
        else
            mw_put_text(row, "href", NULL);
        put_group(row, page, group);
        if (i >= CHART_MAX || !isfinite(group->rate.rate))
            continue;
        json_array_append_new(names, json_string(label));
        json_array_append_new(rates, json_real(round(group->rate.rate * 10000.0) / 100.0));
    }
    mw_put_text(node, "group_label", mw_funnel_by_label(page->by));
    mw_put_bool(node, "by_stage", false);
    put_bars(node, names, _("Win rate, %"), rates, NULL, NULL);
}

/* ---- the page ----------------------------------------------------------------------------- */

static bool
put_page(Page *page, GError **error)
{
    MwNode *root = mw_view_root(page->request->view), *node = mw_put_object(root, "funnel");
    g_auto(MwFunnel) funnel = { 0 };

    mw_put_text(root, "title", _("Funnel"));
    mw_put_text(root, "subtitle", NULL);
    mw_put_bool(root, "has_crumbs", false);
    mw_put_list(root, "actions");
    if (!put_asked(node, page, error) ||
        !mw_funnel(page->request->context, &page->ask, &funnel, error))
        return false;
    put_group(mw_put_object(node, "total"), page, &funnel.total);
    mw_put_bool(node, "any", funnel.groups->len > 0);
    mw_put_format(node, "currency", _("Amounts are in %s."), page->currency->code);
    g_autoptr(GString) asked = g_string_new(NULL);
    append_ask(page, asked);
    mw_put_bool(node, "asked", asked->len > 0);
    if (page->by == MW_FUNNEL_STAGE && page->ask.process)
        return put_stages(node, page, &funnel, error);
    put_groups(node, page, &funnel);
    return true;
}

/* Sums over all opportunities take their time: on a worker, in one look at the database. */
static bool
show_funnel(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "opportunity");
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    Page page = { .request = request,
                  .currency = mw_currency_find(context->settings->currency),
                  .titles = titles };

    if (!mw_actor_may(context->actor, entity, MW_MAY_READ))
        return mw_fail(error, MW_ERROR_DENIED, _("You may not do this."));
    read_ask(&page);
    if (!mw_store_begin(context->store, false, error))
        return false;
    bool done = put_page(&page, error) && mw_reply_page(request, reply, "funnel", error);
    mw_store_rollback(context->store);
    return done;
}

const MwRoute mw_funnel_routes[] = {
    { MW_GET, "/funnel", MW_FOR_USERS, 0, MW_RUN_SLOW, show_funnel },
    { .path = NULL },
};
